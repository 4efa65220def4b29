import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { db, type Prisma } from '#lib/db/db.ts';
import { nextAttemptAfter, SCAN_LIMITS } from '#lib/scans/limits.ts';
import { requeueLostScans } from '#lib/scans/requeue-lost-scans.ts';
import { runScan } from '#lib/scans/run-scan.ts';
import { testInstance } from '../instance.ts';
import { breakDefinitions, publishWithScan, running, scanOf } from './scan-rows.ts';

testInstance();

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);

describe('a running scan', () => {
  const cases: [string, Prisma.ScanUpdateInput, Record<string, unknown>][] = [
    [
      'stays with a worker that spoke lately',
      { attempts: 1, startedAt: ago(600_000), heartbeatAt: ago(SCAN_LIMITS.heartbeatLostMs - 1_000) },
      { status: 'running' },
    ],
    [
      'is freed when its worker said nothing for a minute',
      { attempts: 1, startedAt: ago(600_000), heartbeatAt: ago(SCAN_LIMITS.heartbeatLostMs + 1_000) },
      { status: 'queued', nextAttemptAt: null, attempts: 1 },
    ],
    [
      'is freed when its worker never spoke',
      { attempts: 2, startedAt: ago(SCAN_LIMITS.heartbeatLostMs + 1_000), heartbeatAt: null },
      { status: 'queued', attempts: 2 },
    ],
    [
      'is freed when it runs longer than any scan may, whatever its worker says',
      { attempts: 1, startedAt: ago(SCAN_LIMITS.runningMs + 1_000), heartbeatAt: NOW },
      { status: 'queued' },
    ],
    [
      'has failed when it lost its worker at the last attempt',
      { attempts: SCAN_LIMITS.attempts, startedAt: ago(600_000), heartbeatAt: ago(600_000) },
      { status: 'failed', finishedAt: NOW, error: { code: 'WORKER_LOST' } },
    ],
  ];
  it.each(cases)('%s', async (_, before, after) => {
    const { scanId } = await publishWithScan(`com.acme/lost-${randomUUID()}`);
    await db().scan.update({ where: { id: scanId }, data: { status: 'running', ...before } });
    await requeueLostScans(NOW);
    expect(await scanOf(scanId)).toMatchObject(after);
  });
});

describe('a worker', () => {
  /** Runs a scan that stands still after it was claimed, until `meanwhile` is over. */
  async function runAround(scanId: string, meanwhile: () => Promise<void>, signal = running): Promise<void> {
    let scanning: Promise<void> | undefined;
    await db().$transaction(async (tx) => {
      await tx.$executeRaw`lock table "DeclaredDefinitions" in access exclusive mode`;
      scanning = runScan({ scanId, signal });
      scanning.catch(() => undefined);
      await vi.waitFor(async () => expect((await scanOf(scanId)).status).toBe('running'), 10_000);
      await meanwhile();
    });
    await scanning;
  }

  it('says again and again that it is at its scan', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { scanId } = await publishWithScan('com.acme/beating');
      await runAround(scanId, async () => {
        expect((await scanOf(scanId)).heartbeatAt).not.toBeNull();
        await db().scan.update({ where: { id: scanId }, data: { heartbeatAt: ago(600_000) } });
        await vi.waitFor(
          async () => {
            vi.advanceTimersByTime(SCAN_LIMITS.heartbeatEveryMs);
            expect((await scanOf(scanId)).heartbeatAt!.getTime()).toBeGreaterThan(NOW.getTime());
          },
          { timeout: 10_000 },
        );
      });
      expect(await scanOf(scanId)).toMatchObject({ status: 'done', attempts: 1 });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('drops its result when the scan was given to another one meanwhile', async () => {
    const { scanId, versionId } = await publishWithScan('com.acme/taken');
    await runAround(scanId, async () => {
      await db().scan.update({ where: { id: scanId }, data: { attempts: 2 } });
    });
    expect(await scanOf(scanId)).toMatchObject({ status: 'running', attempts: 2, findings: null });
    expect(await db().version.findUniqueOrThrow({ where: { id: versionId } })).toMatchObject({ currentScanId: null });
  });

  it('puts its scan back for at once when it stops', async () => {
    const { scanId } = await publishWithScan('com.acme/stopped');
    const stopping = new AbortController();
    const stopped = runAround(scanId, async () => stopping.abort(), stopping.signal);
    await expect(stopped).rejects.toThrow();
    expect(await scanOf(scanId)).toMatchObject({ status: 'queued', attempts: 1, nextAttemptAt: null });
  });

  it('tries a scan that cannot be carried out a bounded number of times, each later than the one before', async () => {
    const { scanId, versionId } = await publishWithScan('com.acme/broken');
    await breakDefinitions(versionId);
    for (let i = 0; i < SCAN_LIMITS.attempts; i++) {
      await db().scan.update({ where: { id: scanId }, data: { nextAttemptAt: null } });
      await expect(runScan({ scanId, signal: running })).rejects.toThrow();
    }
    expect(await scanOf(scanId)).toMatchObject({ status: 'failed', error: { code: 'SCAN_FAILED' } });
    const waits = [1, 2].map((attempts) => nextAttemptAfter(attempts, NOW).getTime() - NOW.getTime());
    expect(waits).toEqual([SCAN_LIMITS.retryDelayMs, 2 * SCAN_LIMITS.retryDelayMs]);
  });
});
