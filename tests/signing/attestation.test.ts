import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pypiAttestationToBundle, SigningError, type SigningErrorCode, verifyAttestation } from '#lib/signing/index.ts';
import {
  gitHubToken,
  gitLabToken,
  type PrivateSigstore,
  startPrivateSigstore,
} from '../fixtures/sigstore/private-sigstore.ts';
import { signPayload, statementAbout } from '../fixtures/sigstore/sign-payload.ts';
import { changed, flip, type Json } from './signing-kit.ts';

const FILE = Buffer.from('a package, as the registry serves it');
const digestOf = (algorithm: 'sha256' | 'sha512', bytes = FILE) => ({
  algorithm,
  digest: createHash(algorithm).update(bytes).digest('hex'),
});
const SHA256 = digestOf('sha256');
const SHA512 = digestOf('sha512');
const PURL = 'pkg:npm/%40acme/weather@1.0.0';
const PROVENANCE = {
  subject: [{ name: PURL, digest: { sha512: SHA512.digest } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { buildDefinition: { buildType: 'https://actions.github.io/buildtypes/workflow/v1' } },
};
const PYPI = {
  subject: [{ name: 'weather-1.0.0.tar.gz', digest: { sha256: SHA256.digest } }],
  predicateType: 'https://docs.pypi.org/attestations/publish/v1',
  predicate: null,
};

let sigstore: PrivateSigstore;
let provenance: Json;
beforeAll(async () => {
  sigstore = await startPrivateSigstore();
  provenance = await signed(PROVENANCE);
});
afterAll(() => sigstore.close());

const signed = (changes: object, token = gitHubToken(), options: object = {}): Promise<Json> =>
  signPayload(sigstore, { payload: statementAbout('', changes), token, ...options });

describe('an attestation of a package', () => {
  test('npm provenance: who built it, and what the statement says', () => {
    const result = verifyAttestation({ bundle: provenance, subject: SHA512, roots: [sigstore.trustRoot] });
    expect(result).toMatchObject({
      ok: true,
      root: 'private-sigstore',
      subjectName: PURL,
      predicateType: PROVENANCE.predicateType,
      predicate: PROVENANCE.predicate,
      timeSource: 'log',
      logOrigin: sigstore.url,
      signer: { repository: 'https://github.com/acme/weather', repositoryId: '1001' },
    });
  });

  test.each<[string, () => Promise<Json>]>([
    ['statement v0.1', () => signed({ ...PROVENANCE, _type: 'https://in-toto.io/Statement/v0.1' })],
    ['Rekor v2', () => signed(PROVENANCE, undefined, { rekorVersion: 2, tsa: true })],
    [
      'among other subjects',
      () => signed({ ...PROVENANCE, subject: [{ digest: { sha256: 'ab' } }, ...PROVENANCE.subject] }),
    ],
  ])('%s is accepted', async (_, make) => {
    const result = verifyAttestation({ bundle: await make(), subject: SHA512, roots: [sigstore.trustRoot] });
    expect(result).toMatchObject({ ok: true });
  });

  test('the same digest under another algorithm is another subject', () => {
    const subject = { algorithm: 'sha256', digest: SHA512.digest } as const;
    const result = verifyAttestation({ bundle: provenance, subject, roots: [sigstore.trustRoot] });
    expect(result).toMatchObject({ ok: false, code: 'SUBJECT_MISMATCH' });
  });

  test.each<[string, SigningErrorCode, () => Promise<Json> | Json, object?]>([
    ['another file', 'SUBJECT_MISMATCH', () => provenance, { subject: digestOf('sha512', Buffer.from('other')) }],
    [
      'no digest asked for',
      'SUBJECT_MISMATCH',
      () => signed({ ...PROVENANCE, subject: [{ digest: { sha512: '' } }] }),
      { subject: { algorithm: 'sha512', digest: '' } },
    ],
    [
      'a digest that every object has',
      'SUBJECT_MISMATCH',
      () => signed({ ...PROVENANCE, subject: [{ digest: {} }] }),
      { subject: { algorithm: 'constructor', digest: 'x' } },
    ],
    [
      'a statement of another kind',
      'STATEMENT_MALFORMED',
      () => signed({ ...PROVENANCE, _type: 'https://in-toto.io/Statement/v9' }),
    ],
    [
      'an edited payload',
      'TLOG_INVALID',
      () => changed(provenance, (b) => (b.dsseEnvelope.payload = Buffer.from('{}').toString('base64'))),
    ],
    [
      'an edited signature',
      'TLOG_INVALID',
      () => changed(provenance, (b) => (b.dsseEnvelope.signatures[0].sig = flip(b.dsseEnvelope.signatures[0].sig))),
    ],
    [
      'a message signature',
      'BUNDLE_UNSUPPORTED',
      () =>
        changed(provenance, (b) => {
          delete b.dsseEnvelope;
          b.messageSignature = { messageDigest: { algorithm: 'SHA2_256', digest: 'YQ==' }, signature: 'YQ==' };
        }),
    ],
    ['no root at all', 'NO_TRUSTED_ROOT', () => provenance, { roots: [] }],
  ])('%s is refused with %s', async (_, code, make, changes = {}) => {
    const input = { bundle: await make(), subject: SHA512, roots: [sigstore.trustRoot], ...changes };
    expect(verifyAttestation(input)).toMatchObject({ ok: false, code });
  });

  test('a root that is bound to a namespace counts for that one only', () => {
    const roots = [{ ...sigstore.trustRoot, namespaces: ['com.acme'] }];
    const about = (namespace?: string) => verifyAttestation({ bundle: provenance, subject: SHA512, roots, namespace });
    expect(about('com.acme')).toMatchObject({ ok: true });
    expect(about('com.other')).toMatchObject({ ok: false, code: 'NO_TRUSTED_ROOT' });
    expect(about()).toMatchObject({ ok: false, code: 'NO_TRUSTED_ROOT' });
  });
});

describe('an attestation of PyPI', () => {
  /** What PyPI serves, made from the bundle that its publisher signed. */
  const attestationOf = ({ verificationMaterial: material, dsseEnvelope }: Json) => ({
    version: 1,
    verification_material: {
      certificate: material.certificate.rawBytes,
      transparency_entries: material.tlogEntries,
    },
    envelope: { statement: dsseEnvelope.payload, signature: dsseEnvelope.signatures[0].sig },
  });

  test.each([
    ['GitHub', gitHubToken(), 'https://github.com/acme/weather'],
    ['GitLab', gitLabToken(), 'https://gitlab.com/acme/tools/weather'],
  ])('published from %s is accepted', async (_, token, repository) => {
    const bundle = pypiAttestationToBundle(attestationOf(await signed(PYPI, token)));
    const result = verifyAttestation({ bundle, subject: SHA256, roots: [sigstore.trustRoot] });
    expect(result).toMatchObject({
      ok: true,
      subjectName: 'weather-1.0.0.tar.gz',
      predicate: null,
      signer: { repository },
    });
  });

  test.each<[string, unknown]>([
    ['nothing', null],
    ['another version', { version: 2 }],
    ['no envelope', { version: 1, verification_material: { certificate: '', transparency_entries: [] } }],
  ])('%s is no attestation', (_, attestation) => {
    expect(() => pypiAttestationToBundle(attestation)).toThrowError(SigningError);
  });

  test('is refused when its certificate was replaced', async () => {
    const [own, other] = [await signed(PYPI), await signed(PYPI, gitHubToken({ repository: 'mallory/weather' }))];
    const attestation = attestationOf(own);
    attestation.verification_material.certificate = other.verificationMaterial.certificate.rawBytes;
    const bundle = pypiAttestationToBundle(attestation);
    expect(verifyAttestation({ bundle, subject: SHA256, roots: [sigstore.trustRoot] })).toMatchObject({ ok: false });
  });
});
