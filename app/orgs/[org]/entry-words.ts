import type { EntryView } from '#lib/orgs/allowlist/get-allowlist.ts';
import type { StateTone } from '../../components/state-sign.tsx';

/** How each state is shown: a word, and a sign beside it. */
export const ENTRY_WORDS: Record<EntryView | 'absent', { label: string; tone: StateTone }> = {
  approved: { label: 'approved', tone: 'good' },
  expiring: { label: 'ends soon', tone: 'doubt' },
  suspended: { label: 'suspended', tone: 'doubt' },
  expired: { label: 'ended', tone: 'absent' },
  revoked: { label: 'revoked', tone: 'bad' },
  absent: { label: 'not on the list', tone: 'absent' },
};

export const SOURCE_WORDS = {
  manual: 'by a reviewer',
  policy: 'by the policy',
  exception: 'as an exception',
} as const;
