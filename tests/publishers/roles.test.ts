import { beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { changePublishedStatus } from '#lib/publishers/change-published-status.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { getPublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import { createInvite } from '#lib/publishers/invites.ts';
import { changeMemberRole } from '#lib/publishers/members.ts';
import { offerMove } from '#lib/publishers/move-server.ts';
import { startClaim } from '#lib/publishers/proofs/index.ts';
import { issuePublishToken, revokeToken } from '#lib/publishers/publish-tokens.ts';
import { renamePublisher } from '#lib/publishers/rename-publisher.ts';
import { setOfficial } from '#lib/publishers/set-official.ts';
import { addSignerIdentity } from '#lib/publishers/signer-identities.ts';
import { offerTransfer } from '#lib/publishers/transfer-namespace.ts';
import { createUser, publishTestVersion, testInstance } from '../instance.ts';
import { codeOf, createMember, createOwner } from './publishers.ts';

testInstance();

type Who = 'owner' | 'maintainer' | 'admin' | 'stranger';
const people = {} as Record<Who, Viewer>;
let tokenOfOwner: string;

beforeAll(async () => {
  people.owner = await createOwner('acme', ['com.acme']);
  people.maintainer = await createMember('acme', 'maintainer');
  people.admin = await createUser('Admin', { isInstanceAdmin: true });
  people.stranger = await createOwner('other', ['com.other']);
  await publishTestVersion('com.acme/old', '1.0.0');
  await publishTestVersion('com.acme/new', '1.0.0');
  await issuePublishToken({ viewer: people.owner, publisherSlug: 'acme', name: 'ci', expiresInDays: 1 });
  tokenOfOwner = (await db().accessToken.findFirstOrThrow()).id;
});

const publisherSlug = 'acme';
const message = '';
let number = 0;

/** What each verb answers to whom. A stranger must not even learn that the publisher is there. */
const VERBS: [verb: string, run: (viewer: Viewer) => Promise<unknown>, answers: Record<Who, string>][] = [
  [
    'issues a token',
    (viewer) => issuePublishToken({ viewer, publisherSlug, name: `token ${number++}`, expiresInDays: 1 }),
    { owner: 'done', maintainer: 'done', admin: 'done', stranger: 'NOT_FOUND' },
  ],
  [
    'revokes the token of somebody else',
    (viewer) => revokeToken({ viewer, tokenId: tokenOfOwner }),
    { maintainer: 'FORBIDDEN', stranger: 'NOT_FOUND', admin: 'done', owner: 'done' },
  ],
  [
    'deprecates a version',
    (viewer) =>
      changePublishedStatus({
        viewer,
        publisherSlug,
        serverName: 'com.acme/new',
        version: '1.0.0',
        status: 'deprecated',
        statusMessage: `reason ${number++}`,
      }),
    { owner: 'done', maintainer: 'done', admin: 'done', stranger: 'NOT_FOUND' },
  ],
  [
    'binds a signer',
    (viewer) =>
      addSignerIdentity({
        viewer,
        publisherSlug,
        identity: { kind: 'email', issuer: 'https://accounts.google.com', san: `a${number++}@acme.com` },
      }),
    { owner: 'done', maintainer: 'FORBIDDEN', admin: 'done', stranger: 'NOT_FOUND' },
  ],
  [
    'claims a namespace',
    (viewer) => startClaim({ viewer, publisherSlug, namespace: `com.acme-${number++}`, method: 'dns' }),
    { owner: 'done', maintainer: 'FORBIDDEN', admin: 'done', stranger: 'NOT_FOUND' },
  ],
  [
    'grants a namespace',
    (viewer) => claimNamespace({ viewer, publisherSlug, namespace: `org.granted-${number++}` }),
    { owner: 'FORBIDDEN', maintainer: 'FORBIDDEN', admin: 'done', stranger: 'NOT_FOUND' },
  ],
  [
    'invites somebody',
    (viewer) => createInvite({ viewer, publisherSlug, role: 'maintainer' }),
    { owner: 'done', maintainer: 'FORBIDDEN', admin: 'done', stranger: 'NOT_FOUND' },
  ],
  [
    'changes a role',
    (viewer) => changeMemberRole({ viewer, publisherSlug, userId: people.maintainer.id, role: 'maintainer' }),
    { owner: 'done', maintainer: 'FORBIDDEN', admin: 'done', stranger: 'NOT_FOUND' },
  ],
  [
    'offers a namespace to another publisher',
    (viewer) => offerTransfer({ viewer, namespace: 'com.acme', toPublisherSlug: 'other', message }),
    { maintainer: 'FORBIDDEN', admin: 'FORBIDDEN', stranger: 'NOT_FOUND', owner: 'done' },
  ],
  [
    'moves a server',
    (viewer) => offerMove({ viewer, fromName: 'com.acme/old', toName: 'com.acme/new', message }),
    { maintainer: 'FORBIDDEN', admin: 'FORBIDDEN', stranger: 'NOT_FOUND', owner: 'done' },
  ],
  [
    'renames the publisher',
    (viewer) => renamePublisher({ viewer, publisherSlug, displayName: `Acme ${number++}` }),
    { owner: 'done', maintainer: 'FORBIDDEN', admin: 'done', stranger: 'NOT_FOUND' },
  ],
  [
    'makes it official',
    (viewer) => setOfficial({ viewer, publisherSlug, isOfficial: true }),
    { owner: 'FORBIDDEN', maintainer: 'FORBIDDEN', stranger: 'NOT_FOUND', admin: 'done' },
  ],
];

describe.each(VERBS)('who %s', (_, run, answers) => {
  it.each(Object.entries(answers))('%s: %s', async (who, answer) => {
    expect(await codeOf(run(people[who as Who]))).toBe(answer);
  });
});

describe('the console', () => {
  it('shows a publisher to its members and to admins, and to nobody else', async () => {
    expect(await getPublisherConsole({ viewer: people.stranger, slug: 'acme' })).toBeNull();
    expect((await getPublisherConsole({ viewer: people.admin, slug: 'acme' }))?.role).toBeNull();
    expect((await getPublisherConsole({ viewer: people.maintainer, slug: 'acme' }))?.role).toBe('maintainer');
  });

  it('keeps open invitations from those who may not make any', async () => {
    expect((await getPublisherConsole({ viewer: people.owner, slug: 'acme' }))?.invites.length).toBeGreaterThan(0);
    expect((await getPublisherConsole({ viewer: people.maintainer, slug: 'acme' }))?.invites).toEqual([]);
  });

  it('lets a maintainer end their own tokens alone', async () => {
    const view = await getPublisherConsole({ viewer: people.maintainer, slug: 'acme' });
    const own = view?.tokens.filter(({ mayRevoke }) => mayRevoke).map(({ issuedBy }) => issuedBy);
    expect(own).toEqual([people.maintainer.name]);
    const { id } = view!.tokens.find(({ mayRevoke }) => mayRevoke)!;
    expect(await codeOf(revokeToken({ viewer: people.maintainer, tokenId: id }))).toBe('done');
  });
});
