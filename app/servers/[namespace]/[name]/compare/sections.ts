import type { Drift, DriftChange, DriftClass } from '#scanners/drift/index.ts';

export type Sections = {
  /** Poison, new powers, other code or addresses: to be looked at before anything else. */
  risky: DriftChange[];
  tools: { name: string; changes: DriftChange[] }[];
  wording: DriftChange[];
  /** Prompts, resources, templates. */
  lists: DriftChange[];
  manifest: DriftChange[];
};

const RISKY: ReadonlySet<DriftClass> = new Set(['accusation', 'permission-increase', 'origin']);

/**
 * Every change under one heading. Permissions of the whole server have a section of their own, and tools that came, went or
 * were renamed are listed by name.
 */
export function sectionsOf({ changes, permissions }: Drift): Sections {
  const inDelta = new Set([...permissions.added, ...permissions.removed].map(({ kind, scope }) => `${kind}: ${scope}`));
  const rest = changes.filter(
    ({ kind, before, after }) =>
      !(/^(?:permission|secret)-/.test(kind) && (inDelta.has(after ?? '') || inDelta.has(before ?? ''))) &&
      !['tool-added', 'tool-removed', 'tool-renamed'].includes(kind),
  );
  const calm = rest.filter((change) => !RISKY.has(change.class));
  const of = (document: string) => calm.filter(({ location }) => location.document === document);
  const isText = ({ kind }: DriftChange) => kind === 'text-changed';
  return {
    risky: rest.filter((change) => RISKY.has(change.class)),
    tools: [
      ...Map.groupBy(
        of('tools.json').filter((change) => !isText(change)),
        ({ location }) => location.subject ?? '',
      ),
    ].map(([name, group]) => ({ name, changes: group })),
    wording: calm.filter((change) => isText(change) && change.location.document !== 'server.json'),
    lists: [...of('prompts.json'), ...of('resources.json'), ...of('resource-templates.json')].filter(
      (change) => !isText(change),
    ),
    manifest: [...of('server.json'), ...of('package')],
  };
}
