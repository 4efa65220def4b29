import type { Definitions, ToolDefinition } from '#lib/manifest/types.ts';
import { compareText } from '../order.ts';
import { shown } from '../text/scan-text.ts';
import type { InputSnapshot } from '../types.ts';
import { addedHosts } from './added-hosts.ts';
import { addedPoison, subjectKey } from './added-poison.ts';
import { changeOf, compareChanges } from './change.ts';
import { compareInstructions, compareList, type ListName } from './compare-lists.ts';
import { compareManifests } from './compare-manifest.ts';
import { comparePackages } from './compare-package.ts';
import { comparePermissions, permissionChanges } from './compare-permissions.ts';
import { compareTool, toolLocation } from './compare-tool.ts';
import { findRenames } from './find-renames.ts';
import { findSwaps } from './find-swaps.ts';
import { DRIFT_LIMITS } from './limits.ts';
import { differing, pairByKey } from './pair-entries.ts';
import { isSameJson, sha256 } from './same-json.ts';
import { type TextBudget, textBudget } from './text-diff.ts';
import type { ComparedSnapshot, Drift, DriftChange, DriftPart } from './types.ts';

const LIST_NAMES: readonly ListName[] = ['prompts', 'resources', 'resourceTemplates'];

/**
 * What changed from one snapshot of a server to a later one, field by field, whatever the order of lists and keys. Pure, and the
 * same two snapshots give the same answer. Work grows with the size of both and no faster; `DRIFT_LIMITS` bounds the rest. What
 * was not seen on one side is not compared, and named in `notCompared`.
 */
export function compareSnapshots(before: ComparedSnapshot, after: ComparedSnapshot): Drift {
  const budget = textBudget();
  const [was, is, notCompared] = alignedParts(before, after);
  if ((before.sight == null) !== (after.sight == null)) notCompared.push('package');
  const tools = findRenames(pairByKey(was.definitions.tools ?? [], is.definitions.tools ?? [], ({ name }) => name));
  const changed = [...differing(tools), ...tools.renamed];
  const permissions = comparePermissions(was, is);
  // What the whole server can do now and could not before says it for its tools as well.
  const isSaid = ({ kind, after, location }: DriftChange): boolean =>
    kind === 'permission-added' &&
    permissions.added.some((one) => one.kind === after && one.evidence.includes(location.subject ?? ''));
  const changes = [
    ...tools.added.map(({ name, description }) =>
      changeOf(
        'tool-added',
        { message: `${shown(name)} is new`, location: toolLocation(name) },
        undefined,
        description ?? '',
      ),
    ),
    ...tools.removed.map(({ name, description }) =>
      changeOf('tool-removed', { message: `${shown(name)} is gone`, location: toolLocation(name) }, description ?? ''),
    ),
    ...tools.renamed.map(({ before: { name: from }, after: { name: to } }) =>
      changeOf('tool-renamed', { message: `${shown(from)} is now ${shown(to)}`, location: toolLocation(to) }, from, to),
    ),
    ...findSwaps(tools).map(({ from, to }) =>
      changeOf(
        'tool-swapped',
        { message: `${shown(to)} is now what ${shown(from)} was before`, location: toolLocation(to) },
        from,
        to,
      ),
    ),
    ...changed.flatMap((pair) => compareTool(pair.before, pair.after, budget)).filter((change) => !isSaid(change)),
    ...LIST_NAMES.flatMap((list) => compareList(list, was.definitions, is.definitions, budget)),
    ...compareInstructions(was.definitions, is.definitions, budget),
    ...(was.manifest && is.manifest ? compareManifests(was.manifest, is.manifest, budget) : []),
    ...permissionChanges(permissions),
    ...(before.sight && after.sight ? comparePackages(before.sight, after.sight) : []),
    ...poisonIn(was, is, { changed, added: tools.added }, budget),
  ].sort(compareChanges);
  const touched = new Set(
    changes.filter(({ location }) => location.document === 'tools.json').map(({ location }) => location.subject),
  );
  const names = (list: readonly ToolDefinition[]) => list.map(({ name }) => name).sort(compareText);
  const changedNames = changed.map((pair) => pair.after.name).filter((name) => touched.has(name));
  return {
    changes: changes.slice(0, DRIFT_LIMITS.changes),
    worst: changes[0]?.class ?? null,
    permissions,
    tools: {
      added: names(tools.added),
      removed: names(tools.removed),
      renamed: tools.renamed
        .map((pair) => ({ from: pair.before.name, to: pair.after.name }))
        .sort((a, b) => compareText(a.to, b.to)),
      changed: [...new Set(changedNames)].sort(compareText),
      unchanged: tools.both.length + tools.renamed.length - changedNames.length,
    },
    notCompared,
    cut: Math.max(0, changes.length - DRIFT_LIMITS.changes),
    fingerprint: sha256(changes.map(({ fingerprint }) => fingerprint).join('\n')),
  };
}

