import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { config } from '#lib/config/config.ts';
import { log } from '#lib/config/log.ts';
import { Prisma } from '#lib/db/db.ts';
import { type Outbound, outbound as ownOutbound } from '#lib/outbound/index.ts';
import { beginCrawl, keepLease, leaveCrawl } from './begin-crawl.ts';
import { type FetchedPage, fetchPage } from './fetch-page.ts';
import { SYNC_LIMITS, type SyncLimits } from './limits.ts';
import { noteFailure } from './note-failure.ts';
import { parsePage } from './parse-page.ts';
import { countsOf } from './progress.ts';
import { type Crawl, CrawlLostError, storePage } from './store-page.ts';
import type { SyncFailure, SyncOutcome, SyncProgress } from './types.ts';
import { trustedOriginsFor } from './upstream-address.ts';
import { type Fault, faultOf, UpstreamError } from './upstream-error.ts';

export type SyncSettings = Pick<ReturnType<typeof config>, 'HALLMARK_PRIVATE_NETWORKS' | 'HALLMARK_BLOCKED_NAMESPACES'>;

export type RunOptions = {
  outbound?: Outbound;
  settings?: SyncSettings;
  signal?: AbortSignal;
  /** When to leave the crawl to the next run. */
  until?: Date;
  onProgress?: (progress: SyncProgress) => void;
  /** A failure after which the run waits and tries again. */
  onPause?: (error: SyncFailure, pauseMs: number) => void;
  now?: () => Date;
  random?: () => number;
  limits?: SyncLimits;
};

type Run = Required<Omit<RunOptions, 'signal' | 'until'>> & Pick<RunOptions, 'signal' | 'until'>;

/**
 * Crawls one source: goes on with its crawl or begins one. Never throws for what the upstream does: the row keeps what
 * went wrong and when to try again. `busy` when another worker is at it, or the source is disabled or gone.
 */
export async function runSync({
  sourceId,
  isFull = false,
  ...options
}: { sourceId: string; isFull?: boolean } & RunOptions): Promise<SyncOutcome> {
  const run: Run = {
    outbound: ownOutbound(),
    settings: config(),
    onProgress: () => {},
    onPause: () => {},
    now: () => new Date(),
    random: Math.random,
    limits: SYNC_LIMITS,
    ...options,
  };
  const crawl = await beginCrawl({ sourceId, isFull, now: run.now(), limits: run.limits });
  if (!crawl) return { state: 'busy', counts: null, error: null, nextRunAt: null };
  const heartbeat = setInterval(() => {
    keepLease(crawl, run.now(), run.limits).catch((err) => log.warn({ err }, 'a sync could not extend its lease'));
  }, run.limits.heartbeatMs);
  try {
    return await crawlPages(crawl, run);
  } finally {
    clearInterval(heartbeat);
  }
}

/** Mutates the crawl: it is where the run is. */
async function crawlPages(crawl: Crawl, run: Run): Promise<SyncOutcome> {
  const visited = new Visited(run.limits);
  while (true) {
    if (run.signal?.aborted || (run.until && run.now() >= run.until)) return leave(crawl, run);
    try {
      const isFinished = await nextPage(crawl, visited, run);
      run.onProgress(crawl.progress);
      if (isFinished) return { state: 'finished', counts: countsOf(crawl.progress), error: null, nextRunAt: null };
    } catch (error) {
      if (error instanceof CrawlLostError) {
        log.info({ source: crawl.source.name }, error.message);
        return { state: 'stopped', counts: countsOf(crawl.progress), error: null, nextRunAt: null };
      }
      // A stop cuts off the request that is under way: no fault of the upstream.
      if (run.signal?.aborted) return leave(crawl, run);
      const fault = faultOf(error) ?? ownFault(error, crawl);
      const noted = await noteFailure({ crawl, fault, limits: run.limits, now: run.now(), random: run.random() });
      if (noted.pauseMs === null) {
        const { error, nextRunAt } = noted;
        return { state: 'failed', counts: countsOf(crawl.progress), error, nextRunAt };
      }
      run.onPause(noted.error, noted.pauseMs);
      await sleep(noted.pauseMs, undefined, { signal: run.signal }).catch(() => undefined);
    }
  }
}

