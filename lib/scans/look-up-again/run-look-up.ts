import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import { indexServers } from '#lib/search/index-server.ts';
import { scansWait } from '../rescan/due-versions.ts';
import { BACKGROUND, type Pace, RESCAN_LIMITS } from '../rescan/types.ts';
import { type DueImport, dueImports, versionsToLookUp } from './due-versions.ts';
import { type LookUpOutcome, lookUpVersion } from './look-up-version.ts';

export type LookUpRun = {
  /** `nothing`: no import waits. `open`: stopped. */
  state: 'nothing' | 'open' | 'finished';
  /** Versions that this run looked up. */
  done: number;
  changed: number;
  failed: number;
};

/**
 * After an import of advisories: looks up the versions that it may be about. How far it got is kept with the import, so it
 * goes on where it was stopped; a version that is done twice is the same the second time. Stops after `maxMs` or when
 * `signal` aborts.
 */
export async function runLookUpAgain({
  signal,
  maxMs = RESCAN_LIMITS.jobMs,
  pace = BACKGROUND,
  onProgress = () => {},
}: {
  signal: AbortSignal;
  maxMs?: number;
  pace?: Pace;
  onProgress?: (done: number) => void;
}): Promise<LookUpRun> {
  const run: LookUpRun = { state: 'nothing', done: 0, changed: 0, failed: 0 };
  const until = Date.now() + maxMs;
  const isOver = () => signal.aborted || Date.now() >= until;
  for (const due of await dueImports(db())) {
    run.state = 'open';
    if (!(await lookUpFor(due, { run, isOver, pace, signal, onProgress }))) return run;
    await db().osvImport.updateMany({
      where: { ecosystem: due.ecosystem, finishedAt: { not: null }, lookedUpAt: null, startedAt: { gte: due.since } },
      data: { lookedUpAt: new Date() },
    });
    run.state = 'finished';
  }
  return run;
}

type Work = {
  run: LookUpRun;
  isOver(): boolean;
  pace: Pace;
  signal: AbortSignal;
  onProgress(done: number): void;
};

/** False when it was stopped before all versions were done. */
async function lookUpFor(due: DueImport, { run, isOver, pace, signal, onProgress }: Work): Promise<boolean> {
  let after = due.lookedUpTo;
  while (true) {
    const batch = await versionsToLookUp(db(), { ...due, after, limit: RESCAN_LIMITS.batch });
    if (batch.length === 0) return true;
    const changed = new Set<string>();
    for (const { id, serverId } of batch) {
      if (isOver()) break;
      const began = Date.now();
      const outcome = await attempt(id);
      after = id;
      run.done += 1;
      if (outcome === 'failed') run.failed += 1;
      if (outcome === 'changed') {
        run.changed += 1;
        changed.add(serverId);
      }
      onProgress(run.done);
      const rest = Math.max(pace.restMs, (Date.now() - began) * pace.restRatio);
      if (rest > 0) await sleep(rest, undefined, { signal }).catch(() => undefined);
    }
    await db().osvImport.update({ where: { id: due.id }, data: { lookedUpTo: after } });
    await indexServers([...changed]);
    if (isOver()) return false;
    if (pace.yieldMs > 0 && (await scansWait(db(), new Date())))
      await sleep(pace.yieldMs, undefined, { signal }).catch(() => undefined);
  }
}

const TRIES = 5;
const BETWEEN_TRIES_MS = 200;

/** A version whose row somebody holds is waited for, as it is never held for long; a fault of one holds up none of the others. */
async function attempt(versionId: string): Promise<LookUpOutcome | 'failed'> {
  try {
    for (let tries = 1; ; tries++) {
      const outcome = await lookUpVersion({ versionId, now: new Date() });
      if (outcome !== 'busy' || tries === TRIES) return outcome;
      await sleep(BETWEEN_TRIES_MS);
    }
  } catch (error) {
    log.error({ err: error, versionId }, 'the packages of a version could not be looked up again');
    return 'failed';
  }
}
