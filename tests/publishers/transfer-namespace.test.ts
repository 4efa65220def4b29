import { beforeEach, describe, expect, it } from 'vitest';
import { grantOfViewer } from '#lib/auth/grants.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { getServerPage } from '#lib/catalog/get-server-page.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { saveTrustRoot } from '#lib/catalog/trust-roots.ts';
import { db } from '#lib/db/db.ts';
import { handleRegistry } from '#lib/http/registry/handle-registry.ts';
import { listTransfers } from '#lib/publishers/list-offers.ts';
import { startClaim } from '#lib/publishers/proofs/index.ts';
import { issuePublishToken } from '#lib/publishers/publish-tokens.ts';
import { addSignerIdentity } from '#lib/publishers/signer-identities.ts';
import { acceptTransfer, cancelTransfer, declineTransfer, offerTransfer } from '#lib/publishers/transfer-namespace.ts';
import { searchServers } from '#lib/search/search-servers.ts';
import { signManifest } from '#lib/signing/index.ts';
import { GITHUB_ISSUER, gitHubToken, startPrivateSigstore } from '../fixtures/sigstore/private-sigstore.ts';
import { bytesOf, createUser, manifestOf, publishTestVersion, testInstance, viewerOf } from '../instance.ts';
import { codeOf, createMember, createOwner, daysAfter, lastEvents, wordOf } from './publishers.ts';

testInstance();

const NOW = new Date('2026-11-20T12:00:00Z');
let number = 0;
let namespace: string;
let from: { slug: string; owner: Viewer };
let to: { slug: string; owner: Viewer };

beforeEach(async () => {
  number += 1;
  namespace = `com.${wordOf(number)}`;
  from = { slug: `old-${number}`, owner: await createOwner(`old-${number}`, [namespace]) };
  to = { slug: `new-${number}`, owner: await createOwner(`new-${number}`) };
});

const offer = (now = NOW) =>
  offerTransfer({ viewer: from.owner, namespace, toPublisherSlug: to.slug, message: 'Take care of it.', now });
const holder = async () =>
  (await db().namespace.findUniqueOrThrow({ where: { name: namespace }, include: { publisher: true } })).publisher.slug;

async function publishWith(token: string, version: string) {
  const response = await handleRegistry(
    new Request('http://hallmark.test/v0.1/publish', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(manifestOf(`${namespace}/radar`, version)),
    }),
  );
  return response?.status;
}