async function leave(crawl: Crawl, run: Run): Promise<SyncOutcome> {
  const nextRunAt = run.now();
  await leaveCrawl(crawl, nextRunAt);
  return { state: 'stopped', counts: countsOf(crawl.progress), error: null, nextRunAt };
}

/** A fault on our side has its details in the log: its message may be about the inside of this registry. */
function ownFault(err: unknown, { source, cursor }: Crawl): Fault {
  log.error({ err, source: source.name, cursor }, 'a page of an upstream could not be stored');
  const message = 'A page could not be stored; the log of this registry says why.';
  return { code: 'STORE_FAILED', message, isTransient: false, losesCursor: false, retryAfterMs: null };
}

/** Fetches and stores one page, and moves the crawl to the next. Returns whether it was the last one. */
async function nextPage(crawl: Crawl, visited: Visited, run: Run): Promise<boolean> {
  const page = await fetchAccepted(crawl, run);
  crawl.progress.watermark ??= page.asOf.toISOString();
  const { items, nextCursor } = parsePage(page.bytes, new URL(crawl.source.baseUrl).host);
  visited.require({ cursor: crawl.cursor, nextCursor, pages: crawl.progress.pages + 1, items: items.length });
  const stored = await retried(run.limits.storeAttempts, () =>
    storePage({
      crawl,
      items,
      nextCursor,
      blockedNamespaces: run.settings.HALLMARK_BLOCKED_NAMESPACES,
      limits: run.limits,
      now: run.now(),
      random: run.random(),
    }),
  );
  crawl.progress = stored.progress;
  crawl.cursor = nextCursor;
  return stored.isFinished;
}

/**
 * The crawl's next page. An upstream that does not know `include_deleted` or `updated_since` is asked without, at the
 * first page.
 */
async function fetchAccepted(crawl: Crawl, run: Run): Promise<FetchedPage> {
  const { source, cursor } = crawl;
  const trustedOrigins = trustedOriginsFor(source.baseUrl, run.settings.HALLMARK_PRIVATE_NETWORKS);
  while (true) {
    const { updatedSince, includeDeleted } = crawl.progress;
    const { outbound, limits, signal, now } = run;
    try {
      const { baseUrl } = source;
      return await fetchPage({
        baseUrl,
        cursor,
        updatedSince,
        includeDeleted,
        outbound,
        trustedOrigins,
        limits,
        signal,
        now,
      });
    } catch (error) {
      const isRefused = error instanceof UpstreamError && [400, 422, 501].includes(error.status ?? 0);
      if (!isRefused || cursor !== null) throw error;
      if (includeDeleted) crawl.progress.includeDeleted = false;
      else if (updatedSince) crawl.progress.updatedSince = null;
      else throw error;
    }
  }
}

/** Stops a crawl that would never end. Digests, since cursors may be long. */
class Visited {
  readonly #cursors = new Set<string>();
  readonly #limits: SyncLimits;
  #emptyPages = 0;

  constructor(limits: SyncLimits) {
    this.#limits = limits;
  }

  require(page: { cursor: string | null; nextCursor: string | null; pages: number; items: number }): void {
    if (page.nextCursor === null) return;
    if (page.cursor !== null) this.#cursors.add(digest(page.cursor));
    this.#emptyPages = page.items === 0 ? this.#emptyPages + 1 : 0;
    const endless = (why: string) => new UpstreamError('ENDLESS_CRAWL', `The crawl was stopped: ${why}.`);
    if (this.#cursors.has(digest(page.nextCursor))) throw endless('a cursor leads back to a page that was read before');
    if (this.#emptyPages > this.#limits.emptyPages)
      throw endless(`${this.#emptyPages} empty pages followed each other`);
    if (page.pages >= this.#limits.pages) throw endless(`it did not end within ${this.#limits.pages} pages`);
  }
}

const digest = (cursor: string) => createHash('sha256').update(cursor).digest('base64');

/** Runs work again that met another transaction: a deadlock, a conflict, or the same row written first. */
async function retried<T>(attempts: number, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !isConflict(error)) throw error;
    }
  }
}

/** Prisma: P2034 conflict or deadlock, P2002 unique violation, P2010 raw statement, with PostgreSQL's own code inside. */
function isConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return ['P2034', 'P2002'].includes(error.code) || (error.code === 'P2010' && /40P01|40001/.test(error.message));
}
