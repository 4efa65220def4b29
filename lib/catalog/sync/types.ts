import type { VersionStatus } from '../views.ts';

/** Which of an upstream's versions are taken over. Empty lists ask for nothing. */
export type SyncFilters = {
  /** Globs (lib/orgs/matches-glob.ts) of server names; a name has to fit one of them. */
  names: string[];
  /** Globs of names that are left out, whatever `names` says. */
  exclude: string[];
  /**
   * Statuses that a version has to have when it is seen for the first time. Those that are here follow their upstream
   * whatever it says of them: a version that was taken over must not stay active because its tombstone was filtered out.
   */
  statuses: VersionStatus[];
};

/** Why an item of an upstream's page was not taken over. */
export const SKIP_REASONS = {
  ITEM_INVALID: 'not what the registry API says an item is',
  MANIFEST_INVALID: 'server.json is not valid',
  DUPLICATE: 'the page has the same version twice',
  NAMESPACE_HELD: 'a publisher holds the namespace on this registry',
  NAMESPACE_BLOCKED: 'HALLMARK_BLOCKED_NAMESPACES lists the namespace',
  PUBLISHED_HERE: 'a server of this name was published on this registry',
  OTHER_SOURCE: 'another upstream brought the name first',
  SIGNED_HERE: 'other bytes of this version have signatures on this registry',
  TOO_MANY_VERSIONS: 'the server has as many versions as are kept',
} as const;

export type SkipReason = keyof typeof SKIP_REASONS;

export type SkippedItem = { code: SkipReason; name: string | null; version: string | null; message: string };

export type SyncCounts = {
  pages: number;
  /** Items of all pages: the sum of the five below. */
  seen: number;
  imported: number;
  updated: number;
  unchanged: number;
  /** Left out by the source's filters. */
  filtered: number;
  skipped: number;
  skippedFor: Partial<Record<SkipReason, number>>;
  /** The first ones. */
  skippedExamples: SkippedItem[];
};

/** What a crawl needs to go on where it was, and what it did by then. */
export type SyncProgress = SyncCounts & {
  /** What the upstream is asked for; null: for everything. */
  updatedSince: string | null;
  includeDeleted: boolean;
  /** The watermark once the crawl is finished; null before the first answer. */
  watermark: string | null;
};

export type SyncRun = SyncCounts & { startedAt: string; finishedAt: string; isFull: boolean };

export type SyncFailure = {
  code: string;
  message: string;
  at: string;
  /** Whether the audit chain has an event of this failure or of one like it since the last crawl that finished. */
  isReported: boolean;
};

/** `backing-off`: the last try failed and the next one waits. `interrupted`: a crawl was stopped and goes on when it is due. */
export type SyncState = 'disabled' | 'crawling' | 'backing-off' | 'interrupted' | 'idle';

/** An upstream registry as pages and commands show it. Plain data, times as ISO 8601 text. */
export type SyncSourceView = {
  id: string;
  name: string;
  baseUrl: string;
  filters: SyncFilters;
  state: SyncState;
  isEnabled: boolean;
  /** Of the crawl that is under way. */
  progress: SyncProgress | null;
  crawlStartedAt: string | null;
  watermark: string | null;
  lastRun: SyncRun | null;
  nextRunAt: string;
  lastError: SyncFailure | null;
  /** Tries that failed one after the other. */
  failures: number;
};

/** How a run ended. `stopped`: by the caller, or because the source was changed meanwhile; what was done is kept. */
export type SyncOutcome = {
  state: 'finished' | 'stopped' | 'failed' | 'busy';
  counts: SyncCounts | null;
  error: SyncFailure | null;
  /** When the worker goes on. */
  nextRunAt: Date | null;
};
