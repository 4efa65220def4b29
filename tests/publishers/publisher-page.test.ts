import { beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { changeServerStatus } from '#lib/catalog/change-status.ts';
import { db } from '#lib/db/db.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { getPublisherPage, SERVERS_A_PAGE } from '#lib/publishers/get-publisher-page.ts';
import { holdNamespace } from '#lib/publishers/hold-namespace.ts';
import { createInvite } from '#lib/publishers/invites.ts';
import { issuePublishToken } from '#lib/publishers/publish-tokens.ts';
import { renamePublisher } from '#lib/publishers/rename-publisher.ts';
import { setOfficial } from '#lib/publishers/set-official.ts';
import { addSignerIdentity } from '#lib/publishers/signer-identities.ts';
import { acceptTransfer, offerTransfer } from '#lib/publishers/transfer-namespace.ts';
import { createUser, publishTestVersion, testInstance, viewerOf } from '../instance.ts';

testInstance();

const ACTOR = { type: 'system', name: 'test' } as const;
const day = (of: number) => new Date(Date.UTC(2026, 9, of));
let ada: Viewer;
let boss: Viewer;

beforeAll(async () => {
  // Without a name the e-mail address is what people and events call her.
  const user = await db().user.create({ data: { email: 'ada.private@example.org' } });
  const admin = await createUser('Boss', { isInstanceAdmin: true });
  ada = await viewerOf(user.id);
  await createPublisher({ viewer: ada, slug: 'acme', displayName: 'Acme', now: day(1) });
  await createPublisher({ viewer: admin, slug: 'oldco', displayName: 'Oldco', now: day(1) });
  [ada, boss] = [await viewerOf(ada.id), await viewerOf(admin.id)];
  const { id } = await db().publisher.findUniqueOrThrow({ where: { slug: 'acme' } });
  await db().$transaction(async (tx) => {
    const hold = (namespace: string, login: string) =>
      holdNamespace(tx, {
        namespace,
        publisherId: id,
        proof: { kind: 'github', via: 'account', login, ownerId: '2002' },
        actor: { type: 'user', id: ada.id, name: ada.name },
        now: day(2),
      });
    await hold('io.github.acme', 'acme');
    await hold('io.github.acme-labs', 'acme-labs');
  });
  await claimNamespace({ viewer: boss, publisherSlug: 'acme', namespace: 'corp.acme', now: day(3) });
  await claimNamespace({ viewer: boss, publisherSlug: 'oldco', namespace: 'corp.old', now: day(3) });
  await addSignerIdentity({
    viewer: ada,
    publisherSlug: 'acme',
    identity: {
      kind: 'github',
      issuer: 'https://token.actions.githubusercontent.com',
      ownerId: '2002',
      repository: 'acme/weather',
    },
    now: day(4),
  });
  await issuePublishToken({ viewer: ada, publisherSlug: 'acme', name: 'secret name of a token', expiresInDays: 9 });
  await createInvite({ viewer: ada, publisherSlug: 'acme', role: 'maintainer' });
  ada = await viewerOf(ada.id);
  boss = await viewerOf(boss.id);
});

const page = async (slug = 'acme', number = 1) => (await getPublisherPage({ slug, page: number }))!;

describe('the page of a publisher', () => {
  it('is not there for a short name that nobody has', async () => {
    expect(await getPublisherPage({ slug: 'nobody' })).toBeNull();
  });

  it('names no member, no account and no token', async () => {
    const text = JSON.stringify(await page());
    for (const secret of ['ada.private', 'example.org', ada.id, boss.id, 'Boss', 'secret name of a token', 'hmk_'])
      expect(text).not.toContain(secret);
  });

  it('says what each namespace rests on, and not who granted one', async () => {
    const { namespaces, level, hasMembers } = await page();
    expect({ level, hasMembers }).toEqual({ level: 'verified', hasMembers: true });
    expect(namespaces).toMatchObject([
      { name: 'corp.acme', standing: 'granted', proof: null },
      { name: 'io.github.acme', standing: 'proven', proof: { kind: 'github', login: 'acme', ownerId: '2002' } },
      { name: 'io.github.acme-labs', standing: 'proven', since: day(2).toISOString() },
    ]);
  });

  it.each([
    ['failing', { isProven: true, failingSince: day(9) }],
    ['lapsed', { isProven: false, failingSince: day(9) }],
    ['proven', { isProven: true, failingSince: null }],
  ])('tells a proof that is %s from the others', async (standing, data) => {
    const name = 'io.github.acme-labs';
    // What a check saw can be anything: only the general words for its code are for everybody.
    const lastCheck = {
      at: '',
      ok: false,
      code: 'RECORD_MISSING',
      message: 'saw my-secret',
      seen: [{ what: 'x', value: 'my-secret' }],
    };
    await db().namespace.update({ where: { name }, data: { ...data, lastCheck } });
    const shown = (await page()).namespaces.find((namespace) => namespace.name === name);
    expect(shown).toMatchObject({ standing, failure: 'The domain shows no record of the kind.' });
    expect(JSON.stringify(shown)).not.toContain('my-secret');
  });

  it('says that nobody has an account for a publisher that a login made', async () => {
    await db().$transaction((tx) =>
      holdNamespace(tx, {
        namespace: 'com.example-login',
        proof: { kind: 'dns', form: 'official', domain: 'example-login.com', key: 'ed25519:abc' },
        actor: ACTOR,
        now: day(5),
      }),
    );
    expect(await page('com-example-login')).toMatchObject({
      hasMembers: false,
      level: 'verified',
      namespaces: [{ proof: { kind: 'dns', domain: 'example-login.com', key: 'ed25519:abc' } }],
    });
  });

  it('keeps a name that is hostile as it is, for the page to show as text', async () => {
    const name = '<img src=x onerror=alert(1)>';
    await db().publisher.create({ data: { slug: 'hostile', displayName: name } });
    expect((await page('hostile')).displayName).toBe(name);
  });
});

describe('the servers of a publisher', () => {
  it('are those that it publishes: paged, without deleted and without mirrored ones', async () => {
    for (let i = 0; i <= SERVERS_A_PAGE; i++)
      await publishTestVersion(`io.github.acme/tool-${String(i).padStart(2, '0')}`, '1.0.0');
    await publishTestVersion('io.github.acme/gone', '1.0.0');
    await changeServerStatus({
      serverName: 'io.github.acme/gone',
      status: 'deleted',
      permissions: [{ action: 'edit', resource: '*' }],
      actor: ACTOR,
    });
    await publishTestVersion('io.github.acme/mirrored', '1.0.0');
    await db().version.updateMany({ where: { serverName: 'io.github.acme/mirrored' }, data: { origin: 'mirrored' } });
    await publishTestVersion('io.github.acme/example', '1.0.0');
    await db().version.updateMany({ where: { serverName: 'io.github.acme/example' }, data: { origin: 'example' } });

    const [first, second, third] = await Promise.all([page(), page('acme', 2), page('acme', 3)]);
    expect(first).toMatchObject({ totalServers: SERVERS_A_PAGE + 1, mirroredServers: 1 });
    expect(first.servers[0]).toMatchObject({
      name: 'io.github.acme/tool-00',
      marks: { publisher: { slug: 'acme', level: 'verified' } },
    });
    expect(first.servers).toHaveLength(SERVERS_A_PAGE);
    expect(second.servers.map(({ name }) => name)).toEqual([`io.github.acme/tool-${SERVERS_A_PAGE}`]);
    expect(third.servers).toEqual([]);
  });
});

describe('the history of a publisher', () => {
  it('has names, levels, proofs and transfers of both sides, the newest first', async () => {
    await renamePublisher({ viewer: ada, publisherSlug: 'acme', displayName: 'Acme Corporation', now: day(10) });
    await setOfficial({ viewer: boss, publisherSlug: 'acme', isOfficial: true, now: day(11) });
    const { id: transferId } = await offerTransfer({
      viewer: boss,
      namespace: 'corp.old',
      toPublisherSlug: 'acme',
      message: 'between us',
      now: day(12),
    });
    expect(JSON.stringify(await page())).not.toContain('corp.old');
    await acceptTransfer({ viewer: ada, transferId, now: day(13) });

    const { history } = await page();
    expect(history.slice(0, 3)).toEqual([
      {
        at: day(13).toISOString(),
        kind: 'namespace-received',
        namespace: 'corp.old',
        other: { slug: 'oldco', displayName: 'Oldco' },
      },
      { at: day(11).toISOString(), kind: 'level-changed', from: 'verified', to: 'official' },
      { at: day(10).toISOString(), kind: 'renamed', from: 'Acme', to: 'Acme Corporation' },
    ]);
    expect(history.at(-1)).toEqual({ at: day(1).toISOString(), kind: 'created' });
    expect(JSON.stringify(history)).not.toContain('between us');
    expect((await page('oldco')).history[0]).toMatchObject({ kind: 'namespace-given', other: { slug: 'acme' } });
  });

  it('has nothing of another publisher', async () => {
    expect(JSON.stringify((await page('hostile')).history)).toBe('[]');
  });
});
