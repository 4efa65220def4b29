import { describe, expect, test } from 'vitest';
import type { SigningErrorCode } from '#lib/signing/index.ts';
import { GOOGLE_ISSUER } from '#tests/fixtures/sigstore/private-sigstore.ts';
import { statementAbout } from '#tests/fixtures/sigstore/sign-payload.ts';
import { signWithKey } from '#tests/fixtures/sigstore/sign-with-key.ts';
import {
  ask,
  asVersion,
  bundles,
  client,
  conformanceKit,
  each,
  FILE,
  identity,
  type Made,
  OTHER_SHA256,
  type Question,
  releaseKeys,
  SAN,
  SHA256,
  sigstore,
  statement,
  write,
} from './conformance-kit.ts';
import { changed, flip, type Json } from './signing-kit.ts';

conformanceKit();

const ENDED = { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' };

describe('verify-bundle refuses', each, () => {
  type Refused = [string, SigningErrorCode, (made: Made) => Question | Promise<Question>];
  const edited =
    (name: keyof Made, change: (copy: Json) => void): Refused[2] =>
    (made) => ({ bundle: changed(made[name], change) });

  test.each<Refused>([
    ['other bytes', 'SUBJECT_MISMATCH', ({ message1 }) => ({ bundle: message1, target: 'other' })],
    ['another digest', 'SUBJECT_MISMATCH', ({ message1 }) => ({ bundle: message1, target: `sha256:${OTHER_SHA256}` })],
    ['a statement about other bytes', 'SUBJECT_MISMATCH', ({ dsse1 }) => ({ bundle: dsse1, target: 'other' })],
    [
      'a statement about another digest',
      'SUBJECT_MISMATCH',
      ({ dsse1 }) => ({ bundle: dsse1, target: `sha256:${OTHER_SHA256}` }),
    ],
    ['another identity', 'IDENTITY_MISMATCH', ({ mallory }) => ({ bundle: mallory })],
    [
      'an identity that only contains the expected one',
      'IDENTITY_MISMATCH',
      ({ message1 }) => ({ bundle: message1, who: identity('acme/weather') }),
    ],
    [
      'an expected identity that would match as a pattern',
      'IDENTITY_MISMATCH',
      ({ message1 }) => ({ bundle: message1, who: identity(SAN.replace('github.com', 'github.c.m')) }),
    ],
    [
      'an identity that the expected one begins with',
      'IDENTITY_MISMATCH',
      ({ message1 }) => ({ bundle: message1, who: identity(`${SAN}-rc1`) }),
    ],
    [
      'an identity in another case',
      'IDENTITY_MISMATCH',
      ({ message1 }) => ({ bundle: message1, who: identity(SAN.replace('acme', 'Acme')) }),
    ],
    ['an empty identity', 'IDENTITY_MISMATCH', ({ message1 }) => ({ bundle: message1, who: identity('') })],
    [
      'another issuer',
      'IDENTITY_MISMATCH',
      ({ message1 }) => ({ bundle: message1, who: identity(SAN, GOOGLE_ISSUER) }),
    ],
    ['a foreign Sigstore', 'NO_TRUSTED_ROOT', (made) => ({ bundle: made.foreign })],
    [
      'a private Sigstore under the public-good root',
      'NO_TRUSTED_ROOT',
      ({ message1 }) => ({ bundle: message1, root: null }),
    ],
    [
      'an edited message signature',
      'TLOG_INVALID',
      edited('message1', ({ messageSignature: m }) => {
        m.signature = flip(m.signature);
      }),
    ],
    [
      'the digest of the bundle edited along',
      'SUBJECT_MISMATCH',
      edited('message1', ({ messageSignature: m }) => {
        m.messageDigest.digest = flip(m.messageDigest.digest);
      }),
    ],
    [
      'an edited statement',
      'TLOG_INVALID',
      edited('dsse1', ({ dsseEnvelope: e }) => {
        e.payload = Buffer.from(
          JSON.stringify(statementAbout(SHA256, { predicateType: 'https://evil.example' })),
        ).toString('base64');
      }),
    ],
    [
      'an edited statement signature',
      'TLOG_INVALID',
      edited('dsse1', ({ dsseEnvelope: e }) => {
        e.signatures[0].sig = flip(e.signatures[0].sig);
      }),
    ],
    [
      'the certificate of somebody else',
      'SIGNATURE_INVALID',
      ({ message1, mallory }) => ({
        bundle: changed(message1, (copy) => {
          copy.verificationMaterial.x509CertificateChain = mallory.verificationMaterial.x509CertificateChain;
        }),
        who: identity(SAN.replace('acme', 'mallory')),
      }),
    ],
    [
      'no log entry',
      'TLOG_INVALID',
      edited('message2', ({ verificationMaterial: m }) => {
        m.tlogEntries = [];
      }),
    ],
    [
      'no inclusion proof where the version asks for one',
      'BUNDLE_MALFORMED',
      edited('message1', ({ verificationMaterial: m }) => {
        delete m.tlogEntries[0].inclusionProof;
      }),
    ],
    [
      'no inclusion promise where the version asks for one',
      'BUNDLE_MALFORMED',
      ({ message1 }) => ({
        bundle: changed(asVersion(message1, '0.1'), ({ verificationMaterial: m }) => {
          delete m.tlogEntries[0].inclusionPromise;
        }),
      }),
    ],
    [
      'neither inclusion promise nor timestamp',
      'TIMESTAMP_INVALID',
      edited('message1', ({ verificationMaterial: m }) => {
        delete m.tlogEntries[0].inclusionPromise;
      }),
    ],
    [
      'an edited inclusion promise',
      'TLOG_INVALID',
      edited('message1', ({ verificationMaterial: m }) => {
        const promise = m.tlogEntries[0].inclusionPromise;
        promise.signedEntryTimestamp = flip(promise.signedEntryTimestamp);
      }),
    ],
    [
      'an edited checkpoint',
      'TLOG_INVALID',
      edited('message2', ({ verificationMaterial: m }) => {
        const { checkpoint } = m.tlogEntries[0].inclusionProof;
        checkpoint.envelope = checkpoint.envelope.replace(/\n\d+\n/, '\n999\n');
      }),
    ],
    [
      'an edited inclusion proof',
      'TLOG_INVALID',
      edited('dsse2', ({ verificationMaterial: m }) => {
        const proof = m.tlogEntries[0].inclusionProof;
        proof.hashes[0] = flip(proof.hashes[0]);
      }),
    ],
    [
      'the log entry of another signature',
      'TLOG_INVALID',
      ({ message1, mallory }) => ({
        bundle: changed(message1, (copy) => {
          copy.verificationMaterial.tlogEntries = mallory.verificationMaterial.tlogEntries;
        }),
      }),
    ],
    [
      'the timestamp of another signature',
      'TIMESTAMP_INVALID',
      ({ message2, dsse2 }) => ({
        bundle: changed(message2, (copy) => {
          copy.verificationMaterial.timestampVerificationData = dsse2.verificationMaterial.timestampVerificationData;
        }),
      }),
    ],
    ['a signing time outside the certificate', 'CERTIFICATE_INVALID', ({ late }) => ({ bundle: late })],
    [
      'a statement of unknown type',
      'STATEMENT_MALFORMED',
      async () => ({
        bundle: await statement({}, statementAbout(SHA256, { _type: 'https://in-toto.io/Statement/v9' })),
      }),
    ],
    [
      'a statement without type',
      'STATEMENT_MALFORMED',
      async () => ({ bundle: await statement({}, statementAbout(SHA256, { _type: undefined })) }),
    ],
    [
      'a media type from the future',
      'BUNDLE_UNSUPPORTED',
      edited('message1', (copy) => {
        copy.mediaType = 'application/vnd.dev.sigstore.bundle.v0.4+json';
      }),
    ],
    [
      'duplicate keys',
      'BUNDLE_MALFORMED',
      ({ message1 }) => ({ bundle: JSON.stringify(message1).replace('{', '{"mediaType":"",') }),
    ],
    ['deep nesting', 'BUNDLE_MALFORMED', () => ({ bundle: '['.repeat(20_000) + ']'.repeat(20_000) })],
    [
      'more than 256 KiB',
      'BUNDLE_TOO_LARGE',
      ({ message1 }) => ({ bundle: `${JSON.stringify(message1)}${' '.repeat(256 * 1024)}` }),
    ],
    [
      'a bundle by a bare key where an identity is expected',
      'KEY_NOT_SUPPORTED',
      async () => ({ bundle: await signWithKey(sigstore, { data: FILE, keys: releaseKeys }) }),
    ],
    [
      'a bundle by a certificate where a key is expected',
      'KEY_NOT_SUPPORTED',
      ({ message1 }) => ({ bundle: message1, who: ['--key', 'key.pub'] }),
    ],
    [
      'another key',
      'SIGNATURE_INVALID',
      async () => ({
        bundle: await signWithKey(sigstore, { data: FILE, keys: releaseKeys }),
        who: ['--key', 'other.pub'],
      }),
    ],
    [
      'another key, by digest',
      'SIGNATURE_INVALID',
      async () => ({
        bundle: await signWithKey(sigstore, { data: FILE, keys: releaseKeys }),
        who: ['--key', 'other.pub'],
        target: `sha256:${SHA256}`,
      }),
    ],
    [
      'a key without log entry under a root that names logs',
      'TLOG_INVALID',
      async () => ({
        bundle: await signWithKey(sigstore, { data: FILE, keys: releaseKeys, isLogged: false }),
        who: ['--key', 'key.pub'],
      }),
    ],
  ])('%s', async (_, code, question) => {
    const outcome = await ask(await question(bundles));
    expect(outcome).toMatchObject({ code: 1 });
    expect(outcome.err).toContain(code);
  });

  test.each<[string, RegExp, (root: Json) => void]>([
    ['a log key without start of its validity', /validFor/, (root) => delete root.tlogs[0].publicKey.validFor.start],
    ['a certificate log key without validity', /validFor/, (root) => delete root.ctlogs[0].publicKey.validFor],
    ['no log', /log/, (root) => Object.assign(root, { tlogs: [] })],
    ['no certificate log', /SCT/, (root) => Object.assign(root, { ctlogs: [] })],
    ['a log whose validity ended', /log/, (root) => Object.assign(root.tlogs[0].publicKey, { validFor: ENDED })],
    [
      'an authority whose validity ended',
      /authority/,
      (root) => Object.assign(root.certificateAuthorities[0], { validFor: ENDED }),
    ],
    ['no authority', /no trust root/, (root) => Object.assign(root, { certificateAuthorities: [] })],
    ['an unknown media type', /mediaType/, (root) => Object.assign(root, { mediaType: 'x' })],
  ])('a root with %s', async (what, sentence, change) => {
    const root = write(`root ${what}.json`, JSON.stringify(changed(sigstore.trustedRoot, change)));
    const { code, err } = await ask({ bundle: bundles.message1, root });
    expect(code).toBe(1);
    expect(err).toMatch(sentence);
  });

  test.each<[string, string[]]>([
    ['no command', []],
    ['an unknown command', ['verify', '--bundle', 'b', 'artifact']],
    ['no artifact', ['verify-bundle', '--bundle', 'root.json', ...identity()]],
    ['two artifacts', ['verify-bundle', '--bundle', 'root.json', ...identity(), 'artifact', 'other']],
    ['no bundle', ['verify-bundle', ...identity(), 'artifact']],
    ['no identity', ['verify-bundle', '--bundle', 'root.json', 'artifact']],
    ['half an identity', ['verify-bundle', '--bundle', 'root.json', '--certificate-identity', SAN, 'artifact']],
    ['key and identity', ['verify-bundle', '--bundle', 'root.json', '--key', 'key.pub', ...identity(), 'artifact']],
    ['a key that is none', ['verify-bundle', '--bundle', 'root.json', '--key', 'no.pub', 'artifact']],
    ['a bundle that is not there', ['verify-bundle', '--bundle', 'nothing', ...identity(), 'artifact']],
    ['an unknown option', ['verify-bundle', '--bundle', 'root.json', '--offline', ...identity(), 'artifact']],
    ['half a digest', ['verify-bundle', '--bundle', 'root.json', ...identity(), `sha256:${SHA256.slice(1)}`]],
    ['staging without its root', ['verify-bundle', '--staging', '--bundle', 'root.json', ...identity(), 'artifact']],
  ])('a call with %s', async (_, args) => {
    const { code, err } = await client(...args);
    expect(code).toBe(1);
    expect(err).not.toMatch(/^\s+at /m);
  });
});
