import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantFor } from '#lib/auth/grants.ts';
import { addSignature } from '#lib/catalog/add-signature.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { reverifySignatures } from '#lib/catalog/reverify-signatures.ts';
import { saveTrustRoot } from '#lib/catalog/trust-roots.ts';
import { db } from '#lib/db/db.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { addSignerIdentity, removeSignerIdentity } from '#lib/publishers/signer-identities.ts';
import { signManifest } from '#lib/signing/index.ts';
import {
  emailToken,
  GITHUB_ISSUER,
  gitHubToken,
  type PrivateSigstore,
  startPrivateSigstore,
} from '../fixtures/sigstore/private-sigstore.ts';
import { bytesOf, createUser, manifestOf, testInstance, viewerOf } from '../instance.ts';

testInstance();

const NAMESPACE = 'io.github.acme';
const ACTOR = { type: 'system', name: 'test' } as const;
let sigstore: PrivateSigstore;
let foreign: PrivateSigstore;

beforeAll(async () => {
  [sigstore, foreign] = await Promise.all([startPrivateSigstore(), startPrivateSigstore()]);
  await saveTrustRoot({ name: 'test', kind: 'custom', json: sigstore.trustedRoot, source: 'test' });
  const admin = await createUser('Admin', { isInstanceAdmin: true });
  await createPublisher({ viewer: admin, slug: 'acme', displayName: 'Acme' });
  const viewer = await viewerOf(admin.id);
  await claimNamespace({ viewer, publisherSlug: 'acme', namespace: NAMESPACE });
  await addSignerIdentity({
    viewer,
    publisherSlug: 'acme',
    identity: { kind: 'github', issuer: GITHUB_ISSUER, ownerId: '2002', repositoryId: '1001' },
  });
});
afterAll(() => Promise.all([sigstore.close(), foreign.close()]));

let counter = 0;
const fresh = () =>
  bytesOf(
    manifestOf(`${NAMESPACE}/weather`, `1.0.${counter++}`, {
      repository: { url: 'https://github.com/acme/weather', source: 'github' },
    }),
  );
const publish = (manifestBytes: Uint8Array, bundle?: unknown) =>
  publishVersion({ manifestBytes, bundle, grant: grantFor(ACTOR, [NAMESPACE]), origin: 'published' });
const sign = (
  manifestBytes: Uint8Array,
  { by = gitHubToken(), at = sigstore, form = 'message' as 'message' | 'dsse' } = {},
) => signManifest({ manifestBytes, form, sigstore: at.services({ rekorVersion: 1, tsa: true }), identityToken: by });

