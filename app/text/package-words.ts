import type { PackageCheckKind, PackageCheckResult, PackageCheckView } from '#lib/packages/types.ts';
import type { StateTone } from '../components/state-sign.tsx';

type State = PackageCheckResult['state'];

/** What was asked about a package. */
export const CHECK_QUESTION: Record<PackageCheckKind, string> = {
  ownership: 'Does it name this server?',
  integrity: 'Is the file the one in the manifest?',
  digest: 'Does its name stand for one content?',
  provenance: 'Where was it built?',
};

/** How a check ended, in words that nobody can take for one another. */
export const CHECK_WORD: Record<State, string> = {
  proven: 'proven',
  failed: 'does not hold',
  absent: 'not there',
  not_offered: 'not offered here',
  unreachable: 'could not be asked',
};

export const CHECK_MEANING: Record<State, string> = {
  proven: 'The check was made and holds.',
  failed: 'The check was made and does not hold.',
  absent: 'The package registry has the package and says that there is no such evidence.',
  not_offered: 'The package registry, or the mirror that this instance asks, does not offer it. Nothing is known.',
  unreachable: 'The package registry gave no answer. Nothing is known; it is asked again.',
};

export const CHECK_TONE: Record<State, StateTone> = {
  proven: 'good',
  failed: 'bad',
  absent: 'absent',
  not_offered: 'silent',
  unreachable: 'unknown',
};

/** Checks by package, in the order of the manifest. */
export function checksByPackage(
  checks: PackageCheckView[],
): { index: number; label: string; checks: PackageCheckView[] }[] {
  return [...Map.groupBy(checks, ({ packageIndex }) => packageIndex)].map(([index, of]) => ({
    index,
    label: of[0]?.label ?? '',
    checks: of,
  }));
}

/** Text members of the facts of a provenance check, in the order in which people ask for them. */
export const PROVENANCE_FACTS = [
  ['repository', 'Built from'],
  ['commit', 'Commit'],
  ['ref', 'Ref'],
  ['workflow', 'Workflow'],
  ['logIndex', 'Log entry'],
  ['root', 'Trust root'],
] as const;
