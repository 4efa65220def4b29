import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import { indexServers } from '#lib/search/index-server.ts';
import { RULESET_VERSION } from '#scanners/version.ts';
import { beginRescan, finishRescan } from './begin-and-finish.ts';
import { dueVersions, scansWait } from './due-versions.ts';
import { noteFailure, rescanVersion, type VersionOutcome } from './rescan-version.ts';
import { BACKGROUND, type Pace, RESCAN_LIMITS, type RescanSummary } from './types.ts';

export type RescanRun = {
  /** `nothing`: no version is due. `open`: stopped, or versions are left that somebody else works on. */
  state: 'nothing' | 'open' | 'finished';
  /** Versions that this run scanned. */
  done: number;
  changed: number;
  failed: number;
  summary: RescanSummary | null;
};

/**
 * Scans every version whose scan is older than this program's ruleset again, from what is stored. Which versions are due is
 * read from their scans, so it goes on wherever it was stopped, and several processes may work at it. Stops after `maxMs`
 * or when `signal` aborts. `retryFailed` takes up versions that could not be scanned before.
 */
export async function runRescan({
  signal,
  maxMs = RESCAN_LIMITS.jobMs,
  pace = BACKGROUND,
  retryFailed = false,
  onProgress = () => {},
}: {
  signal: AbortSignal;
  maxMs?: number;
  pace?: Pace;
  retryFailed?: boolean;
  onProgress?: (done: number) => void;
}): Promise<RescanRun> {
  const run: RescanRun = { state: 'open', done: 0, changed: 0, failed: 0, summary: null };
  if (signal.aborted) return run;
  if (!(await beginRescan({ now: new Date(), retryFailed }))) return { ...run, state: 'nothing' };
  const startedAt = Date.now();
  const isOver = () => signal.aborted || Date.now() - startedAt >= maxMs;
  const skip: string[] = [];
  while (!isOver()) {
    const batch = await dueVersions(db(), { skip, limit: RESCAN_LIMITS.batch });
    if (batch.length === 0) break;
    const indexed = new Set<string>();
    for (const { id, serverId } of batch) {
      if (isOver()) break;
      if (pace.yieldMs > 0) await giveWay(pace.yieldMs, signal);
      const began = Date.now();
      const outcome = await attempt(id);
      if (outcome === 'busy' || outcome === 'not due') {
        skip.push(id);
        continue;
      }
      if (outcome === 'failed') run.failed += 1;
      else run.done += 1;
      if (outcome === 'changed') run.changed += 1;
      if (outcome !== 'failed') indexed.add(serverId);
      onProgress(run.done + run.failed);
      const rest = Math.max(pace.restMs, (Date.now() - began) * pace.restRatio);
      if (rest > 0) await sleep(rest, undefined, { signal }).catch(() => undefined);
    }
    await indexServers([...indexed]);
    const minutes = (Date.now() - startedAt) / 60_000;
    await db().rescan.updateMany({
      where: { rulesetVersion: RULESET_VERSION },
      data: { perMinute: Math.round((run.done + run.failed) / Math.max(minutes, 1 / 60)) },
    });
  }
  const summary = signal.aborted ? null : await finishRescan({ now: new Date() });
  return summary === null ? run : { ...run, state: 'finished', summary };
}

const POLL_MS = 250;

/** Waits while ordered scans wait, but not for ever: a queue that is never empty must not hold this up for good. */
async function giveWay(yieldMs: number, signal: AbortSignal): Promise<void> {
  const until = Date.now() + yieldMs;
  while (!signal.aborted && Date.now() < until && (await scansWait(db(), new Date()))) {
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Two tries, because a transaction may lose to another one; then the version is noted as failed. */
async function attempt(versionId: string): Promise<VersionOutcome | 'failed'> {
  try {
    return await rescanVersion({ versionId, now: new Date() }).catch(() =>
      rescanVersion({ versionId, now: new Date() }),
    );
  } catch (error) {
    log.error({ err: error, versionId }, 'a version could not be scanned again');
    const message = error instanceof Error ? error.message : String(error);
    await noteFailure({ versionId, message, now: new Date() });
    return 'failed';
  }
}
