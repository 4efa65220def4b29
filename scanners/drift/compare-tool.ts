import type { ToolDefinition } from '#lib/manifest/types.ts';
import { compareText } from '../order.ts';
import { toolPermissions } from '../permissions/tool-permissions.ts';
import { escapePointerToken } from '../text/pointer.ts';
import { shown } from '../text/scan-text.ts';
import type { FindingLocation, PermissionKind } from '../types.ts';
import { changeOf, textChange } from './change.ts';
import { compareSchemas } from './compare-schema.ts';
import { isSameJson } from './same-json.ts';
import type { TextBudget } from './text-diff.ts';
import type { DriftChange, DriftKind } from './types.ts';

/** Place of a tool or of something in it. */
export const toolLocation = (tool: string, pointer = ''): FindingLocation => ({
  document: 'tools.json',
  pointer: `/${escapePointerToken(tool)}${pointer}`,
  subject: tool,
});

/** Every difference of two definitions of one tool, under the name that it has now. */
export function compareTool(before: ToolDefinition, after: ToolDefinition, budget: TextBudget): DriftChange[] {
  const { name } = after;
  const texts = (['title', 'description'] as const).flatMap((key) => {
    const place = { where: `the ${key} of ${shown(name)}`, location: toolLocation(name, `/${key}`) };
    return textChange(place, textAt(before, key), textAt(after, key), budget) ?? [];
  });
  const schema = (key: 'inputSchema' | 'outputSchema') =>
    compareSchemas(
      before[key] ?? {},
      after[key] ?? {},
      '',
      { isInput: key === 'inputSchema', tool: name, location: (pointer) => toolLocation(name, `/${key}${pointer}`) },
      budget,
    );
  return [
    ...texts,
    ...compareAnnotations(before, after, budget),
    ...schema('inputSchema'),
    ...schema('outputSchema'),
    ...addedKinds(before, after),
  ];
}

const textAt = (tool: ToolDefinition, key: 'title' | 'description'): string | undefined =>
  typeof tool[key] === 'string' ? tool[key] : undefined;

type Hint = { key: string; was: unknown; is: unknown };

/**
 * Annotations by what they claim. Without a claim a client must expect the worst (MCP, ToolAnnotations): not read-only,
 * destructive, open to the world.
 */
function compareAnnotations(before: ToolDefinition, after: ToolDefinition, budget: TextBudget): DriftChange[] {
  const [earlier, later] = [annotationsOf(before), annotationsOf(after)];
  const keys = [...new Set([...Object.keys(earlier), ...Object.keys(later)])].sort(compareText);
  return keys.flatMap((key) => {
    const [was, is] = [earlier[key], later[key]];
    if (isSameJson(was, is)) return [];
    const location = toolLocation(after.name, `/annotations/${escapePointerToken(key)}`);
    if (key === 'title' && (typeof was === 'string' || typeof is === 'string')) {
      const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
      return textChange({ where: `the title of ${shown(after.name)}`, location }, text(was), text(is), budget) ?? [];
    }
    const [kind, says] = judged({ key, was, is });
    const message = `${shown(after.name)} ${says ?? `says ${shown(key)} ${saidOf(is)}, said ${saidOf(was)}`}`;
    return [changeOf(kind, { message, location }, was ?? 'not said', is ?? 'not said')];
  });
}

function judged({ key, was, is }: Hint): [DriftKind, string?] {
  if (key === 'readOnlyHint' && was === true) return ['annotation-widened', 'no longer says that it only reads'];
  if (key === 'readOnlyHint' && is === true && was === false)
    return ['annotation-widened', 'now says that it only reads, so clients may stop asking'];
  if (key === 'destructiveHint' && was === false)
    return ['annotation-widened', 'no longer says that it destroys nothing'];
  if (key === 'destructiveHint' && was === true && is === false)
    return ['annotation-widened', 'now says that it destroys nothing, so clients may stop asking'];
  if (key === 'openWorldHint' && was === false)
    return ['annotation-widened', 'no longer says that it stays in a closed world'];
  return ['annotation-changed'];
}

const saidOf = (value: unknown): string => (value === undefined ? 'nothing' : shown(String(value)));

function annotationsOf(tool: ToolDefinition): Record<string, unknown> {
  const { annotations } = tool as { annotations?: unknown };
  return typeof annotations === 'object' && annotations !== null && !Array.isArray(annotations)
    ? (annotations as Record<string, unknown>)
    : {};
}

const KIND_WORDS: Record<PermissionKind, string> = {
  'run-code': 'runs code',
  secrets: 'handles secrets',
  'send-out': 'sends data out',
  change: 'changes data',
  read: 'reads data',
};

/** Kinds of permission that this tool did not have: others of the server may have had them already. */
function addedKinds(before: ToolDefinition, after: ToolDefinition): DriftChange[] {
  const kindsOf = (tool: ToolDefinition) => new Set(toolPermissions(tool, 'the service').map(({ kind }) => kind));
  const [had, has] = [kindsOf(before), kindsOf(after)];
  return (Object.keys(KIND_WORDS) as PermissionKind[])
    .filter((kind) => has.has(kind) && !had.has(kind) && kind !== 'read')
    .map((kind) =>
      changeOf(
        'permission-added',
        {
          message: `${shown(after.name)} ${KIND_WORDS[kind]} now, which it did not`,
          location: toolLocation(after.name),
        },
        undefined,
        kind,
      ),
    );
}
