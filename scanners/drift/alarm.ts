import type { Drift, DriftChange, DriftKind } from './types.ts';

/**
 * Changes that honest updates hardly ever make: poison in added words, a new address in them, a promise taken back, another
 * tool under an approved name.
 */
const ALARMING: ReadonlySet<DriftKind> = new Set([
  'poison-added',
  'signal-added',
  'host-added',
  'annotation-widened',
  'tool-swapped',
]);

/**
 * Whether a change, by itself, looks like a rug pull. Measured: see `bench/drift.ts`. A secret that a tool asks for is one
 * where nothing works without it; honest tools offer such a parameter now and then.
 */
export const isAlarming = ({ kind, confidence }: DriftChange): boolean =>
  ALARMING.has(kind) || (kind === 'secret-asked' && confidence === 'firm');

export const isAlarm = ({ changes }: Drift): boolean => changes.some(isAlarming);
