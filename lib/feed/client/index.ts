export type { AllowlistDocument, FeedHead, FeedTrust, RevocationsDocument } from '../documents.ts';
export {
  FEED_ERROR_CODES,
  FEED_ERRORS,
  FEED_WARNINGS,
  FeedError,
  type FeedErrorCode,
  type FeedWarning,
} from '../feed-error.ts';
export { parseTrust } from '../parse-documents.ts';
export { type AckOutcome, acknowledge, type GatewayReport } from './acknowledge.ts';
export { FEED_LIMITS, FEED_REQUEST_TIMEOUT_MS } from './limits.ts';
export { loadAcceptedFeed } from './load-accepted.ts';
export { type AcceptedFeed, type PulledFeed, pullFeed } from './pull-feed.ts';
export { STALE_CODES, type StaleCode, type StaleDecision, staleDecision } from './stale-decision.ts';
export { defaultStateDir } from './state-dir.ts';
export { writeAtomically } from './state-files.ts';
export { type FeedHint, type HintState, watchHints } from './watch-hints.ts';
