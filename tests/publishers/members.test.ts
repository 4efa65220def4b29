import { beforeEach, describe, expect, it } from 'vitest';
import { findToken } from '#lib/auth/tokens.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { acceptInvite, createInvite, getInvite, listInvites, revokeInvite } from '#lib/publishers/invites.ts';
import { changeMemberRole, removeMember } from '#lib/publishers/members.ts';
import { issuePublishToken } from '#lib/publishers/publish-tokens.ts';
import { createUser, testInstance, viewerOf } from '../instance.ts';
import { codeOf, createMember, createOwner, daysAfter, lastEvents, rolesOf } from './publishers.ts';

testInstance();

const NOW = new Date('2026-11-20T12:00:00Z');
let number = 0;
let publisherSlug: string;
let owner: Viewer;

beforeEach(async () => {
  publisherSlug = `acme-${++number}`;
  owner = await createOwner(publisherSlug);
});

describe('a short name', () => {
  it('goes to one of those who ask for it at once', async () => {
    const slug = `raced-${number}`;
    const asked = Array.from({ length: 4 }, () => codeOf(createPublisher({ viewer: owner, slug, displayName: 'R' })));
    expect((await Promise.all(asked)).sort()).toEqual(['NAME_TAKEN', 'NAME_TAKEN', 'NAME_TAKEN', 'done']);
  });
});

describe('the last owner', () => {
  it('cannot leave, become a maintainer, or be removed by an admin', async () => {
    const admin = await createUser(`Admin${number}`, { isInstanceAdmin: true });
    expect(await codeOf(removeMember({ viewer: owner, publisherSlug, userId: owner.id }))).toBe('CONFLICT');
    expect(await codeOf(removeMember({ viewer: admin, publisherSlug, userId: owner.id }))).toBe('CONFLICT');
    const demotion = { publisherSlug, userId: owner.id, role: 'maintainer' } as const;
    expect(await codeOf(changeMemberRole({ viewer: owner, ...demotion }))).toBe('CONFLICT');
    expect(await rolesOf(publisherSlug)).toEqual({ [owner.name]: 'owner' });
  });

  it('stays when two owners take each other out at once', async () => {
    const second = await createMember(publisherSlug, 'owner');
    const outcomes = await Promise.all([
      codeOf(removeMember({ viewer: owner, publisherSlug, userId: second.id })),
      codeOf(removeMember({ viewer: second, publisherSlug, userId: owner.id })),
    ]);
    expect(outcomes.sort()).toEqual(['CONFLICT', 'done']);
    expect(Object.values(await rolesOf(publisherSlug))).toEqual(['owner']);
  });

  it('may go once there is another one', async () => {
    await createMember(publisherSlug, 'owner');
    await removeMember({ viewer: owner, publisherSlug, userId: owner.id });
    expect((await viewerOf(owner.id)).publishers).toEqual([]);
  });
});

describe('a member who goes', () => {
  it('leaves no token that still publishes', async () => {
    const member = await createMember(publisherSlug, 'maintainer');
    const token = { publisherSlug, name: 'laptop', expiresInDays: 30, now: NOW };
    const theirs = await issuePublishToken({ viewer: member, ...token });
    const ours = await issuePublishToken({ viewer: owner, ...token });
    expect(await removeMember({ viewer: owner, publisherSlug, userId: member.id, now: NOW })).toEqual({
      endedTokens: 1,
    });
    expect(await findToken({ secret: theirs.token, kind: 'publish', now: NOW })).toBeNull();
    expect(await findToken({ secret: ours.token, kind: 'publish', now: NOW })).not.toBeNull();
    expect(await lastEvents(2)).toEqual(['token.revoked', 'publisher.member-left']);
  });

  it.each([
    ['is removed', (userId: string) => removeMember({ viewer: owner, publisherSlug, userId, now: NOW })],
    [
      'becomes a maintainer',
      (userId: string) => changeMemberRole({ viewer: owner, publisherSlug, userId, role: 'maintainer', now: NOW }),
    ],
  ])('takes their invitations along when an owner %s', async (_, goes) => {
    const second = await createMember(publisherSlug, 'owner');
    const { secret } = await createInvite({ viewer: second, publisherSlug, role: 'owner', now: NOW });
    await goes(second.id);
    const friend = await createUser(`Friend${number}`);
    expect(await codeOf(acceptInvite({ viewer: friend, secret, now: NOW }))).toBe('OFFER_EXPIRED');
  });

  it('may leave by themselves, but take nobody else out', async () => {
    const member = await createMember(publisherSlug, 'maintainer');
    const other = await createMember(publisherSlug, 'maintainer', `second-of-${publisherSlug}`);
    expect(await codeOf(removeMember({ viewer: member, publisherSlug, userId: other.id }))).toBe('FORBIDDEN');
    expect(await codeOf(removeMember({ viewer: member, publisherSlug, userId: member.id }))).toBe('done');
  });

  it('is not there a second time', async () => {
    const member = await createMember(publisherSlug, 'maintainer');
    await removeMember({ viewer: owner, publisherSlug, userId: member.id });
    expect(await codeOf(removeMember({ viewer: owner, publisherSlug, userId: member.id }))).toBe('NOT_FOUND');
  });
});

