import type { NoComparison, VersionComparison } from '#lib/scans/compare-versions.ts';
import type { Drift, DriftClass } from '#scanners/drift/index.ts';
import { countOf } from '../../../../text/count-of.ts';

export const NO_COMPARISON: Record<NoComparison['reason'], string> = {
  'one-version': 'There is no version before this one, so there is nothing to compare it with.',
  'same-answers': 'Every scan of this version saw the same tools. There is no other answer to compare with.',
  'not-kept': 'What was approved is not kept any more, so it cannot be compared.',
};

export const AGAINST: Record<VersionComparison['against'], { from: string; to: string }> = {
  versions: { from: 'Before', to: 'After' },
  answers: { from: 'Answered before', to: 'Answers now' },
  approval: { from: 'As approved', to: 'Now' },
};

const COUNTED: Record<DriftClass, (count: number) => string> = {
  accusation: (count) => countOf(count, 'sign of poison', 'signs of poison'),
  'permission-increase': (count) => `${countOf(count, 'change')} that ${count === 1 ? 'lets' : 'let'} it do more`,
  origin: (count) => `${countOf(count, 'change')} of code or addresses`,
  'new-tool': (count) => countOf(count, 'new tool'),
  interface: (count) => countOf(count, 'other interface change'),
  wording: (count) => `${countOf(count, 'change')} in wording`,
  removed: (count) => `${countOf(count, 'thing')} removed`,
};

/** One line that says how much changed, worst first. */
export function summaryOf({ changes, cut }: Drift): string {
  if (changes.length === 0) return 'Nothing changed in what was compared.';
  const byClass = Map.groupBy(changes, (change) => change.class);
  const parts = [...byClass].map(([of, group]) => COUNTED[of](group.length));
  const text = parts.join(', ') + (cut > 0 ? `, and ${cut} more that are not listed` : '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

const PARTS: Record<Drift['notCompared'][number], string> = {
  manifest: 'the manifest',
  package: 'what its package does',
  tools: 'tools',
  prompts: 'prompts',
  resources: 'resources',
  resourceTemplates: 'resource templates',
  instructions: 'server instructions',
};

export function notComparedSentence(parts: Drift['notCompared']): string {
  const named = parts.map((part) => PARTS[part]);
  const list = named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : named[0];
  return `Not compared, because they were seen on one side only: ${list}.`;
}
