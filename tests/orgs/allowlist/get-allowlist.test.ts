import { beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { denyTarget } from '#lib/orgs/allowlist/deny-target.ts';
import { type AllowlistQuery, ENTRIES_PER_PAGE, getAllowlist } from '#lib/orgs/allowlist/get-allowlist.ts';
import { getOrgStates } from '#lib/orgs/allowlist/get-org-states.ts';
import { startLockdown } from '#lib/orgs/allowlist/lockdown.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import { suspendEntry } from '#lib/orgs/allowlist/suspend-entry.ts';
import { testInstance, toolsOf } from '#tests/instance.ts';
import { approved, daysAfter, orgWith, rescan, type TestOrg } from './support.ts';

testInstance();

let org: TestOrg;
const NOW = daysAfter(2);
const list = (query: AllowlistQuery = {}) => getAllowlist({ viewer: org.viewer, orgSlug: org.slug, query, now: NOW });
const names = async (query?: AllowlistQuery) => (await list(query)).rows.map(({ serverName }) => serverName);

beforeAll(async () => {
  org = await orgWith('lists', { suspendOnDrift: 'never' });
  const act = { viewer: org.viewer, orgSlug: org.slug, now: NOW };
  const { versionId } = await approved(org, 'org.lists/plain', {
    tools: toolsOf('read_file', 'write_file'),
    toolPolicy: { default: 'deny', rules: { 'write_*': 'allow' } },
  });
  await rescan(versionId, 'org.lists/plain', toolsOf('read_file'), daysAfter(1));
  await approved(org, 'org.lists/a_b');
  await approved(org, 'org.lists/axb');
  await approved(org, 'org.lists/later', { terms: { expiresAt: daysAfter(20) } });
  await approved(org, 'org.lists/soon', { terms: { expiresAt: daysAfter(10) } });
  await approved(org, 'org.lists/far', { terms: { expiresAt: daysAfter(200) } });
  await approved(org, 'org.lists/suspended');
  await suspendEntry({ ...act, serverName: 'org.lists/suspended', reason: 'odd' });
  await approved(org, 'org.lists/revoked');
  await revokeVersion({ ...act, serverName: 'org.lists/revoked', version: null, reason: 'leaked' });
  await denyTarget({ ...act, kind: 'server', target: 'org.lists/axb', reason: 'worm' });
});

describe('the list', () => {
  it('shows what ends soon first, then what is suspended, and counts each state', async () => {
    const { rows, counts, total } = await list();
    expect(rows.map(({ serverName, state }) => [serverName.slice('org.lists/'.length), state])).toEqual([
      ['soon', 'expiring'],
      ['later', 'expiring'],
      ['suspended', 'suspended'],
      ['a_b', 'approved'],
      ['axb', 'approved'],
      ['far', 'approved'],
      ['plain', 'approved'],
      ['revoked', 'revoked'],
    ]);
    expect(total).toBe(8);
    expect(counts).toEqual({ all: 8, approved: 4, expiring: 2, suspended: 1, expired: 0, revoked: 1, denials: 1 });
  });

  it('is filtered by state and by text, whose wildcards are letters', async () => {
    expect(await names({ state: 'expiring' })).toEqual(['org.lists/soon', 'org.lists/later']);
    expect(await names({ text: 'A_B' })).toEqual(['org.lists/a_b']);
    expect(await names({ text: '%' })).toEqual([]);
    expect(await names({ text: 'a\0_b' })).toEqual(['org.lists/a_b']);
    expect(await names({ state: 'revoked', text: 'plain' })).toEqual([]);
  });

  it('warns of denials, of drift, and of rules whose tool a newer scan does not see any more', async () => {
    const warned = Object.fromEntries((await list()).rows.map((row) => [row.serverName, row.warnings]));
    expect(warned['org.lists/axb']).toEqual(['org.lists/axb is denied, so it is not in the feed.']);
    expect(warned['org.lists/plain']).toEqual([
      expect.stringContaining('1.0.0 is not what was approved'),
      '1.0.0 has no tool that "write_*" would match.',
    ]);
    expect(warned['org.lists/far']).toEqual([]);
  });

  it('has pages, and a page behind the last is the last', async () => {
    const long = await orgWith('lists-long');
    const server = await db().server.findUniqueOrThrow({ where: { name: 'org.lists/far' } });
    for (let i = 0; i <= ENTRIES_PER_PAGE; i++) {
      const { id } = await db().server.create({ data: { name: `org.long/n${i}`, namespace: server.namespace } });
      await db().allowlistEntry.create({ data: { orgId: long.orgId, serverId: id, reason: 'x' } });
    }
    const page = (number: number) =>
      getAllowlist({ viewer: long.viewer, orgSlug: long.slug, query: { page: number }, now: NOW });
    expect(await page(1)).toMatchObject({ total: ENTRIES_PER_PAGE + 1, last: 2, page: 1 });
    expect((await page(2)).rows).toHaveLength(1);
    expect(await page(99)).toMatchObject({ page: 2 });
  });
});

describe('the line on a server page', () => {
  it.each([
    ['plain', 'approved'],
    ['axb', 'denied'],
    ['suspended', 'suspended'],
    ['revoked', 'revoked'],
    ['unknown', 'absent'],
  ])('of %s says %s', async (name, state) => {
    const [line] = await getOrgStates({
      viewer: org.viewer,
      serverName: `org.lists/${name}`,
      version: '1.0.0',
      now: NOW,
    });
    expect(line!.state).toBe(state);
  });

  it('says what ended before the job ran, what a newer version overtook, and the lockdown before all', async () => {
    const other = await orgWith('lines');
    const of = async (name: string, version = '1.0.0') =>
      (await getOrgStates({ viewer: other.viewer, serverName: name, version, now: NOW }))[0]!.state;
    await approved(other, 'org.lines/over', { terms: { expiresAt: daysAfter(1) } });
    await approved(other, 'org.lines/latest', { terms: { versionRule: { kind: 'latest-approved' } } });
    await approved(other, 'org.lines/latest', { version: '1.1.0' });
    expect(await of('org.lines/over')).toBe('expired');
    expect([await of('org.lines/latest'), await of('org.lines/latest', '1.1.0')]).toEqual(['overtaken', 'approved']);
    await startLockdown({ viewer: other.viewer, orgSlug: other.slug, reason: 'incident' });
    expect(await of('org.lines/latest', '1.1.0')).toBe('lockdown');
  });
});
