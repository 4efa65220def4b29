import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { lockChain } from '#lib/audit/append-event.ts';
import { loadViewer, type OrgRole, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { changeOrgSettings, getOrgSettings } from '#lib/orgs/change-settings.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { appointOwner } from '#lib/orgs/members/appoint-owner.ts';
import { listGroupMappings, mapGroup, unmapGroup } from '#lib/orgs/members/group-mappings.ts';
import {
  acceptOrgInvite,
  createOrgInvite,
  getOrgInvite,
  listOrgInvites,
  revokeOrgInvite,
} from '#lib/orgs/members/invites.ts';
import { changeOrgRole, listOrgMembers, removeOrgMember } from '#lib/orgs/members/members.ts';
import { groupsOfClaim, takeGroupClaims } from '#lib/orgs/members/take-group-claims.ts';
import { createTeam } from '#lib/orgs/teams/teams.ts';
import { createUser, testInstance, viewerOf } from '#tests/instance.ts';

testInstance();

const NOW = new Date('2026-11-21T12:00:00.000Z');
const HOUR = 3_600_000;
let count = 0;

/** An organization of its own with one owner. */
async function newOrg() {
  count += 1;
  const founder = await createUser(`Owner${count}`);
  const slug = `org-${count}`;
  const { id } = await createOrg({ viewer: founder, slug, displayName: `Org ${count}`, now: NOW });
  return { id, slug, owner: await viewerOf(founder.id) };
}
async function join(orgId: string, role: OrgRole): Promise<Viewer> {
  count += 1;
  const user = await createUser(`Member${count}`);
  await db().orgMember.create({ data: { orgId, userId: user.id, role } });
  return viewerOf(user.id);
}
const rolesOf = async (orgId: string) =>
  (await db().orgMember.findMany({ where: { orgId }, orderBy: { userId: 'asc' } })).map(({ userId, role, source }) => ({
    userId,
    role,
    source,
  }));
const kinds = async (orgId: string) =>
  (await db().auditEvent.findMany({ where: { chain: orgId }, orderBy: { seq: 'asc' } })).map(({ kind }) => kind);

/** Until some transaction of this database waits for an advisory lock. */
async function waitsForALock(): Promise<void> {
  for (;;) {
    const waiting = await db().$queryRaw<unknown[]>`
      select 1 from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`;
    if (waiting.length > 0) return;
    await setTimeout(20);
  }
}

describe('members', () => {
  it('get other roles and leave, each with an event', async () => {
    const { id, slug, owner } = await newOrg();
    const member = await join(id, 'requester');
    await changeOrgRole({ viewer: owner, orgSlug: slug, userId: member.id, role: 'reviewer', now: NOW });
    expect((await viewerOf(member.id)).orgs[0]?.role).toBe('reviewer');
    await removeOrgMember({ viewer: await viewerOf(member.id), orgSlug: slug, userId: member.id, now: NOW });
    expect((await viewerOf(member.id)).orgs).toEqual([]);
    expect((await kinds(id)).slice(-2)).toEqual(['org.member-changed', 'org.member-left']);
  });

  it('keep one owner, also when two demote each other at once', async () => {
    const { id, slug, owner } = await newOrg();
    await expect(
      changeOrgRole({ viewer: owner, orgSlug: slug, userId: owner.id, role: 'auditor', now: NOW }),
    ).rejects.toMatchObject({ code: 'LAST_OWNER' });
    await expect(removeOrgMember({ viewer: owner, orgSlug: slug, userId: owner.id, now: NOW })).rejects.toMatchObject({
      code: 'LAST_OWNER',
    });
    const second = await join(id, 'owner');
    const outcomes = await Promise.allSettled([
      changeOrgRole({ viewer: owner, orgSlug: slug, userId: second.id, role: 'auditor', now: NOW }),
      changeOrgRole({ viewer: second, orgSlug: slug, userId: owner.id, role: 'auditor', now: NOW }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await rolesOf(id)).filter(({ role }) => role === 'owner')).toHaveLength(1);
  });

  it.each(['reviewer', 'requester', 'auditor'] as const)('are not managed by a %s', async (role) => {
    const { id, slug, owner } = await newOrg();
    const viewer = await join(id, role);
    const target = { viewer, orgSlug: slug, now: NOW };
    const attempts = [
      () => changeOrgRole({ ...target, userId: viewer.id, role: 'owner' }),
      () => removeOrgMember({ ...target, userId: owner.id }),
      () => createOrgInvite({ ...target, role: 'owner' }),
      () => listOrgInvites(target),
      () => mapGroup({ ...target, group: 'everyone', role: 'owner' }),
      () => listGroupMappings(target),
      () => changeOrgSettings({ ...target, settings: { suspendOnDrift: 'never' } }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('change while a scan writes about the organization, and neither has to give way', async () => {
    const { id, slug, owner } = await newOrg();
    const member = await join(id, 'requester');
    let changed: Promise<void> | null = null;
    await db().$transaction(async (tx) => {
      await lockChain(tx, id);
      changed = changeOrgRole({ viewer: owner, orgSlug: slug, userId: member.id, role: 'auditor', now: NOW });
      await waitsForALock();
      // A row that refers to the organization, such as a request about what changed.
      await tx.team.create({ data: { orgId: id, slug: 'drift', displayName: 'Drift' } });
    });
    await changed;
    expect((await rolesOf(id)).find(({ userId }) => userId === member.id)?.role).toBe('auditor');
  });

  it('of another organization are nobody here', async () => {
    const [one, two] = [await newOrg(), await newOrg()];
    const target = { viewer: two.owner, orgSlug: one.slug, now: NOW };
    const invite = await createOrgInvite({ viewer: one.owner, orgSlug: one.slug, role: 'auditor', now: NOW });
    const attempts = [
      () => listOrgMembers(target),
      () => changeOrgRole({ ...target, userId: one.owner.id, role: 'auditor' }),
      () => removeOrgMember({ ...target, userId: one.owner.id }),
      () => revokeOrgInvite({ ...target, inviteId: invite.id }),
      () => revokeOrgInvite({ ...target, orgSlug: two.slug, inviteId: invite.id }),
      () => changeOrgRole({ ...target, orgSlug: two.slug, userId: one.owner.id, role: 'auditor' }),
      () => getOrgSettings(target),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('show how many tokens somebody knows who leaves', async () => {
    const { id, slug, owner } = await newOrg();
    const member = await join(id, 'owner');
    await db().accessToken.create({
      data: {
        kind: 'gateway',
        name: 'edge',
        hash: `hash-${id}`,
        prefix: 'hmk_gw_x',
        createdById: member.id,
        orgId: id,
        expiresAt: new Date(NOW.getTime() + HOUR),
      },
    });
    const listed = await listOrgMembers({ viewer: owner, orgSlug: slug, now: NOW });
    expect(listed.find(({ userId }) => userId === member.id)?.tokens).toBe(1);
    expect(await removeOrgMember({ viewer: owner, orgSlug: slug, userId: member.id, now: NOW })).toEqual({
      knownTokens: 1,
    });
  });
});

describe('invitations', () => {
  it('let one person in once', async () => {
    const { slug, owner } = await newOrg();
    const { secret } = await createOrgInvite({ viewer: owner, orgSlug: slug, role: 'reviewer', note: 'Ann', now: NOW });
    expect(await getOrgInvite(secret, NOW)).toMatchObject({ state: 'open', role: 'reviewer', org: { slug } });
    const people = [await createUser(`Ann${slug}`), await createUser(`Bob${slug}`)];
    const outcomes = await Promise.allSettled(people.map((viewer) => acceptOrgInvite({ viewer, secret, now: NOW })));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await getOrgInvite(secret, NOW)).toMatchObject({ state: 'used' });
    expect(await listOrgInvites({ viewer: owner, orgSlug: slug, now: NOW })).toEqual([]);
  });

  it('end when taken back, with time, and with the role of who made them', async () => {
    const { id, slug, owner } = await newOrg();
    const guest = await createUser(`Guest${slug}`);
    const second = await join(id, 'owner');
    const make = (viewer: Viewer) => createOrgInvite({ viewer, orgSlug: slug, role: 'owner', now: NOW });
    const [back, old, ended] = [await make(owner), await make(owner), await make(second)];
    await revokeOrgInvite({ viewer: owner, orgSlug: slug, inviteId: back.id, now: NOW });
    await changeOrgRole({ viewer: owner, orgSlug: slug, userId: second.id, role: 'auditor', now: NOW });
    const later = new Date(NOW.getTime() + 8 * 24 * HOUR);
    for (const [secret, now] of [
      [back.secret, NOW],
      [old.secret, later],
      [ended.secret, NOW],
      ['never made', NOW],
    ] as const)
      await expect(acceptOrgInvite({ viewer: guest, secret, now })).rejects.toMatchObject({ code: 'INVITE_INVALID' });
    expect((await viewerOf(guest.id)).orgs).toEqual([]);
  });
});

describe('invitations of an owner by group', () => {
  /** Somebody who owns the organization by a group, with an invitation that they made for themselves. */
  async function boss() {
    const { id, slug, owner } = await newOrg();
    await mapGroup({ viewer: owner, orgSlug: slug, group: `own-${slug}`, role: 'owner', now: NOW });
    await mapGroup({ viewer: owner, orgSlug: slug, group: `read-${slug}`, role: 'auditor', now: NOW });
    const user = await createUser(`Boss${slug}`);
    const signIn = (...groups: string[]) =>
      takeGroupClaims({ userId: user.id, claim: groups.map((name) => `${name}-${slug}`), now: NOW });
    await signIn('own');
    const viewer = (await loadViewer(user.id, NOW))!;
    const { secret } = await createOrgInvite({ viewer, orgSlug: slug, role: 'owner', now: NOW });
    const other = await createUser(`Other${slug}`);
    const accept = (now = NOW) => acceptOrgInvite({ viewer: other, secret, now });
    return { id, slug, owner, signIn, accept };
  }

  it.each([
    ['no group', []],
    ['a group that gives less', ['read']],
  ])('end when a sign-in names %s', async (_, groups) => {
    const { id, slug, owner, signIn, accept } = await boss();
    await signIn(...groups);
    await expect(accept()).rejects.toMatchObject({ code: 'INVITE_INVALID' });
    expect(await listOrgInvites({ viewer: owner, orgSlug: slug, now: NOW })).toEqual([]);
    expect(await kinds(id)).toContain('org.invite-revoked');
  });

  it('let nobody in once their groups are not relied on any more, and do again after a sign-in', async () => {
    const { signIn, accept } = await boss();
    await expect(accept(new Date(NOW.getTime() + 13 * HOUR))).rejects.toMatchObject({ code: 'INVITE_INVALID' });
    await signIn('own');
    await accept(new Date(NOW.getTime() + HOUR));
  });
});

describe('groups of the single sign-on', () => {
  it.each([
    ['a list', ['b', 'a', 'a'], ['a', 'b']],
    ['one text', 'admins', ['admins']],
    ['nothing', undefined, []],
    ['a link to a longer list', { href: 'https://graph.example' }, []],
    ['other things in the list', ['a', 1, null, '', 'x'.repeat(201), 'n\0l', { name: 'b' }], ['a']],
  ])('are read from %s', (_, claim, groups) => {
    expect(groupsOfClaim(claim)).toEqual(groups);
  });

  it('give roles and teams, the strongest counts, and take them back', async () => {
    const { id, slug, owner } = await newOrg();
    await createTeam({ viewer: owner, orgSlug: slug, slug: 'data', displayName: 'Data', now: NOW });
    const map = (group: string, role: OrgRole, teamSlug?: string) =>
      mapGroup({ viewer: owner, orgSlug: slug, group, role, teamSlug, now: NOW });
    await map(`dev-${slug}`, 'requester', 'data');
    await map(`sec-${slug}`, 'reviewer');
    const user = await createUser(`Sso${slug}`);
    const signIn = (...groups: string[]) =>
      takeGroupClaims({ userId: user.id, claim: groups.map((name) => `${name}-${slug}`), now: NOW });
    const state = async () => {
      const [viewer, teams] = await Promise.all([
        loadViewer(user.id, NOW),
        db().teamMember.count({ where: { userId: user.id } }),
      ]);
      return [viewer!.orgs[0]?.role ?? null, teams];
    };
    await signIn('unknown');
    expect(await state()).toEqual([null, 0]);
    await signIn('dev');
    expect(await state()).toEqual(['requester', 1]);
    await signIn('dev', 'sec');
    expect(await state()).toEqual(['reviewer', 1]);
    await signIn('sec');
    expect(await state()).toEqual(['reviewer', 0]);
    await signIn();
    expect(await state()).toEqual([null, 0]);
    expect(await kinds(id)).toEqual(
      expect.arrayContaining(['org.member-joined', 'team.member-joined', 'team.member-left', 'org.member-left']),
    );
  });

  it('leave memberships by hand as they are', async () => {
    const { id, slug, owner } = await newOrg();
    const member = await join(id, 'auditor');
    await mapGroup({ viewer: owner, orgSlug: slug, group: `all-${slug}`, role: 'reviewer', now: NOW });
    await takeGroupClaims({ userId: member.id, claim: [`all-${slug}`], now: NOW });
    await takeGroupClaims({ userId: member.id, claim: [], now: NOW });
    expect((await rolesOf(id)).find(({ userId }) => userId === member.id)).toMatchObject({
      role: 'auditor',
      source: 'manual',
    });
  });

  it('hold at once for people who have the group, and end with the mapping', async () => {
    const { id, slug, owner } = await newOrg();
    const user = await createUser(`Early${slug}`);
    await takeGroupClaims({ userId: user.id, claim: [`ops-${slug}`], now: NOW });
    await mapGroup({ viewer: owner, orgSlug: slug, group: `ops-${slug}`, role: 'auditor', now: NOW });
    expect((await loadViewer(user.id, NOW))!.orgs[0]?.role).toBe('auditor');
    await expect(removeOrgMember({ viewer: owner, orgSlug: slug, userId: user.id, now: NOW })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    const [mapping] = await listGroupMappings({ viewer: owner, orgSlug: slug });
    expect(mapping).toMatchObject({ group: `ops-${slug}`, people: 1 });
    await unmapGroup({ viewer: owner, orgSlug: slug, mappingId: mapping!.id, now: NOW });
    expect((await loadViewer(user.id, NOW))!.orgs).toEqual([]);
    expect((await rolesOf(id)).map(({ userId }) => userId)).toEqual([owner.id]);
  });

  it('are not relied on for longer than configured', async () => {
    const { slug, owner } = await newOrg();
    await mapGroup({ viewer: owner, orgSlug: slug, group: `late-${slug}`, role: 'owner', now: NOW });
    const user = await createUser(`Late${slug}`);
    await takeGroupClaims({ userId: user.id, claim: [`late-${slug}`], now: NOW });
    expect((await loadViewer(user.id, new Date(NOW.getTime() + 11 * HOUR)))!.orgs).toHaveLength(1);
    expect((await loadViewer(user.id, new Date(NOW.getTime() + 13 * HOUR)))!.orgs).toEqual([]);
    // The owner by hand is not concerned.
    expect((await loadViewer(owner.id, new Date(NOW.getTime() + 1000 * HOUR)))!.orgs).toHaveLength(1);
  });

  it('must not be all that keeps an organization owned', async () => {
    const { id, slug, owner } = await newOrg();
    await mapGroup({ viewer: owner, orgSlug: slug, group: `own-${slug}`, role: 'owner', now: NOW });
    const user = await createUser(`Boss${slug}`);
    await takeGroupClaims({ userId: user.id, claim: [`own-${slug}`], now: NOW });
    await removeOrgMember({ viewer: owner, orgSlug: slug, userId: owner.id, now: NOW });
    const boss = (await loadViewer(user.id, NOW))!;
    const [mapping] = await listGroupMappings({ viewer: boss, orgSlug: slug });
    await expect(unmapGroup({ viewer: boss, orgSlug: slug, mappingId: mapping!.id, now: NOW })).rejects.toMatchObject({
      code: 'LAST_OWNER',
    });
    expect(await rolesOf(id)).toHaveLength(1);
  });
});

describe('an organization whose last owner came by a group that is gone', () => {
  it('gets an owner from the command line, and only then', async () => {
    const { id, slug, owner } = await newOrg();
    const address = owner.email!.toUpperCase();
    await expect(appointOwner({ orgSlug: slug, email: address, now: NOW })).rejects.toMatchObject({ code: 'CONFLICT' });
    await db().orgMember.deleteMany({ where: { orgId: id } });
    await expect(appointOwner({ orgSlug: 'nobody', email: address })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(appointOwner({ orgSlug: slug, email: '%@example.org' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await appointOwner({ orgSlug: slug, email: address, now: NOW });
    expect(await rolesOf(id)).toEqual([{ userId: owner.id, role: 'owner', source: 'manual' }]);
    expect((await kinds(id)).at(-1)).toBe('org.member-joined');
  });
});

describe('settings', () => {
  it('change with an event that says from what to what, and refuse what they are not', async () => {
    const { id, slug, owner } = await newOrg();
    const change = (settings: object, displayName?: string) =>
      changeOrgSettings({ viewer: owner, orgSlug: slug, settings, displayName, now: NOW });
    expect(await change({ reviewDays: 2, environments: ['staging', 'production'] }, 'Renamed')).toEqual({
      changed: ['reviewDays', 'environments', 'displayName'],
    });
    expect(await change({ reviewDays: 2 })).toEqual({ changed: [] });
    expect(await getOrgSettings({ viewer: owner, orgSlug: slug })).toMatchObject({
      displayName: 'Renamed',
      settings: { reviewDays: 2, environments: ['staging', 'production'], suspendOnDrift: 'accusation' },
    });
    for (const wrong of [
      { reviewDays: 0 },
      { suspendOnDrift: 'sometimes' },
      { environments: ['../x'] },
      { unknown: 1 },
    ])
      await expect(change(wrong)).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
    const event = await db().auditEvent.findFirstOrThrow({ where: { chain: id, kind: 'org.settings-changed' } });
    expect((event.data as { changes: string }).changes).toContain('reviewDays 5 → 2');
  });
});
