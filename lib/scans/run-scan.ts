import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SHIPPED_PACKAGES } from '#lib/catalog/examples/load-examples.ts';
import { config } from '#lib/config/config.ts';
import { log } from '#lib/config/log.ts';
import { db, type Prisma } from '#lib/db/db.ts';
import { enqueueScan } from '#lib/jobs/enqueue.ts';
import type { Definitions, Manifest } from '#lib/manifest/types.ts';
import { indexServers, noteOverdue } from '#lib/search/index-server.ts';
import { scanSnapshot } from '#scanners/run.ts';
import { pypiIndexOf } from './acquire/pip-settings.ts';
import { acquireSnapshot } from './acquire/snapshot.ts';
import { gatherFacts } from './facts/gather-facts.ts';
import { nextAttemptAfter, SCAN_LIMITS } from './limits.ts';
import { NO_DEFINITIONS } from './no-definitions.ts';
import { remoteProbes } from './remote-probes.ts';
import { detectSandbox } from './sandbox/index.ts';
import { makeCurrent, type ScanResult, scanColumns } from './store-scan.ts';

/**
 * Carries out one scan: acquire the package and the definitions, run the scanners, store the result. Does nothing when
 * another worker took the scan already, or when its next try is not due yet. What goes wrong with a server is part of
 * its report; only a fault of ours fails the scan, and is raised after the row was put back for another try.
 */
export async function runScan({ scanId, signal }: { scanId: string; signal: AbortSignal }): Promise<void> {
  const now = new Date();
  const [claimed] = await db().scan.updateManyAndReturn({
    where: { id: scanId, status: 'queued', OR: [{ nextAttemptAt: null }, { nextAttemptAt: { lte: now } }] },
    data: { status: 'running', startedAt: now, heartbeatAt: now, attempts: { increment: 1 } },
    select: { attempts: true, versionId: true },
  });
  if (!claimed) return;
  const mine: Claim = { id: scanId, status: 'running', attempts: claimed.attempts };
  const version = await db().version.findUniqueOrThrow({ where: { id: claimed.versionId } });
  const workDir = await fs.mkdtemp(path.join(os.tmpdir(), 'hallmark-scan-'));
  const heartbeat = startHeartbeat(mine);
  let result: ScanResult;
  try {
    result = await acquireAndScan({ version, workDir, signal: AbortSignal.any([signal, heartbeat.lost]) });
    if (!(await store({ mine, version, result }))) {
      log.warn({ scanId }, 'this scan was given to another worker meanwhile; its result here is dropped');
      return;
    }
  } catch (error) {
    await release(mine, error, signal);
    throw error;
  } finally {
    heartbeat.stop();
    await fs.rm(workDir, { recursive: true, force: true, maxRetries: 3 });
  }
  await indexServers([version.serverId]);
  log.info(
    {
      scanId,
      server: version.serverName,
      version: version.version,
      grade: result.report.grade,
      live: result.coverage.live.covered,
    },
    'scanned',
  );
}

/** The row as long as it is this worker's: the sweep may give it to another one, which counts one attempt more. */
type Claim = { id: string; status: 'running'; attempts: number };

/** Keeps saying that the scan goes on. `lost` aborts when the row is no longer this worker's. */
function startHeartbeat(mine: Claim): { lost: AbortSignal; stop(): void } {
  const lost = new AbortController();
  const timer = setInterval(async () => {
    try {
      const { count } = await db().scan.updateMany({ where: mine, data: { heartbeatAt: new Date() } });
      if (count === 0) lost.abort(new Error('This scan was given to another worker.'));
    } catch (error) {
      log.warn({ err: error, scanId: mine.id }, 'a heartbeat could not be written');
    }
  }, SCAN_LIMITS.heartbeatEveryMs).unref();
  return { lost: lost.signal, stop: () => clearInterval(timer) };
}

/** Stores the result and says so to the search, in one transaction. False when the scan is no longer this worker's. */
async function store({
  mine,
  version,
  result,
}: {
  mine: Claim;
  version: { id: string; serverId: string };
  result: ScanResult;
}): Promise<boolean> {
  return db().$transaction(async (tx) => {
    const now = new Date();
    const { count } = await tx.scan.updateMany({ where: mine, data: scanColumns(result, now) });
    if (count === 0) return false;
    await makeCurrent(tx, { versionId: version.id, scanId: mine.id, now, ...result });
    await noteOverdue(tx, [version.serverId]);
    return true;
  });
}

let detected: ReturnType<typeof detectSandbox> | undefined;

/** Whether servers can be run here; looked up once a process. */
function sandbox() {
  detected ??= detectSandbox();
  return detected;
}

async function acquireAndScan({
  version,
  workDir,
  signal,
}: {
  version: { id: string; serverId: string; manifest: Prisma.JsonValue; origin: string };
  workDir: string;
  signal: AbortSignal;
}): Promise<ScanResult> {
  const settings = config();
  const manifest = version.manifest as unknown as Manifest;
  const declared = await db().declaredDefinitions.findUnique({ where: { versionId: version.id } });
  const snapshot = await acquireSnapshot({
    manifest,
    declared: declared ? (declared.definitions as unknown as Definitions) : undefined,
    sandbox: await sandbox(),
    workDir,
    hiddenPaths: [settings.dataDir],
    // Only entries that Hallmark itself brought may name what ships with it.
    localPackages: version.origin === 'example' ? SHIPPED_PACKAGES : new Map(),
    registry: settings.HALLMARK_NPM_REGISTRY,
    pypiIndex: pypiIndexOf(settings.HALLMARK_PYPI_URL),
    sources: { pypiUrl: settings.HALLMARK_PYPI_URL },
    remotes: remoteProbes(version, settings.HALLMARK_PROBE_REMOTES),
    cacheDir: path.join(settings.dataDir, 'npm-cache'),
    signal,
  });
  const { facts, coverage } = await gatherFacts({
    versionId: version.id,
    manifest,
    fetched: snapshot.packageFacts,
    now: new Date(),
  });
  const definitions = snapshot.definitions ?? NO_DEFINITIONS;
  const report = scanSnapshot({ manifest, definitions, facts, package: snapshot.code });
  return {
    definitions: snapshot.definitions,
    definitionsOrigin: snapshot.definitionsOrigin,
    coverage: { ...snapshot.coverage, ...coverage },
    packageFacts: snapshot.packageFacts,
    report,
  };
}

/** Back to the queue when the worker stops, or later when it may be tried again; failed for good after the last try. */
async function release(mine: Claim, error: unknown, signal: AbortSignal): Promise<void> {
  const { id, attempts } = mine;
  if (signal.aborted) {
    // This process stops and makes no more jobs; another worker's sweep finds the row.
    await db().scan.updateMany({ where: mine, data: { status: 'queued', nextAttemptAt: null } });
    return;
  }
  const now = new Date();
  const message = error instanceof Error ? error.message : String(error);
  log.error({ err: error, scanId: id, attempts }, 'a scan could not be carried out');
  if (attempts >= SCAN_LIMITS.attempts) {
    const failed = { status: 'failed', finishedAt: now, error: { code: 'SCAN_FAILED', message } } as const;
    await db().scan.updateMany({ where: mine, data: failed });
    return;
  }
  const nextAttemptAt = nextAttemptAfter(attempts, now);
  const { count } = await db().scan.updateMany({ where: mine, data: { status: 'queued', nextAttemptAt } });
  if (count > 0) await enqueueScan(id, { attempts, notBefore: nextAttemptAt });
}
