import { type AcceptedFeed, FeedError, type PulledFeed } from '#lib/feed/client/index.ts';
import type { Audit } from '../audit/audit.ts';

/** Bounds on what a head may ask of gateways, in seconds. */
export const REFRESH_LIMITS = { min: 5, max: 3600, default: 60 } as const;

const JITTER = 0.2;

/**
 * Milliseconds until the next refresh: the operator's interval, or the head's within bounds, ±20 % so that gateways
 * do not ask in step. `random` is in [0, 1).
 */
export function refreshDelayMs({
  fromHead,
  override,
  random,
}: {
  fromHead: number | null;
  override: number | null;
  random: number;
}): number {
  const bounded = Math.min(Math.max(fromHead ?? REFRESH_LIMITS.default, REFRESH_LIMITS.min), REFRESH_LIMITS.max);
  return Math.round((override ?? bounded) * 1000 * (1 - JITTER + 2 * JITTER * random));
}

/** What one attempt to refresh gave. `failure` is null when the accepted feed is the feed's present one. */
export type FeedAttempt = { feed: AcceptedFeed | null; isNew: boolean; failure: FeedError | null };

/** Keeps the last accepted feed and refreshes it until stopped. A refresh that fails changes nothing but its age. */
export class FeedWatch {
  current: AcceptedFeed | null;

  readonly #pull: () => Promise<PulledFeed>;
  readonly #audit: Audit;
  readonly #override: number | null;
  readonly #random: () => number;
  readonly #listeners = new Set<(attempt: FeedAttempt) => void>();
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<FeedError | null> | null = null;
  #isAskedAgain = false;
  #isStopped = false;

  constructor({
    pull,
    audit,
    refreshSeconds,
    random,
  }: {
    pull: () => Promise<PulledFeed>;
    audit: Audit;
    refreshSeconds: number | null;
    random: () => number;
  }) {
    this.#pull = pull;
    this.#audit = audit;
    this.#override = refreshSeconds;
    this.#random = random;
    this.current = null;
  }

  /** Hears of every attempt, good or bad. Returns what ends that. */
  onAttempt(listener: (attempt: FeedAttempt) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** One attempt now. Returns the error that kept the feed from being refreshed, or null. */
  refresh(): Promise<FeedError | null> {
    this.#running ??= this.#attempt().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Something newer was announced. While one attempt runs, exactly one more follows it, however often this is called. */
  hint(): void {
    if (this.#isStopped) return;
    if (!this.#running) void this.refresh();
    else if (!this.#isAskedAgain) {
      this.#isAskedAgain = true;
      void this.#running.finally(() => {
        this.#isAskedAgain = false;
        if (!this.#isStopped) void this.refresh();
      });
    }
  }

  /** Refreshes from now on. The gateway's process lives as long as its client, not as long as this timer. */
  start(): void {
    if (this.#isStopped) return;
    const delay = refreshDelayMs({
      fromHead: this.current?.head.refreshSeconds ?? null,
      override: this.#override,
      random: this.#random(),
    });
    this.#timer = setTimeout(() => void this.refresh().finally(() => this.start()), delay);
    this.#timer.unref();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  async #attempt(): Promise<FeedError | null> {
    let failure: FeedError | null = null;
    let isNew = false;
    try {
      const { warnings, changed, ...accepted } = await this.#pull();
      const before = this.current?.head;
      this.current = accepted;
      const { epoch, serial } = accepted.head;
      isNew = changed || before?.serial !== serial || before?.epoch !== epoch;
      for (const { code, message } of warnings) this.#audit({ event: 'feed', code, message, epoch, serial });
      if (isNew) this.#audit({ event: 'feed', message: 'accepted', epoch, serial });
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      failure = error;
      this.#audit({ event: 'feed', code: failure.code, message: failure.message });
    }
    for (const listener of [...this.#listeners]) listener({ feed: this.current, isNew, failure });
    return failure;
  }
}
