import { beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { SCAN_LIMITS } from '#lib/scans/limits.ts';
import { requestScan } from '#lib/scans/request-scan.ts';
import { createUser, testInstance } from '../instance.ts';
import { publishWithScan } from './scan-rows.ts';

testInstance();

const serverName = 'com.acme/asked';
const version = '1.0.0';

describe('asking for a scan', () => {
  let ada: Viewer;
  let versionId: string;
  beforeAll(async () => {
    ada = await createUser('Ada');
    ({ versionId } = await publishWithScan(serverName, version));
  });
  const finishAll = () => db().scan.updateMany({ where: { versionId }, data: { status: 'done' } });

  it('is for people who are signed in', async () => {
    const asked = requestScan({ viewer: null, serverName, version });
    await expect(asked).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('of a version that does not exist is refused', async () => {
    const asked = requestScan({ viewer: ada, serverName, version: '9.9.9' });
    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('makes one waiting scan a version, also when many ask at once', async () => {
    expect(await requestScan({ viewer: ada, serverName, version })).toBe('waiting');
    await finishAll();
    const people = await Promise.all(['Bob', 'Cem', 'Dana'].map((name) => createUser(name)));
    const outcomes = await Promise.all(people.map((viewer) => requestScan({ viewer, serverName, version })));
    expect(outcomes.sort()).toEqual(['queued', 'waiting', 'waiting']);
    expect(await db().scan.count({ where: { versionId, status: 'queued' } })).toBe(1);
  });

  it('is bounded for each person and hour', async () => {
    const now = new Date();
    for (let i = 0; i < SCAN_LIMITS.requestsPerHour; i++) {
      await finishAll();
      expect(await requestScan({ viewer: ada, serverName, version, now })).toBe('queued');
    }
    await finishAll();
    await expect(requestScan({ viewer: ada, serverName, version, now })).rejects.toMatchObject({ code: 'CONFLICT' });
    const other = await createUser('Eve');
    expect(await requestScan({ viewer: other, serverName, version, now })).toBe('queued');
    await finishAll();
    const later = new Date(now.getTime() + 3_600_000);
    expect(await requestScan({ viewer: ada, serverName, version, now: later })).toBe('queued');
  });
});
