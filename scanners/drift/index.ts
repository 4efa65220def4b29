export { isAlarm, isAlarming } from './alarm.ts';
export type { PackageSight } from './compare-package.ts';
export { compareSnapshots } from './compare-snapshots.ts';
export { diffText, type TextPart } from './text-diff.ts';
export {
  type ComparedSnapshot,
  DRIFT_CLASSES,
  type Drift,
  type DriftChange,
  type DriftClass,
  type DriftKind,
} from './types.ts';
export { DRIFT_CLASS_WORDS } from './words.ts';
