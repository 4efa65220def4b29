import type { DriftClass } from './types.ts';

/** What the worst change of a comparison amounts to, as the rest of a sentence. */
export const DRIFT_CLASS_WORDS: Record<DriftClass, string> = {
  accusation: 'signs of poison in added words',
  'permission-increase': 'it can do more than before',
  origin: 'other code or other addresses',
  'new-tool': 'new tools',
  interface: 'other parameters or settings',
  wording: 'other words only',
  removed: 'parts were removed',
};
