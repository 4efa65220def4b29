import { createHash } from 'node:crypto';
import type { SerializedBundle } from '@sigstore/bundle';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signManifest } from '#lib/signing/sign-manifest.ts';
import type { SigningErrorCode } from '#lib/signing/types.ts';
import { verifyManifestBundle } from '#lib/signing/verify-bundle.ts';
import { gitHubToken, type PrivateSigstore, startPrivateSigstore } from '#tests/fixtures/sigstore/private-sigstore.ts';
import { signPayload, statementAbout } from '#tests/fixtures/sigstore/sign-payload.ts';
import { changed, digestsOf, expectRefusal, MANIFEST, OTHER_MANIFEST, verify } from './signing-kit.ts';

/** Honestly signed bundles that were made for something else than the manifest. */

let sigstore: PrivateSigstore;
let bundles: Record<'message' | 'dsse', SerializedBundle>;
const { manifestSha256, manifestJcsSha256 } = digestsOf(MANIFEST);

beforeAll(async () => {
  sigstore = await startPrivateSigstore();
  const sign = (form: 'message' | 'dsse') =>
    signManifest({ manifestBytes: MANIFEST, form, sigstore: sigstore.services(), identityToken: gitHubToken() });
  const [message, dsse] = await Promise.all([sign('message'), sign('dsse')]);
  bundles = { message, dsse };
});
afterAll(() => sigstore.close());

test.each(['message', 'dsse'] as const)('%s bundle of another manifest', (form) => {
  const result = verify(bundles[form], [sigstore.trustRoot], { manifestBytes: OTHER_MANIFEST });
  expectRefusal(result, 'SUBJECT_MISMATCH', new RegExp(digestsOf(OTHER_MANIFEST).manifestSha256));
});

test('edited bytes', () => {
  const manifestBytes = Buffer.from(MANIFEST.toString().replace('three', 'seven'));
  const result = verify(bundles.message, [sigstore.trustRoot], { manifestBytes });
  expectRefusal(result, 'SUBJECT_MISMATCH', /exactly as it is uploaded/);
});

test('edited bytes, and the digest in the bundle edited along', () => {
  const bundle = changed(bundles.message, (copy) => {
    copy.messageSignature.messageDigest.digest = createHash('sha256').update(OTHER_MANIFEST).digest('base64');
  });
  const result = verify(bundle, [sigstore.trustRoot], { manifestBytes: OTHER_MANIFEST });
  expectRefusal(result, 'TLOG_INVALID', /another signature or content/);
});

test('digests handed in that are not those of the bytes', () => {
  const result = verifyManifestBundle({
    bundle: bundles.message,
    manifestBytes: MANIFEST,
    digests: digestsOf(OTHER_MANIFEST),
    namespace: 'io.github.acme',
    roots: [sigstore.trustRoot],
  });
  expectRefusal(result, 'SUBJECT_MISMATCH', /not those of the manifest/);
});

const twoSubjects = `{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"ab"}}],
"subject":[{"digest":{"sha256":"${manifestSha256}"}}],"predicateType":"x"}`;

test.each<{ has: string; payload: string | object; code: SigningErrorCode; sentence: RegExp }>([
  { has: 'another digest', payload: about('ab'.repeat(32)), code: 'SUBJECT_MISMATCH', sentence: /sha256 abab/ },
  {
    has: 'a digest in upper case',
    payload: about(manifestSha256.toUpperCase()),
    code: 'SUBJECT_MISMATCH',
    sentence: /about/,
  },
  { has: 'half a digest', payload: about(manifestSha256.slice(0, 32)), code: 'SUBJECT_MISMATCH', sentence: /about/ },
  { has: 'an empty digest', payload: about(''), code: 'SUBJECT_MISMATCH', sentence: /about/ },
  {
    has: 'no sha256',
    payload: subject([{ digest: { sha512: manifestSha256 } }]),
    code: 'SUBJECT_MISMATCH',
    sentence: /no sha256/,
  },
  {
    has: 'the digest as a name',
    payload: subject([{ name: manifestJcsSha256, digest: {} }]),
    code: 'SUBJECT_MISMATCH',
    sentence: /no sha256/,
  },
  { has: 'no subject', payload: subject([]), code: 'STATEMENT_MALFORMED', sentence: /subject: must not be empty/ },
  {
    has: 'a subject that is no list',
    payload: subject(manifestSha256),
    code: 'STATEMENT_MALFORMED',
    sentence: /subject: /,
  },
  {
    has: 'a list as digest',
    payload: subject([{ digest: { sha256: [manifestSha256] } }]),
    code: 'STATEMENT_MALFORMED',
    sentence: /subject\.0/,
  },
  {
    has: 'two subject members',
    payload: twoSubjects,
    code: 'STATEMENT_MALFORMED',
    sentence: /"subject" appears again/,
  },
  {
    has: 'an old type',
    payload: changes({ _type: 'https://in-toto.io/Statement/v0.1' }),
    code: 'STATEMENT_MALFORMED',
    sentence: /v0\.1"/,
  },
  { has: 'no type', payload: changes({ _type: undefined }), code: 'STATEMENT_MALFORMED', sentence: /no _type/ },
  {
    has: 'no predicate type',
    payload: changes({ predicateType: undefined }),
    code: 'STATEMENT_MALFORMED',
    sentence: /predicateType/,
  },
  { has: 'no JSON', payload: 'hello', code: 'STATEMENT_MALFORMED', sentence: /not readable JSON/ },
  { has: 'null', payload: 'null', code: 'STATEMENT_MALFORMED', sentence: /no _type/ },
])('a signed statement that has $has', async ({ payload, code, sentence }) => {
  const bundle = await signPayload(sigstore, { payload, token: gitHubToken() });
  expectRefusal(verify(bundle, [sigstore.trustRoot]), code, sentence);
});

test('a payload type that is not in-toto, as signed and relabelled', async () => {
  const payload = about(manifestSha256);
  const bundle = await signPayload(sigstore, { payload, payloadType: 'text/plain', token: gitHubToken() });
  expectRefusal(verify(bundle, [sigstore.trustRoot]), 'STATEMENT_MALFORMED', /"text\/plain"/);

  const relabelled = changed(bundle, (copy) => {
    copy.dsseEnvelope.payloadType = 'application/vnd.in-toto+json';
  });
  expectRefusal(verify(relabelled, [sigstore.trustRoot]), 'SIGNATURE_INVALID', /changed after signing/);
});

test('the same statements with the right digest are accepted, so the table fails for its reasons', async () => {
  const bundle = await signPayload(sigstore, { payload: about(manifestSha256), token: gitHubToken() });
  expect(verify(bundle, [sigstore.trustRoot])).toMatchObject({ ok: true });
});

function about(sha256: string): object {
  return statementAbout(sha256);
}

function subject(value: unknown): object {
  return statementAbout('', { subject: value });
}

function changes(members: object): object {
  return statementAbout(manifestSha256, members);
}
