import { beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { changeEntry } from '#lib/orgs/allowlist/change-entry.ts';
import { denyTarget } from '#lib/orgs/allowlist/deny-target.ts';
import { explainAccess } from '#lib/orgs/allowlist/explain-access.ts';
import { getAllowlist } from '#lib/orgs/allowlist/get-allowlist.ts';
import { getDenials } from '#lib/orgs/allowlist/get-denials.ts';
import { getEntry } from '#lib/orgs/allowlist/get-entry.ts';
import { liftDenial } from '#lib/orgs/allowlist/lift-denial.ts';
import { endLockdown, startLockdown } from '#lib/orgs/allowlist/lockdown.ts';
import { reinstateEntry } from '#lib/orgs/allowlist/reinstate-entry.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import { suspendEntry } from '#lib/orgs/allowlist/suspend-entry.ts';
import { createUser, testInstance } from '#tests/instance.ts';
import { approve, approved, memberOf, orgWith, published, type TestOrg } from './support.ts';

testInstance();

const name = 'org.access/files';
let org: TestOrg;
let neighbour: TestOrg;
let denialId: string;
let serial: number;

beforeAll(async () => {
  org = await orgWith('access');
  neighbour = await orgWith('access-neighbour');
  await approved(org, name);
  const denied = { viewer: org.viewer, orgSlug: org.slug, kind: 'server' as const, target: 'org.access/bad' };
  denialId = (await denyTarget({ ...denied, reason: 'bad' })).id;
  serial = (await published(org.orgId)).serial;
});

const of = (viewer: Viewer) => ({ viewer, orgSlug: org.slug, serverName: name, reason: 'mine' });
const WRITES: Record<string, (viewer: Viewer) => Promise<unknown>> = {
  approve: (viewer) => approve({ ...org, viewer }, name),
  revoke: (viewer) => revokeVersion({ ...of(viewer), version: null }),
  suspend: (viewer) => suspendEntry(of(viewer)),
  reinstate: (viewer) => reinstateEntry(of(viewer)),
  change: (viewer) => changeEntry({ ...of(viewer), terms: { conditions: 'mine' } }),
  deny: (viewer) => denyTarget({ ...of(viewer), kind: 'server', target: name }),
  lift: (viewer) => liftDenial({ ...of(viewer), denialId }),
  lockdown: (viewer) => startLockdown(of(viewer)),
  'end of lockdown': (viewer) => endLockdown(of(viewer)),
};
const READS: Record<string, (viewer: Viewer) => Promise<unknown>> = {
  list: (viewer) => getAllowlist({ viewer, orgSlug: org.slug, query: {} }),
  entry: (viewer) => getEntry({ viewer, orgSlug: org.slug, serverName: name }),
  denials: (viewer) => getDenials({ viewer, orgSlug: org.slug }),
  why: (viewer) => explainAccess({ viewer, orgSlug: org.slug, serverName: name }),
};

describe('people of another organization, and strangers', () => {
  it.each(Object.entries({ ...WRITES, ...READS }))('meet nothing: %s', async (_, act) => {
    for (const viewer of [neighbour.viewer, await createUser(`Stranger-${_}`)])
      await expect(act(viewer)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await published(org.orgId)).serial).toBe(serial);
  });

  it('lift no denial of another organization by its id', async () => {
    await expect(
      liftDenial({ viewer: neighbour.viewer, orgSlug: neighbour.slug, denialId, reason: 'mine' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await db().denyEntry.count({ where: { id: denialId, liftedAt: null } })).toBe(1);
  });

  it('reach no entry of another organization through their own', async () => {
    const own = { viewer: neighbour.viewer, orgSlug: neighbour.slug, serverName: name, reason: 'mine' };
    await expect(suspendEntry(own)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(changeEntry({ ...own, terms: { conditions: 'mine' } })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await getEntry(own)).toMatchObject({ state: 'absent', versions: [], history: [] });
    expect((await explainAccess(own)).code).toBe('SERVER_UNKNOWN');
  });
});

describe('members who do not decide', () => {
  it.each(['requester', 'auditor'] as const)('%s: read everything and change nothing', async (role) => {
    const viewer = await memberOf(org, role);
    for (const act of Object.values(WRITES)) await expect(act(viewer)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    for (const act of Object.values(READS)) await expect(act(viewer)).resolves.toBeDefined();
    expect((await published(org.orgId)).serial).toBe(serial);
  });

  it('see no history where their role does not read the audit log', async () => {
    const asked = { orgSlug: org.slug, serverName: name };
    expect((await getEntry({ ...asked, viewer: await memberOf(org, 'auditor') })).history).not.toEqual([]);
    expect((await getEntry({ ...asked, viewer: await memberOf(org, 'requester') })).history).toBeNull();
  });
});
