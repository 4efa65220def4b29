import type { TrustRootView } from '#lib/catalog/list-trust-roots.ts';
import type { TrustThresholds } from '#lib/signing/types.ts';
import { countOf } from './count-of.ts';

export const ROOT_KIND: Record<TrustRootView['kind'], string> = {
  'public-good': 'the public Sigstore',
  github: "GitHub's own Sigstore",
  custom: 'a Sigstore of its own',
};

/** What a bundle must bring under a root: `1 log entry, 1 certificate timestamp and 1 signing time`. */
export function thresholdSentence({ tlog, ctlog, timestamp }: TrustThresholds): string {
  const parts = [
    countOf(tlog, 'log entry', 'log entries'),
    countOf(ctlog, 'certificate timestamp'),
    countOf(timestamp, 'signing time'),
  ];
  return `${parts[0]}, ${parts[1]} and ${parts[2]}`;
}

/** How old a root is: days since its source last confirmed it. */
export function rootAge({ inUse, ageDays, tufMirror }: Pick<TrustRootView, 'inUse' | 'ageDays' | 'tufMirror'>): string {
  if (inUse === 'shipped') return 'as old as this version of Hallmark';
  if (ageDays === null) return 'never confirmed by its source';
  const days = ageDays === 0 ? 'today' : `${countOf(ageDays, 'day')} ago`;
  return tufMirror === null ? `added ${days}; it has no source to ask` : `confirmed by its source ${days}`;
}