describe('publishing with a bundle', () => {
  it('is signed once the namespace is granted to whoever bound the signer', async () => {
    const bytes = bytesOf(manifestOf('io.github.late/weather', '1.0.0'));
    const grant = grantFor(ACTOR, ['io.github.late']);
    const bundle = await sign(bytes);
    const { signatureState, versionId } = await publishVersion({
      manifestBytes: bytes,
      bundle,
      grant,
      origin: 'published',
    });
    expect(signatureState).toBe('unknown_signer');
    const admin = await db().user.findFirstOrThrow({ where: { isInstanceAdmin: true } });
    const viewer = await viewerOf(admin.id);
    await claimNamespace({ viewer, publisherSlug: 'acme', namespace: 'io.github.late' });
    const after = await db().version.findUniqueOrThrow({ where: { id: versionId } });
    expect(after.signatureState).toBe('signed');
  });

  it.each(['message', 'dsse'] as const)('is signed when a bound signer signed these bytes (%s)', async (form) => {
    const bytes = fresh();
    const published = await publish(bytes, await sign(bytes, { form }));
    expect(published).toMatchObject({ signatureState: 'signed', signatureMessage: null });
    const row = await db().version.findUniqueOrThrow({
      where: { id: published.versionId },
      include: { signatures: true },
    });
    expect(row).toMatchObject({ signatureState: 'signed', provenanceState: 'matches' });
    expect(row.signatures).toMatchObject([
      { isValid: true, matched: { ownerId: '2002' }, result: { ok: true, root: 'test' } },
    ]);
  });

  it('answers that the signature is gone, or that somebody else signed', async () => {
    const name = `${NAMESPACE}/watched`;
    const release = async (version: string, by?: string) => {
      const bytes = bytesOf(manifestOf(name, version));
      return (await publish(bytes, by && (await sign(bytes, { by })))).signerChange;
    };
    expect(await release('1.0.0', gitHubToken())).toBeNull();
    expect(await release('1.0.1')).toMatchObject({ kind: 'signature-disappeared', previousVersion: '1.0.0', to: null });
    const stranger = emailToken({ email: 'someone@example.org' });
    expect(await release('1.0.2', stranger)).toMatchObject({ kind: 'signer-changed', previousVersion: '1.0.0' });
  });

  it('keeps a valid signature by a stranger as "unknown signer" and says how to bind it', async () => {
    const bytes = fresh();
    const published = await publish(bytes, await sign(bytes, { by: emailToken({ email: 'someone@example.org' }) }));
    expect(published.signatureState).toBe('unknown_signer');
    expect(published.signatureMessage).toContain('someone@example.org');
  });

  it('does not take another repository of the same name for the bound one', async () => {
    const bytes = fresh();
    const published = await publish(
      bytes,
      await sign(bytes, { by: gitHubToken({ repositoryId: '9999', ownerId: '8888' }) }),
    );
    expect(published.signatureState).toBe('unknown_signer');
  });

  it('refuses a bundle for other bytes, publishes nothing and records the refusal', async () => {
    const bytes = fresh();
    const attempt = publish(bytes, await sign(fresh()));
    await expect(attempt).rejects.toMatchObject({ code: 'SIGNATURE_REFUSED', status: 400 });
    const { version } = JSON.parse(Buffer.from(bytes).toString());
    expect(await db().version.count({ where: { serverName: `${NAMESPACE}/weather`, version } })).toBe(0);
    const event = await db().auditEvent.findFirstOrThrow({
      where: { kind: 'version.refused' },
      orderBy: { seq: 'desc' },
    });
    expect(event.subject).toMatchObject({ server: `${NAMESPACE}/weather`, version });
  });

  it('refuses a bundle under a root that nobody trusts', async () => {
    const bytes = fresh();
    await expect(publish(bytes, await sign(bytes, { at: foreign }))).rejects.toMatchObject({
      code: 'SIGNATURE_REFUSED',
      details: { signature: expect.stringMatching(/ROOT|CERTIFICATE/) },
    });
  });

  it.each([
    ['null', null],
    ['a list', []],
    ['an empty object', {}],
    ['text', 'bundle'],
  ])('refuses %s as a bundle', async (_, bundle) => {
    await expect(publish(fresh(), bundle)).rejects.toMatchObject({ code: 'SIGNATURE_REFUSED' });
  });

  it('shows a broken bundle that is added later as invalid, and a good one beside it as signed', async () => {
    const bytes = fresh();
    const { name, version } = await publish(bytes);
    const target = { serverName: name, version, grant: grantFor(ACTOR, [NAMESPACE]) };
    expect(await addSignature({ ...target, bundle: await sign(fresh()) })).toMatchObject({ signatureState: 'invalid' });
    expect(await addSignature({ ...target, bundle: await sign(bytes) })).toMatchObject({ signatureState: 'signed' });
    expect(await db().signature.count({ where: { version: { serverName: name, version } } })).toBe(2);
  });

  it('becomes signed when its signer is bound afterwards, and unknown again when the signer is removed', async () => {
    const bytes = fresh();
    const { versionId } = await publish(
      bytes,
      await sign(bytes, { by: emailToken({ email: 'release@acme.example' }) }),
    );
    const state = async () => (await db().version.findUniqueOrThrow({ where: { id: versionId } })).signatureState;
    expect(await state()).toBe('unknown_signer');
    const viewer = await viewerOf((await db().user.findFirstOrThrow({ where: { name: 'Admin' } })).id);
    const result = (await db().signature.findFirstOrThrow({ where: { versionId } })).result as {
      signer: { issuer: string };
    };
    await addSignerIdentity({
      viewer,
      publisherSlug: 'acme',
      identity: { kind: 'email', issuer: result.signer.issuer, san: 'release@acme.example' },
    });
    expect(await state()).toBe('signed');
    const { id } = await db().signerIdentity.findFirstOrThrow({
      where: { identity: { path: ['kind'], equals: 'email' } },
    });
    await removeSignerIdentity({ viewer, id });
    expect(await state()).toBe('unknown_signer');
  });

  it('is invalid once its root is not trusted any more, and signed again when the root is back', async () => {
    const bytes = fresh();
    const { versionId } = await publish(bytes, await sign(bytes));
    const state = async () => (await db().version.findUniqueOrThrow({ where: { id: versionId } })).signatureState;
    await reverifySignatures();
    expect(await reverifySignatures()).toEqual({ verified: 0, changed: 0, isDone: true });
    await db().trustRoot.delete({ where: { name: 'test' } });
    expect((await reverifySignatures()).verified).toBeGreaterThan(0);
    expect(await state()).toBe('invalid');
    await saveTrustRoot({ name: 'test', kind: 'custom', json: sigstore.trustedRoot, source: 'test' });
    await reverifySignatures();
    expect(await state()).toBe('signed');
    const events = await db().auditEvent.findMany({ where: { kind: 'signatures.reverified' } });
    expect(events.length).toBeGreaterThan(1);
  });
});
