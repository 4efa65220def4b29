export {
  CHANGES_A_PAGE,
  getRescanStatus,
  listRescanChanges,
  type RescanChangeView,
  type RescanStatus,
  type RescanView,
} from './get-rescan.ts';
export { type RescanRun, runRescan } from './run-rescan.ts';
export { AT_ONCE, BACKGROUND, type Pace, RESCAN_LIMITS, type RescanSummary } from './types.ts';