describe('a transfer', () => {
  it('changes nothing until the other side accepts', async () => {
    const { id } = await offer();
    expect(await holder()).toBe(from.slug);
    expect(await acceptTransfer({ viewer: to.owner, transferId: id, now: NOW })).toEqual({ namespace });
    expect(await holder()).toBe(to.slug);
    expect(await lastEvents(4)).toEqual(
      expect.arrayContaining(['namespace.transfer-offered', 'namespace.transferred']),
    );
  });

  it('takes the right to publish from tokens of the old holder at once, and gives it to those of the new one', async () => {
    const token = { name: 'ci', expiresInDays: 30 };
    const old = await issuePublishToken({ viewer: from.owner, publisherSlug: from.slug, ...token });
    const young = await issuePublishToken({ viewer: to.owner, publisherSlug: to.slug, ...token });
    expect([await publishWith(old.token, '1.0.0'), await publishWith(young.token, '1.0.1')]).toEqual([200, 403]);
    const { id } = await offer();
    await acceptTransfer({ viewer: to.owner, transferId: id, now: NOW });
    expect([await publishWith(old.token, '1.1.0'), await publishWith(young.token, '1.1.1')]).toEqual([403, 200]);
  });

  it('does not let a person publish for a publisher that gave the namespace away meanwhile', async () => {
    const grant = grantOfViewer(from.owner);
    const { id } = await offer();
    await acceptTransfer({ viewer: to.owner, transferId: id, now: NOW });
    const manifestBytes = bytesOf(manifestOf(`${namespace}/late`, '1.0.0'));
    expect(await codeOf(publishVersion({ manifestBytes, grant, origin: 'published' }))).toBe('NAMESPACE_FORBIDDEN');
  });

  it('keeps the proof as what it is, and has it checked next', async () => {
    const before = await db().namespace.findUniqueOrThrow({ where: { name: namespace } });
    const { id } = await offer();
    await acceptTransfer({ viewer: to.owner, transferId: id, now: NOW });
    const after = await db().namespace.findUniqueOrThrow({ where: { name: namespace } });
    expect(after).toMatchObject({ isProven: true, proof: before.proof, provenAt: before.provenAt, nextCheckAt: NOW });
    const levels = await db().publisher.findMany({
      where: { slug: { in: [from.slug, to.slug] } },
      orderBy: { slug: 'asc' },
      select: { level: true },
    });
    expect(levels).toEqual([{ level: 'verified' }, { level: 'unverified' }]);
  });

  it('makes nothing proven that was only granted', async () => {
    await db().namespace.update({
      where: { name: namespace },
      data: { proofKind: 'granted', isProven: false, nextCheckAt: null },
    });
    const { id } = await offer();
    await acceptTransfer({ viewer: to.owner, transferId: id, now: NOW });
    expect(await db().namespace.findUniqueOrThrow({ where: { name: namespace } })).toMatchObject({
      isProven: false,
      nextCheckAt: null,
    });
  });

  it('shows the new holder on pages and in the search', async () => {
    await publishTestVersion(`${namespace}/radar`, '1.0.0');
    const { id } = await offer();
    await acceptTransfer({ viewer: to.owner, transferId: id, now: NOW });
    const page = await getServerPage({ name: `${namespace}/radar` });
    expect(page?.marks.publisher).toMatchObject({ slug: to.slug, level: 'verified' });
    const found = await searchServers({ text: namespace, filters: { publisher: ['verified'] }, limit: 5, offset: 0 });
    expect(found.servers.map(({ marks }) => marks.publisher.slug)).toEqual([to.slug]);
  });

  it('judges signatures by the signers of the new holder', async () => {
    const sigstore = await startPrivateSigstore();
    await saveTrustRoot({ name: 'private', kind: 'custom', json: sigstore.trustedRoot, source: 'test' });
    const bind = (viewer: Viewer, publisherSlug: string, repositoryId: string) =>
      addSignerIdentity({
        viewer,
        publisherSlug,
        identity: { kind: 'github', issuer: GITHUB_ISSUER, ownerId: '2002', repositoryId },
      });
    const publishSigned = async (version: string, repositoryId: string) => {
      const manifestBytes = bytesOf(manifestOf(`${namespace}/radar`, version));
      const how = { sigstore: sigstore.services(), identityToken: gitHubToken({ repositoryId }) };
      const bundle = await signManifest({ manifestBytes, form: 'dsse', ...how });
      await publishVersion({ manifestBytes, bundle, grant: grantOfViewer(from.owner), origin: 'published' });
    };
    await bind(from.owner, from.slug, '1001');
    await bind(to.owner, to.slug, '5005');
    await publishSigned('1.0.0', '1001');
    await publishSigned('2.0.0', '5005');
    const states = async () =>
      (
        await db().version.findMany({
          where: { serverName: `${namespace}/radar` },
          orderBy: { version: 'asc' },
          select: { signatureState: true },
        })
      ).map(({ signatureState }) => signatureState);
    expect(await states()).toEqual(['signed', 'unknown_signer']);
    const { id } = await offer();
    await acceptTransfer({ viewer: to.owner, transferId: id, now: NOW });
    expect(await states()).toEqual(['unknown_signer', 'signed']);
    await sigstore.close();
  });

  it('ends the claims of both sides for the namespace', async () => {
    await startClaim({ viewer: from.owner, publisherSlug: from.slug, namespace, method: 'http', now: NOW });
    const { id } = await offer();
    await acceptTransfer({ viewer: to.owner, transferId: id, now: NOW });
    expect(await db().namespaceClaim.count({ where: { namespace } })).toBe(0);
  });

  it('is kept in the history of both', async () => {
    const { id } = await offer();
    await acceptTransfer({ viewer: to.owner, transferId: id, now: NOW });
    for (const { slug } of [from, to]) {
      const publisher = await db().publisher.findUniqueOrThrow({ where: { slug } });
      const { past } = await listTransfers(publisher, NOW);
      expect(past).toMatchObject([
        { namespace, state: 'accepted', decidedBy: to.owner.name, message: 'Take care of it.' },
      ]);
    }
  });
});

