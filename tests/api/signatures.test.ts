import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_SIGNATURES } from '#lib/catalog/add-signature.ts';
import { saveTrustRoot } from '#lib/catalog/trust-roots.ts';
import { db } from '#lib/db/db.ts';
import { handleApi } from '#lib/http/api/handle-api.ts';
import { claimNamespace } from '#lib/publishers/claim-namespace.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import { issuePublishToken } from '#lib/publishers/publish-tokens.ts';
import { addSignerIdentity } from '#lib/publishers/signer-identities.ts';
import { BUNDLE_MAX_BYTES, type SigningErrorCode, signManifest, verifyManifestBundle } from '#lib/signing/index.ts';
import {
  emailToken,
  GITHUB_ISSUER,
  gitHubToken,
  type PrivateSigstore,
  startPrivateSigstore,
} from '../fixtures/sigstore/private-sigstore.ts';
import { signPayload, statementAbout } from '../fixtures/sigstore/sign-payload.ts';
import { signWithKey } from '../fixtures/sigstore/sign-with-key.ts';
import { createUser, manifestOf, testInstance, viewerOf } from '../instance.ts';

testInstance();

const NAME = 'io.github.acme/weather';
const SAN = 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1.0.0';
let sigstore: PrivateSigstore;
let foreign: PrivateSigstore;
let token: string;
let counter = 0;

beforeAll(async () => {
  [sigstore, foreign] = await Promise.all([startPrivateSigstore(), startPrivateSigstore()]);
  await saveTrustRoot({ name: 'test', kind: 'custom', json: sigstore.trustedRoot, source: 'test' });
  const admin = await createUser('Admin', { isInstanceAdmin: true });
  await createPublisher({ viewer: admin, slug: 'acme', displayName: 'Acme' });
  const viewer = await viewerOf(admin.id);
  await claimNamespace({ viewer, publisherSlug: 'acme', namespace: 'io.github.acme' });
  ({ token } = await issuePublishToken({ viewer, publisherSlug: 'acme', name: 'ci', expiresInDays: 1 }));
  const identity = { kind: 'uri' as const, issuer: GITHUB_ISSUER, san: SAN };
  await addSignerIdentity({ viewer, publisherSlug: 'acme', identity });
});
afterAll(() => Promise.all([sigstore.close(), foreign.close()]));

const manifest = () => Buffer.from(JSON.stringify(manifestOf(NAME, `1.0.${counter++}`), null, 2));
const versionOf = (bytes: Buffer) => JSON.parse(bytes.toString()).version as string;
const pathOf = (bytes: Buffer) => `/api/v1/servers/${encodeURIComponent(NAME)}/versions/${versionOf(bytes)}/signatures`;

async function call(method: string, path: string, body?: string) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await handleApi(new Request(`http://localhost${path}`, { method, headers, body: body ?? null }));
  const text = await response!.text();
  return { status: response!.status, headers: response!.headers, body: text === '' ? null : JSON.parse(text) };
}

const publish = (bytes: Buffer, bundle?: unknown) =>
  call('POST', '/api/v1/publish', JSON.stringify({ manifest: bytes.toString('base64'), bundle }));
const attach = (bytes: Buffer, bundle: unknown) => call('POST', pathOf(bytes), JSON.stringify({ bundle }));
const sign = (
  manifestBytes: Buffer,
  { by = gitHubToken(), at = sigstore, form = 'message' as 'message' | 'dsse' } = {},
) => signManifest({ manifestBytes, form, sigstore: at.services(), identityToken: by });

/** A bundle that proves nothing about `bytes`, with the code that says why. */
type Bad = [string, SigningErrorCode, (bytes: Buffer) => Promise<unknown> | unknown];
const BAD_BUNDLES: Bad[] = [
  ['valid for other bytes', 'SUBJECT_MISMATCH', () => sign(manifest())],
  [
    'valid for the same manifest formatted anew',
    'SUBJECT_MISMATCH',
    (b) => sign(Buffer.from(JSON.stringify(JSON.parse(b.toString())))),
  ],
  ['a statement about something else', 'SUBJECT_MISMATCH', () => sign(manifest(), { form: 'dsse' })],
  [
    'a statement without a digest',
    'SUBJECT_MISMATCH',
    () => signPayload(sigstore, { payload: statementAbout('', { subject: [{ digest: {} }] }), token: gitHubToken() }),
  ],
  ['of a Sigstore that nobody trusts', 'NO_TRUSTED_ROOT', (b) => sign(b, { at: foreign })],
  [
    'by a bare key',
    'KEY_NOT_SUPPORTED',
    (data) => signWithKey(sigstore, { data, keys: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }) }),
  ],
  ['without its signature', 'SIGNATURE_INVALID', async (b) => ({ ...(await sign(b)), messageSignature: {} })],
  [
    'of a version from the future',
    'BUNDLE_UNSUPPORTED',
    async (b) => ({ ...(await sign(b)), mediaType: 'application/vnd.dev.sigstore.bundle.v9+json' }),
  ],
  ['with nothing in it', 'BUNDLE_MALFORMED', () => ({})],
];

