import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantFor } from '#lib/auth/grants.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { removeTrustRoot } from '#lib/catalog/remove-trust-root.ts';
import { reverifySignatures } from '#lib/catalog/reverify-signatures.ts';
import { saveTrustRoot } from '#lib/catalog/trust-roots.ts';
import { db } from '#lib/db/db.ts';
import { tendTrustRoots } from '#lib/jobs/tend-trust-roots.ts';
import { signManifest } from '#lib/signing/index.ts';
import { gitHubToken, type PrivateSigstore, startPrivateSigstore } from '../fixtures/sigstore/private-sigstore.ts';
import { bytesOf, createUser, manifestOf, testInstance } from '../instance.ts';

testInstance();

const ACTOR = { type: 'system', name: 'test' } as const;
let sigstore: PrivateSigstore;
let newer: PrivateSigstore;
let admin: Viewer;
let counter = 0;

beforeAll(async () => {
  [sigstore, newer] = await Promise.all([startPrivateSigstore(), startPrivateSigstore()]);
  admin = await createUser('Admin', { isInstanceAdmin: true });
  await saveTrustRoot({ name: 'acme', kind: 'custom', json: sigstore.trustedRoot, source: 'test' });
});
afterAll(() => Promise.all([sigstore.close(), newer.close()]));

async function publishSigned(by: PrivateSigstore, name = 'io.github.acme/weather', version = `1.0.${counter++}`) {
  const manifestBytes = bytesOf(manifestOf(name, version));
  const sign = { manifestBytes, form: 'message' as const, sigstore: by.services(), identityToken: gitHubToken() };
  const grant = grantFor(ACTOR, [name.split('/')[0]!]);
  return publishVersion({ manifestBytes, bundle: await signManifest(sign), grant, origin: 'published' });
}

describe('verifying again', () => {
  const stateOf = async (versionId: string) =>
    (await db().version.findUniqueOrThrow({ where: { id: versionId } })).signatureState;
  const changes = (version: string) =>
    db().auditEvent.findMany({
      where: { kind: 'signature.state-changed', subject: { path: ['version'], equals: version } },
      orderBy: { seq: 'asc' },
    });

  it('gives each version whose signal changes an event, and none to the others', async () => {
    const kept = await publishSigned(sigstore);
    await saveTrustRoot({ name: 'newer', kind: 'custom', json: newer.trustedRoot, source: 'test' });
    const lost = await publishSigned(newer);
    await reverifySignatures();
    await removeTrustRoot({ viewer: admin, name: 'newer' });
    await reverifySignatures();

    expect(await stateOf(kept.versionId)).toBe('unknown_signer');
    expect(await stateOf(lost.versionId)).toBe('invalid');
    expect((await changes(lost.version)).at(-1)).toMatchObject({
      data: { signature: 'invalid', from: 'unknown_signer' },
    });
    expect((await changes(kept.version)).some(({ data }) => JSON.stringify(data).includes('"invalid"'))).toBe(false);
  });

  it('goes on where it was stopped, and counts the whole', async () => {
    for (const name of ['com.a/xx', 'com.b/xx', 'com.c/xx']) await publishSigned(sigstore, name, '1.0.0');
    await saveTrustRoot({ name: 'other', kind: 'custom', json: newer.trustedRoot, source: 'test' });
    const total = await db().signature.count();

    const seen: string[] = [];
    const stop = new AbortController();
    const first = await reverifySignatures({
      signal: stop.signal,
      onProgress: (text) => {
        seen.push(text);
        if (text.includes('com.b')) stop.abort();
      },
    });
    expect(first.isDone).toBe(false);
    const rest = await reverifySignatures({ onProgress: (text) => seen.push(text) });
    expect(rest.isDone).toBe(true);
    expect(first.verified + rest.verified).toBe(total);
    expect(seen.filter((text) => text.includes('com.a'))).toHaveLength(1);
    const event = await db().auditEvent.findFirst({
      where: { kind: 'signatures.reverified' },
      orderBy: { seq: 'desc' },
    });
    expect(event?.data).toMatchObject({ signatures: total });
    expect(await reverifySignatures()).toMatchObject({ verified: 0, isDone: true });
  });

  it('begins anew when the roots change in the middle', async () => {
    await saveTrustRoot({ name: 'third', kind: 'custom', json: newer.trustedRoot, source: 'test' });
    const first = await reverifySignatures({ maxMs: -1 });
    expect(first).toMatchObject({ verified: 0, isDone: false });
    await saveTrustRoot({ name: 'fourth', kind: 'custom', json: newer.trustedRoot, source: 'test' });
    expect((await reverifySignatures()).verified).toBe(await db().signature.count());
  });

  it('is what the hourly job does, and what a worker does first', async () => {
    const { versionId } = await publishSigned(sigstore);
    await reverifySignatures();
    await db().trustRoot.delete({ where: { name: 'acme' } });
    const { signal } = new AbortController();
    await tendTrustRoots({ withRefresh: false, signal });
    expect(await stateOf(versionId)).toBe('invalid');
    await saveTrustRoot({ name: 'acme', kind: 'custom', json: sigstore.trustedRoot, source: 'test' });
    await tendTrustRoots({ withRefresh: false, signal });
    expect(await stateOf(versionId)).toBe('unknown_signer');
  });
});
