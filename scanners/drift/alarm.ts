import type { Drift, DriftChange, DriftKind } from './types.ts';

/** Changes that honest updates hardly ever make: poison in added words, a new address in them, a promise taken back. */
const ALARMING: ReadonlySet<DriftKind> = new Set(['poison-added', 'signal-added', 'host-added', 'annotation-widened']);

/** Whether a change, by itself, looks like a rug pull. Measured: see `bench/drift.ts`. */
export const isAlarming = ({ kind }: DriftChange): boolean => ALARMING.has(kind);

export const isAlarm = ({ changes }: Drift): boolean => changes.some(isAlarming);
