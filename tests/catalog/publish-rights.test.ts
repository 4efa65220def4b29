import { describe, expect, it } from 'vitest';
import type { Grant } from '#lib/auth/grants.ts';
import { publishPermissions } from '#lib/auth/permissions.ts';
import { addSignature } from '#lib/catalog/add-signature.ts';
import { changeServerStatus, changeVersionStatus } from '#lib/catalog/change-status.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { lockServerName } from '#lib/catalog/recalculate-latest.ts';
import { db } from '#lib/db/db.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { holdNamespace } from '#lib/publishers/hold-namespace.ts';
import type { Proof } from '#lib/publishers/proofs/types.ts';
import { acceptTransfer, offerTransfer } from '#lib/publishers/transfer-namespace.ts';
import { bytesOf, createUser, manifestOf, testInstance, viewerOf } from '../instance.ts';

testInstance();

const ACTOR = { type: 'system', name: 'test' } as const;
const NAMESPACE = 'io.github.acme';
const proof: Proof = { kind: 'github', via: 'token', login: 'acme', ownerId: '7' };

/** Somebody who logged in with a proof of the namespace, by the official protocol. */
const loggedIn: Grant = {
  actor: ACTOR,
  permissions: publishPermissions([NAMESPACE]),
  publisherIds: null,
  authority: { method: 'github-at', subject: 'acme', permissions: publishPermissions([NAMESPACE]), proof },
};

const publish = (version: string, grant: Grant) =>
  publishVersion({ manifestBytes: bytesOf(manifestOf(`${NAMESPACE}/one`, version)), grant, origin: 'published' });

async function publisherOf(name: string) {
  const user = await createUser(name);
  const { id } = await createPublisher({ viewer: user, slug: name.toLowerCase(), displayName: name });
  return { id, viewer: await viewerOf(user.id) };
}

describe('a login that proves a namespace', () => {
  it('makes a verified holder without members where there is none', async () => {
    await publish('1.0.0', loggedIn);
    const held = await db().namespace.findUniqueOrThrow({
      where: { name: NAMESPACE },
      include: { publisher: { include: { members: true } } },
    });
    expect(held).toMatchObject({ isProven: true, proofKind: 'github', publisher: { level: 'verified', members: [] } });
  });

  it('publishes and changes no more once the namespace was given away, until the new holder has proven it', async () => {
    const giver = await publisherOf('Giver');
    const taker = await publisherOf('Taker');
    const hold = (publisherId: string, now: Date) =>
      db().$transaction((tx) => holdNamespace(tx, { namespace: NAMESPACE, proof, publisherId, actor: ACTOR, now }));
    await hold(giver.id, new Date());
    await publish('1.1.0', loggedIn);
    const { id } = await offerTransfer({
      viewer: await viewerOf(giver.viewer.id),
      namespace: NAMESPACE,
      toPublisherSlug: 'taker',
      message: 'yours',
    });
    await acceptTransfer({ viewer: await viewerOf(taker.viewer.id), transferId: id });

    await expect(publish('1.2.0', loggedIn)).rejects.toMatchObject({
      code: 'NAMESPACE_FORBIDDEN',
      message: expect.stringContaining('was transferred to Taker'),
    });
    const [serverName, version] = [`${NAMESPACE}/one`, '1.0.0'];
    const refused = { code: 'NAMESPACE_FORBIDDEN' };
    const deleted = { serverName, status: 'deleted' } as const;
    const ofGiver: Grant = { ...loggedIn, publisherIds: [giver.id], authority: null };
    for (const grant of [loggedIn, ofGiver]) {
      await expect(changeVersionStatus({ ...deleted, version, ...grant })).rejects.toMatchObject(refused);
      await expect(changeServerStatus({ ...deleted, ...grant })).rejects.toMatchObject(refused);
      await expect(addSignature({ serverName, version, bundle: {}, grant })).rejects.toMatchObject(refused);
    }
    await publish('1.3.0', { ...loggedIn, publisherIds: [taker.id], authority: null });

    const anew: Proof = { ...proof, ownerId: '8' };
    await db().$transaction((tx) =>
      holdNamespace(tx, { namespace: NAMESPACE, proof: anew, publisherId: taker.id, actor: ACTOR, now: new Date() }),
    );
    await publish('1.4.0', loggedIn);
    await changeVersionStatus({ serverName, version, status: 'deprecated', ...loggedIn });
  });
});

describe('a signature', () => {
  it('is refused when the manifest was replaced while it was verified', async () => {
    const [serverName, version] = [`${NAMESPACE}/two`, '1.0.0'];
    const manifestBytes = bytesOf(manifestOf(serverName, version));
    await publishVersion({ manifestBytes, grant: loggedIn, origin: 'published' });
    const adding = await db().$transaction(async (tx) => {
      await lockServerName(tx, serverName);
      let isSettled = false;
      const call = addSignature({ serverName, version, bundle: {}, grant: loggedIn })
        .then(
          () => 'added',
          (error) => error.code,
        )
        .finally(() => {
          isSettled = true;
        });
      while (!isSettled && (await waiters()) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await tx.version.updateMany({ where: { serverName, version }, data: { manifestSha256: 'f'.repeat(64) } });
      return { call };
    });
    expect(await adding.call).toBe('CONFLICT');
    expect(await db().signature.count({ where: { version: { serverName } } })).toBe(0);
  });
});

async function waiters(): Promise<number> {
  const rows = await db().$queryRaw<unknown[]>`
    select 1 from pg_locks l join pg_database d on d.oid = l.database
    where l.locktype = 'advisory' and not l.granted and d.datname = current_database()`;
  return rows.length;
}