/** Both snapshots with the parts that were seen on both sides only. */
function alignedParts(before: InputSnapshot, after: InputSnapshot): [InputSnapshot, InputSnapshot, DriftPart[]] {
  const [was, is] = [{ ...before.definitions }, { ...after.definitions }];
  const notCompared: DriftPart[] = [];
  const keys = ['tools', 'prompts', 'resources', 'resourceTemplates', 'instructions'] as const;
  for (const key of keys) {
    // A server without instructions sends none: null there means that it has none as soon as its tools were seen.
    const isUnseen = (one: Definitions) => one[key] === null && (key !== 'instructions' || one.tools === null);
    if (isUnseen(was) === isUnseen(is)) continue;
    notCompared.push(key);
    Object.assign(was, { [key]: null });
    Object.assign(is, { [key]: null });
  }
  if ((before.manifest === null) !== (after.manifest === null)) notCompared.unshift('manifest');
  const hasBoth = before.manifest !== null && after.manifest !== null;
  return [
    { manifest: hasBoth ? before.manifest : null, definitions: was },
    { manifest: hasBoth ? after.manifest : null, definitions: is },
    notCompared,
  ];
}

type Changed = { changed: { before: ToolDefinition; after: ToolDefinition }[]; added: ToolDefinition[] };

/** Poison, powers and addresses that came; looked for in what changed alone, with the names of the other tools beside it. */
function poisonIn(
  was: InputSnapshot,
  is: InputSnapshot,
  { changed, added }: Changed,
  budget: TextBudget,
): DriftChange[] {
  const isTouched = new Set([...changed.map((pair) => pair.after), ...added]);
  const stubs = (is.definitions.tools ?? [])
    .filter((tool) => !isTouched.has(tool))
    .map(({ name }): ToolDefinition => ({ name, inputSchema: {} }));
  const part = (snapshot: InputSnapshot, other: InputSnapshot, tools: ToolDefinition[]): InputSnapshot => {
    const changedOnly = (list: ListName): unknown[] | null => {
      const entries = snapshot.definitions[list];
      const same = pairByKey<unknown>(entries ?? [], other.definitions[list] ?? [], (entry) => identity(list, entry));
      const unchanged = new Set(
        same.both.filter((pair) => isSameJson(pair.before, pair.after)).map((pair) => pair.before),
      );
      return entries === null ? null : entries.filter((entry) => !unchanged.has(entry));
    };
    const instructions = snapshot.definitions.instructions;
    return {
      manifest: snapshot.manifest,
      definitions: {
        tools: [...tools, ...stubs],
        prompts: changedOnly('prompts') as Definitions['prompts'],
        resources: changedOnly('resources') as Definitions['resources'],
        resourceTemplates: changedOnly('resourceTemplates') as Definitions['resourceTemplates'],
        instructions: instructions === other.definitions.instructions ? null : instructions,
      },
    };
  };
  const earlier = part(
    was,
    is,
    changed.map((pair) => ({ ...pair.before, name: pair.after.name })),
  );
  const later = part(is, was, [...isTouched]);
  const known = new Set([
    ...changed.map((pair) => subjectKey('tools.json', pair.after.name)),
    ...(was.definitions.prompts ?? []).map(({ name }) => subjectKey('prompts.json', name)),
    ...(was.definitions.resources ?? []).map(({ uri }) => subjectKey('resources.json', uri)),
    ...(was.definitions.resourceTemplates ?? []).map(({ uriTemplate }) =>
      subjectKey('resource-templates.json', uriTemplate),
    ),
    ...(was.definitions.instructions === null ? [] : [subjectKey('instructions', undefined)]),
    ...(was.manifest === null ? [] : [subjectKey('server.json', undefined)]),
  ]);
  return [...addedPoison(earlier, later, known, budget), ...addedHosts(was, later, known)];
}

const IDENTITY = { prompts: 'name', resources: 'uri', resourceTemplates: 'uriTemplate' } as const;
const identity = (list: ListName, entry: unknown): string => String((entry as Record<string, unknown>)[IDENTITY[list]]);