describe('a bundle along with a publication', () => {
  it.each(BAD_BUNDLES)('that is %s refuses it with %s', async (_, code, make) => {
    const bytes = manifest();
    const answer = await publish(bytes, await make(bytes));
    expect(answer).toMatchObject({ status: 400, body: { code: 'SIGNATURE_REFUSED', signature: code } });
    expect(await db().version.count({ where: { serverName: NAME, version: versionOf(bytes) } })).toBe(0);
  });

  it('larger than the limit refuses it', async () => {
    const answer = await publish(manifest(), { padding: 'x'.repeat(BUNDLE_MAX_BYTES) });
    expect(answer).toMatchObject({ status: 400, body: { signature: 'BUNDLE_TOO_LARGE' } });
  });
});

describe('a bundle added afterwards', () => {
  it.each(BAD_BUNDLES)('that is %s is kept as invalid with %s', async (_, code, make) => {
    const bytes = manifest();
    await publish(bytes);
    const answer = await attach(bytes, await make(bytes));
    expect(answer).toMatchObject({ status: 200, body: { signatureState: 'invalid', result: { ok: false, code } } });
  });

  it('whose name only contains a bound one is valid, and its signer unknown', async () => {
    const bytes = manifest();
    await publish(bytes);
    const containing = [gitHubToken({ ref: 'refs/tags/v1.0.0-rc1' }), gitHubToken({ ref: 'refs/tags/v1.0.0/x' })];
    for (const by of containing) {
      expect(await attach(bytes, await sign(bytes, { by }))).toMatchObject({
        body: { signatureState: 'unknown_signer', result: { ok: true } },
      });
    }
    const { body } = await call('GET', pathOf(bytes));
    expect(
      body.signatures.map(({ isBound, signer }: never) => [isBound, (signer as { san: string }).san.startsWith(SAN)]),
    ).toEqual([
      [false, true],
      [false, true],
    ]);
  });

  it.each([
    [
      'larger than the limit',
      413,
      'TOO_LARGE',
      (text: string) => text.replace('{', `{"padding":"${'x'.repeat(BUNDLE_MAX_BYTES)}",`),
    ],
    ['with duplicate keys', 400, 'BAD_REQUEST', (text: string) => text.replace('{', '{"mediaType":"",')],
    [
      'nested deeply',
      400,
      'BAD_REQUEST',
      (text: string) => text.replace('{', `{"deep":${'['.repeat(5000)}${']'.repeat(5000)},`),
    ],
    ['with half a surrogate', 400, 'BAD_REQUEST', (text: string) => text.replace('{', '{"x":"\\ud800",')],
    ['that is no object', 422, 'UNPROCESSABLE', () => '[]'],
  ])('%s is refused and not kept', async (_, status, code, spoil) => {
    const bytes = manifest();
    await publish(bytes);
    const answer = await call('POST', pathOf(bytes), `{"bundle":${spoil(JSON.stringify(await sign(bytes)))}}`);
    expect(answer).toMatchObject({ status, body: { code } });
    expect((await call('GET', pathOf(bytes))).body.signatures).toEqual([]);
  });

  it(`is one of at most ${MAX_SIGNATURES}; the same one again takes no place`, async () => {
    const bytes = manifest();
    await publish(bytes);
    const bundles = Array.from({ length: MAX_SIGNATURES }, (_, i) => ({ number: i }));
    for (const bundle of bundles) expect((await attach(bytes, bundle)).status).toBe(200);
    expect(await attach(bytes, { number: 'one more' })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    expect((await attach(bytes, bundles[0])).status).toBe(200);
    expect(await db().signature.count({ where: { version: { version: versionOf(bytes), serverName: NAME } } })).toBe(
      20,
    );
  });

  it('does not let two at once take the last place', async () => {
    const bytes = manifest();
    await publish(bytes);
    for (let i = 1; i < MAX_SIGNATURES; i++) await attach(bytes, { number: i });
    const answers = await Promise.all(['a', 'b', 'c'].map((letter) => attach(bytes, { letter })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });
});

describe('GET /api/v1/servers/{name}/versions/{version}/signatures', () => {
  it('gives what somebody needs to check for themselves, and what each fact proves', async () => {
    const bytes = manifest();
    await publish(bytes, await sign(bytes, { form: 'dsse' }));
    await attach(bytes, await sign(bytes, { by: emailToken({ email: 'alice@example.com' }) }));
    const { status, body } = await call('GET', pathOf(bytes));
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: NAME, version: versionOf(bytes), signatureState: 'signed' });

    const manifestBytes = Buffer.from(body.manifest, 'base64');
    expect(manifestBytes.equals(bytes)).toBe(true);
    expect(body.signatures.map(({ isBound }: { isBound: boolean }) => isBound).sort()).toEqual([false, true]);
    for (const { bundle, proves } of body.signatures) {
      const question = { bundle, manifestBytes, digests: body, namespace: 'io.github.acme' };
      expect(verifyManifestBundle({ ...question, roots: [sigstore.trustRoot] })).toMatchObject({ ok: true });
      expect(proves.map(({ fact }: { fact: string }) => fact)).toContain('Log entry');
    }
  });

  it('is open to everybody', async () => {
    const bytes = manifest();
    await publish(bytes);
    const response = await handleApi(new Request(`http://localhost${pathOf(bytes)}`));
    expect(response?.status).toBe(200);
    expect(await response?.json()).toMatchObject({
      signatureState: 'none',
      signatures: [],
    });
  });

  it('knows neither other servers nor other methods', async () => {
    expect(await call('GET', '/api/v1/servers/io.github.acme%2Fnone/versions/1.0.0/signatures')).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    const answer = await call('DELETE', '/api/v1/servers/io.github.acme%2Fnone/versions/1.0.0/signatures');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, POST');
  });
});
