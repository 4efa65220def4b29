import { afterAll, describe, expect, it, vi } from 'vitest';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { stopBoss } from '#lib/jobs/boss.ts';
import { startWorkers } from '#lib/jobs/start-workers.ts';
import { testInstance } from '../instance.ts';
import { publishWithScan, scanOf } from './scan-rows.ts';

testInstance();

describe('workers that start', () => {
  const stopping = new AbortController();
  afterAll(async () => {
    stopping.abort();
    await stopBoss();
  });

  it('carry out what is published, what waited without a job, and what a killed worker left; and repair the index', async () => {
    // Published while there was no queue: rows without jobs.
    const waiting = await publishWithScan('com.acme/waiting');
    const left = await publishWithScan('com.acme/left');
    const unindexed = await publishWithScan('com.acme/unindexed');
    const before = new Date(Date.now() - 3_600_000);
    await db().scan.update({ where: { id: waiting.scanId }, data: { createdAt: before } });
    await db().scan.update({
      where: { id: left.scanId },
      data: { status: 'running', attempts: 1, createdAt: before, startedAt: before, heartbeatAt: before },
    });
    await db().searchOverdue.create({ data: { serverId: unindexed.serverId } });
    process.env.HALLMARK_JOBS = 'on';
    await startWorkers({ settings: config(), signal: stopping.signal });
    const published = await publishWithScan('com.acme/published');

    const statusOf = async ({ scanId }: { scanId: string }) => (await scanOf(scanId)).status;
    await vi.waitFor(
      async () => {
        expect(await Promise.all([waiting, left, published].map(statusOf))).toEqual(['done', 'done', 'done']);
        expect(await db().searchOverdue.count()).toBe(0);
      },
      { timeout: 25_000, interval: 200 },
    );
    expect((await scanOf(left.scanId)).attempts).toBe(2);
  });
});
