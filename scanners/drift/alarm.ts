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
  'package-content',
]);

/**
 * Whether a change, by itself, looks like a rug pull. Measured: see `bench/drift.ts`. A secret that a tool asks for is one
 * where nothing works without it, as honest tools offer such a parameter now and then; so is an install script of the
 * package itself, not of what it brings.
 */
export const isAlarming = ({ kind, confidence }: DriftChange): boolean =>
  ALARMING.has(kind) || ((kind === 'secret-asked' || kind === 'install-script-added') && confidence === 'firm');

export const isAlarm = ({ changes }: Drift): boolean => changes.some(isAlarming);
