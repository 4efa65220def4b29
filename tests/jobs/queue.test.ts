import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { boss, stopBoss } from '#lib/jobs/boss.ts';
import { enqueueScan } from '#lib/jobs/enqueue.ts';
import { QUEUES, type ScanJob } from '#lib/jobs/queues.ts';
import { SCAN_LIMITS } from '#lib/scans/limits.ts';
import { requeueLostScans } from '#lib/scans/requeue-lost-scans.ts';
import { runScan } from '#lib/scans/run-scan.ts';
import { testInstance } from '../instance.ts';
import { breakDefinitions, publishWithScan, running, scanOf } from './scan-rows.ts';

testInstance();

describe('the queue of scans', () => {
  beforeAll(() => {
    process.env.HALLMARK_JOBS = 'on';
  });
  afterAll(() => stopBoss());

  const jobsOf = async (scanId: string) => {
    const rows = await db().$queryRaw<{ key: string; state: string; due: Date }[]>`
      select singleton_key as key, state::text, start_after as due from pgboss.job
      where name = ${QUEUES.scan} and data->>'scanId' = ${scanId} order by created_on`;
    return rows;
  };
  const take = async () => (await (await boss()).fetch<ScanJob>(QUEUES.scan))[0]!;

  it('takes one job for a scan, however often it is sent', async () => {
    for (let i = 0; i < 5; i++) await enqueueScan('waiting-scan');
    expect(await jobsOf('waiting-scan')).toHaveLength(1);
  });

  it('takes no further job while one is at work, and one for the next attempt', async () => {
    const job = await take();
    expect(job.data.scanId).toBe('waiting-scan');
    await enqueueScan('waiting-scan');
    expect(await jobsOf('waiting-scan')).toMatchObject([{ state: 'active' }]);
    await enqueueScan('waiting-scan', { attempts: 1 });
    await enqueueScan('waiting-scan', { attempts: 1 });
    expect(await jobsOf('waiting-scan')).toMatchObject([{ state: 'active' }, { state: 'created' }]);
  });

  it('does not grow with each sweep over waiting scans', async () => {
    const { scanId } = await publishWithScan('com.acme/swept');
    const later = new Date(Date.now() + 10_000);
    for (let i = 0; i < 3; i++) await requeueLostScans(later);
    expect(await jobsOf(scanId)).toHaveLength(1);
  });

  it('holds a scan that failed back until its next attempt is due, against the sweep too', async () => {
    const { scanId, versionId } = await publishWithScan('com.acme/held-back');
    await breakDefinitions(versionId);
    await expect(runScan({ scanId, signal: running })).rejects.toThrow();
    const scan = await scanOf(scanId);
    expect(scan).toMatchObject({ status: 'queued', attempts: 1 });
    expect(scan.nextAttemptAt!.getTime() - scan.startedAt!.getTime()).toBeGreaterThanOrEqual(SCAN_LIMITS.retryDelayMs);

    const isNext = (job: { key: string }) => job.key === `${scanId}:1`;
    const [before] = (await jobsOf(scanId)).filter(isNext);
    expect(before).toMatchObject({ state: 'created' });
    expect(before!.due.getTime()).toBeGreaterThan(Date.now());
    await requeueLostScans(new Date(scan.nextAttemptAt!.getTime() - 1));
    await requeueLostScans(new Date(scan.nextAttemptAt!.getTime() + 1));
    expect((await jobsOf(scanId)).filter(isNext)).toEqual([before]);

    // A job that comes early all the same changes nothing.
    await runScan({ scanId, signal: running });
    expect(await scanOf(scanId)).toMatchObject({ status: 'queued', attempts: 1 });
  });

  it('gives the scan of a killed worker to another one although its job still counts as at work', async () => {
    const { scanId } = await publishWithScan('com.acme/killed');
    await db().scan.update({
      where: { id: scanId },
      data: { status: 'running', attempts: 1, startedAt: new Date(), heartbeatAt: new Date() },
    });
    await requeueLostScans(new Date(Date.now() + SCAN_LIMITS.heartbeatLostMs + 1_000));
    expect((await jobsOf(scanId)).map(({ key }) => key)).toContain(`${scanId}:1`);
  });
});