describe('an invitation', () => {
  const invite = (now = NOW) => createInvite({ viewer: owner, publisherSlug, role: 'maintainer', now });

  it('makes whoever accepts it a member with its role', async () => {
    const friend = await createUser(`Friend${number}`);
    const { secret } = await createInvite({ viewer: owner, publisherSlug, role: 'owner', now: NOW });
    expect(await getInvite(secret, NOW)).toMatchObject({ state: 'open', role: 'owner' });
    expect(await acceptInvite({ viewer: friend, secret, now: NOW })).toEqual({ publisherSlug });
    expect(await rolesOf(publisherSlug)).toMatchObject({ [friend.name]: 'owner' });
    expect(await lastEvents(2)).toEqual(['publisher.invited', 'publisher.member-joined']);
  });

  it('is kept as a hash: its secret is nowhere in the database', async () => {
    const { secret } = await invite();
    const rows = [await db().publisherInvite.findMany(), await db().auditEvent.findMany()];
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  /** What becomes of the invitation before somebody opens its link, and what they are told. */
  const REFUSED: [what: string, spoil: (given: { id: string; secret: string }) => Promise<string>, code: string][] = [
    ['used already', async ({ secret }) => accepted(secret), 'OFFER_EXPIRED'],
    ['seven days old', async ({ secret }) => secret, 'OFFER_EXPIRED'],
    ['taken back', async ({ id, secret }) => revoked(id, secret), 'OFFER_EXPIRED'],
    ['another one', async () => 'A'.repeat(43), 'NOT_FOUND'],
    ['cut off', async ({ secret }) => secret.slice(0, -1), 'NOT_FOUND'],
    ['its own id', async ({ id }) => id, 'NOT_FOUND'],
    ['empty', async () => '', 'NOT_FOUND'],
  ];
  async function accepted(secret: string) {
    await acceptInvite({ viewer: await createUser(`First${number}`), secret, now: NOW });
    return secret;
  }
  async function revoked(inviteId: string, secret: string) {
    await revokeInvite({ viewer: owner, inviteId, now: NOW });
    return secret;
  }

  it.each(REFUSED)('is refused when it is %s', async (what, spoil, code) => {
    const friend = await createUser(`Friend${number}`);
    const secret = await spoil(await invite());
    const now = what === 'seven days old' ? daysAfter(NOW, 7) : NOW;
    expect(await codeOf(acceptInvite({ viewer: friend, secret, now }))).toBe(code);
    expect((await viewerOf(friend.id)).publishers).toEqual([]);
  });

  it('lets one of two in who accept at once', async () => {
    const { secret } = await invite();
    const friends = await Promise.all([createUser(`A${number}`), createUser(`B${number}`)]);
    const outcomes = await Promise.all(friends.map((viewer) => codeOf(acceptInvite({ viewer, secret, now: NOW }))));
    expect(outcomes.sort()).toEqual(['OFFER_EXPIRED', 'done']);
    expect(Object.keys(await rolesOf(publisherSlug))).toHaveLength(2);
  });

  it('is not spent by somebody who belongs to the publisher already, and gives them no other role', async () => {
    const member = await createMember(publisherSlug, 'maintainer');
    const { secret } = await createInvite({ viewer: owner, publisherSlug, role: 'owner', now: NOW });
    expect(await codeOf(acceptInvite({ viewer: member, secret, now: NOW }))).toBe('CONFLICT');
    expect(await rolesOf(publisherSlug)).toMatchObject({ [member.name]: 'maintainer' });
    expect(
      await listInvites((await db().publisher.findUniqueOrThrow({ where: { slug: publisherSlug } })).id, NOW),
    ).toHaveLength(1);
  });

  it('cannot be taken back by a stranger', async () => {
    const { id } = await invite();
    const stranger = await createOwner(`stranger-${number}`);
    expect(await codeOf(revokeInvite({ viewer: stranger, inviteId: id }))).toBe('NOT_FOUND');
  });
});