describe('consent', () => {
  const accept = (viewer: Viewer, transferId: string, now = NOW) => acceptTransfer({ viewer, transferId, now });

  /** Who decides, and how it is refused. The namespace stays where it is. */
  const REFUSED: [what: string, run: (id: string) => Promise<unknown>, code: string][] = [
    ['the one who offered accepts', (id) => accept(from.owner, id), 'NOT_FOUND'],
    ['a stranger accepts', async (id) => accept(await createOwner(`third-${number}`), id), 'NOT_FOUND'],
    [
      'a maintainer of the receiver accepts',
      async (id) => accept(await createMember(to.slug, 'maintainer'), id),
      'FORBIDDEN',
    ],
    [
      'an instance admin accepts',
      async (id) => accept(await createUser(`Admin${number}`, { isInstanceAdmin: true }), id),
      'FORBIDDEN',
    ],
    ['the receiver cancels', (id) => cancelTransfer({ viewer: to.owner, transferId: id, now: NOW }), 'NOT_FOUND'],
    [
      'the one who offered declines',
      (id) => declineTransfer({ viewer: from.owner, transferId: id, now: NOW }),
      'NOT_FOUND',
    ],
    ['fourteen days have passed', (id) => accept(to.owner, id, daysAfter(NOW, 14)), 'OFFER_EXPIRED'],
    ['there is no such transfer', () => accept(to.owner, 'nothing'), 'NOT_FOUND'],
  ];

  it.each(REFUSED)('is missing when %s', async (_, run, code) => {
    const { id } = await offer();
    expect(await codeOf(run(id))).toBe(code);
    expect(await holder()).toBe(from.slug);
  });

  it.each([
    ['cancelled', (id: string) => cancelTransfer({ viewer: from.owner, transferId: id, now: NOW })],
    ['declined', (id: string) => declineTransfer({ viewer: to.owner, transferId: id, now: NOW })],
  ])('is over once the offer was %s, and another can be made', async (_, end) => {
    const { id } = await offer();
    await end(id);
    expect(await codeOf(accept(to.owner, id))).toBe('CONFLICT');
    expect(await holder()).toBe(from.slug);
    expect(await codeOf(offer())).toBe('done');
  });

  it('of two that accept and cancel at once, one happens', async () => {
    const { id } = await offer();
    const outcomes = await Promise.all([
      codeOf(accept(to.owner, id)),
      codeOf(cancelTransfer({ viewer: from.owner, transferId: id, now: NOW })),
    ]);
    expect(outcomes.sort()).toEqual(['CONFLICT', 'done']);
    const { state } = await db().namespaceTransfer.findUniqueOrThrow({ where: { id } });
    expect(await holder()).toBe(state === 'accepted' ? to.slug : from.slug);
  });

  it('counts for the holder that gave it, not for a later one', async () => {
    const { id } = await offer();
    const thief = await createOwner(`thief-${number}`);
    const { publishers } = await viewerOf(thief.id);
    await db().namespace.update({ where: { name: namespace }, data: { publisherId: publishers[0]!.id } });
    expect(await codeOf(accept(to.owner, id))).toBe('CONFLICT');
  });
});

describe('an offer', () => {
  it.each([
    ['to nobody', () => ({ toPublisherSlug: 'nobody-at-all' }), 'NOT_FOUND'],
    ['to its own holder', () => ({ toPublisherSlug: from.slug }), 'CONFLICT'],
    ['of what nobody holds', () => ({ namespace: 'com.nobody' }), 'NOT_FOUND'],
    ['of what somebody else holds', () => ({ viewer: to.owner }), 'NOT_FOUND'],
    ['with a message of 501 characters', () => ({ message: 'x'.repeat(501) }), 'UNPROCESSABLE'],
    ['with an invisible character in its message', () => ({ message: 'safe\u202Eelif' }), 'UNPROCESSABLE'],
  ])('%s is refused', async (_, change, code) => {
    const input = { viewer: from.owner, namespace, toPublisherSlug: to.slug, message: '', now: NOW };
    expect(await codeOf(offerTransfer({ ...input, ...change() }))).toBe(code);
  });

  it('to a publisher that nobody belongs to is refused: nobody could accept', async () => {
    await db().publisherMember.deleteMany({ where: { publisher: { slug: to.slug } } });
    expect(await codeOf(offer())).toBe('CONFLICT');
  });

  it('of a demonstration is refused', async () => {
    await db().namespace.update({ where: { name: namespace }, data: { proofKind: 'demonstration' } });
    expect(await codeOf(offer())).toBe('CONFLICT');
  });

  it('waits for the one before it, and no longer than that is open', async () => {
    await offer();
    expect(await codeOf(offer())).toBe('CONFLICT');
    expect(await codeOf(offer(daysAfter(NOW, 14)))).toBe('done');
  });
});
