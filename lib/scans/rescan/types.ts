/** What a re-scan of the catalog changed, told once it is finished. */
export type RescanSummary = {
  /** Versions that were scanned again. */
  versions: number;
  /** Of them, those about which the newer ruleset says something else. */
  changed: number;
  failed: number;
  /** Versions that got an accusation that they did not have. */
  accused: number;
  /** Grades that moved; null is "not graded". Most frequent first. */
  grades: { from: string | null; to: string | null; versions: number }[];
  /** Versions in which a rule found something that it did not find before, or not any more. By rule id. */
  rules: { ruleId: string; added: number; removed: number }[];
  /** The ruleset that came before this one was through; null where it was finished. */
  overtakenBy: string | null;
};

/** How hard a re-scan may work: in the background it gives way to publications, and rests as long as it worked. */
export type Pace = {
  /** How long one version waits while ordered scans wait, in milliseconds. It goes on then, so that it ends some day. */
  yieldMs: number;
  /** Rest after a version, as a multiple of the time that it took. */
  restRatio: number;
  /** The shortest rest, in milliseconds. */
  restMs: number;
};

export const BACKGROUND: Pace = { yieldMs: 2_000, restRatio: 1, restMs: 20 };
/** For a person who waits for it at a terminal. */
export const AT_ONCE: Pace = { yieldMs: 0, restRatio: 0, restMs: 0 };

export const RESCAN_LIMITS = {
  /** One job works this long; the next one goes on. A killed worker's job is given up soon after. */
  jobMs: 50_000,
  jobExpiresSeconds: 120,
  /** Versions looked up at a time. */
  batch: 100,
  /** One version: a definition of many megabytes takes seconds. */
  versionMs: 60_000,
} as const;
