import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SHIPPED_PACKAGES } from '#lib/catalog/examples/load-examples.ts';
import { config } from '#lib/config/config.ts';
import { log } from '#lib/config/log.ts';
import { db, type Prisma } from '#lib/db/db.ts';
import type { Definitions, Manifest } from '#lib/manifest/types.ts';
import { indexServers } from '#lib/search/index-server.ts';
import { scanSnapshot } from '#scanners/run.ts';
import { acquireSnapshot } from './acquire/snapshot.ts';
import { detectSandbox } from './sandbox/index.ts';
import { makeCurrent, NO_DEFINITIONS, type ScanResult, scanColumns } from './store-scan.ts';

/**
 * Carries out one scan: acquire the package and the definitions, run the scanners, store the result. Does nothing when
 * another worker took the scan already. What goes wrong with a server is part of its report; only a fault of ours
 * fails the scan, and is raised so that the job is tried again.
 */
export async function runScan({ scanId, signal }: { scanId: string; signal: AbortSignal }): Promise<void> {
  const claimed = await db().scan.updateMany({
    where: { id: scanId, status: 'queued' },
    data: { status: 'running', startedAt: new Date(), attempts: { increment: 1 } },
  });
  if (claimed.count === 0) return;
  const scan = await db().scan.findUniqueOrThrow({ where: { id: scanId }, include: { version: true } });
  const { version } = scan;
  const workDir = await fs.mkdtemp(path.join(os.tmpdir(), 'hallmark-scan-'));
  try {
    const result = await acquireAndScan({ version, workDir, signal });
    await db().$transaction(async (tx) => {
      await tx.scan.update({ where: { id: scanId }, data: scanColumns(result, new Date()) });
      await makeCurrent(tx, { versionId: version.id, scanId, sawTools: result.definitions?.tools != null });
    });
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
  } catch (error) {
    await release(scanId, scan.attempts, error, signal);
    throw error;
  } finally {
    await fs.rm(workDir, { recursive: true, force: true, maxRetries: 3 });
  }
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
  version: { id: string; manifest: Prisma.JsonValue; origin: string };
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
    cacheDir: path.join(settings.dataDir, 'npm-cache'),
    signal,
  });
  const report = scanSnapshot({ manifest, definitions: snapshot.definitions ?? NO_DEFINITIONS });
  return {
    definitions: snapshot.definitions,
    definitionsOrigin: snapshot.definitionsOrigin,
    coverage: snapshot.coverage,
    packageFacts: snapshot.packageFacts,
    report,
  };
}

const MAX_ATTEMPTS = 3;

/** Back to the queue when the worker stops or may try again; failed for good after three attempts. */
async function release(scanId: string, attempts: number, error: unknown, signal: AbortSignal): Promise<void> {
  const isFinal = !signal.aborted && attempts >= MAX_ATTEMPTS;
  const message = error instanceof Error ? error.message : String(error);
  await db().scan.update({
    where: { id: scanId },
    data: isFinal
      ? { status: 'failed', finishedAt: new Date(), error: { code: 'SCAN_FAILED', message } }
      : { status: 'queued' },
  });
}
