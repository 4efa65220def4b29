import { afterEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { runScan } from '#lib/scans/run-scan.ts';
import { repairSearch } from '#lib/search/index-server.ts';
import { testInstance, toolsOf } from '../instance.ts';
import { publishWithScan, running, scanOf } from './scan-rows.ts';

testInstance();

let isAway = false;

/** The index fails as a broken table fails. */
async function takeIndexAway() {
  await db().$executeRaw`alter table "SearchDocument" rename to "SearchDocumentAway"`;
  isAway = true;
}

async function bringIndexBack() {
  if (isAway) await db().$executeRaw`alter table "SearchDocumentAway" rename to "SearchDocument"`;
  isAway = false;
}

const documentOf = (serverId: string) => db().searchDocument.findUnique({ where: { serverId } });
const isOverdue = async (serverId: string) => (await db().searchOverdue.count({ where: { serverId } })) > 0;

describe('while the search index fails', () => {
  afterEach(bringIndexBack);

  it('a publication succeeds, and the sweep indexes it once the index is back', async () => {
    await takeIndexAway();
    const { serverId } = await publishWithScan('com.acme/unindexed');
    expect(await isOverdue(serverId)).toBe(true);
    expect(await repairSearch()).toBe(0);
    expect(await isOverdue(serverId)).toBe(true);

    await bringIndexBack();
    expect(await documentOf(serverId)).toBeNull();
    expect(await repairSearch()).toBeGreaterThan(0);
    expect(await documentOf(serverId)).not.toBeNull();
    expect(await isOverdue(serverId)).toBe(false);
    expect(await repairSearch()).toBe(0);
  });

  it('a finished scan stays finished, and its grade reaches the index later', async () => {
    const { serverId, scanId, versionId } = await publishWithScan('com.acme/scanned');
    await db().declaredDefinitions.create({
      data: { versionId, definitions: toolsOf('forecast') as never, source: 'test' },
    });
    await takeIndexAway();
    await runScan({ scanId, signal: running });
    const scan = await scanOf(scanId);
    expect(scan).toMatchObject({ status: 'done', attempts: 1 });
    expect(scan.grade).not.toBeNull();

    await bringIndexBack();
    expect((await documentOf(serverId))!.facets).not.toMatchObject({ grade: scan.grade });
    await repairSearch();
    expect((await documentOf(serverId))!.facets).toMatchObject({ grade: scan.grade });
  });
});

describe('with a sound index', () => {
  it('a scan leaves nothing to repair', async () => {
    const { serverId, scanId } = await publishWithScan('com.acme/sound');
    await runScan({ scanId, signal: running });
    expect(await isOverdue(serverId)).toBe(false);
  });

  it('a server that cannot be indexed does not hold up the others', async () => {
    const first = await publishWithScan('com.acme/stubborn');
    const second = await publishWithScan('com.acme/willing');
    await db().$executeRawUnsafe(
      `alter table "SearchDocument" add constraint refuse check ("serverId" <> '${first.serverId}') not valid`,
    );
    const since = new Date('2026-01-01T00:00:00Z');
    await db().searchOverdue.createMany({
      data: [
        { serverId: first.serverId, since },
        { serverId: second.serverId, since: new Date() },
      ],
    });
    expect(await repairSearch()).toBe(1);
    const left = await db().searchOverdue.findMany();
    expect(left.map(({ serverId }) => serverId)).toEqual([first.serverId]);
    expect(left[0]!.since.getTime()).toBeGreaterThan(since.getTime());
  });
});
