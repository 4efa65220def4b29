import { createHash, generateKeyPairSync } from 'node:crypto';
import { bundleToJSON, type SerializedBundle } from '@sigstore/bundle';
import { FulcioSigner, MessageSignatureBundleBuilder, RekorWitness } from '@sigstore/sign';
import { afterAll, beforeAll, test } from 'vitest';
import { signManifest } from '#lib/signing/sign-manifest.ts';
import type { SigningErrorCode } from '#lib/signing/types.ts';
import { gitHubToken, type PrivateSigstore, startPrivateSigstore } from '#tests/fixtures/sigstore/private-sigstore.ts';
import { statementAbout } from '#tests/fixtures/sigstore/sign-payload.ts';
import { changed, digestsOf, expectRefusal, flip, type Json, MANIFEST, verify } from './signing-kit.ts';

/** Honest bundles of the manifest with one part changed, taken out, doubled or exchanged. */

type Name = 'v1' | 'v2' | 'stamped' | 'dsse' | 'mallory';
let sigstore: PrivateSigstore;
let bundles: Record<Name, SerializedBundle>;

beforeAll(async () => {
  sigstore = await startPrivateSigstore();
  const sign = (form: 'message' | 'dsse', services = sigstore.services(), identityToken = gitHubToken()) =>
    signManifest({ manifestBytes: MANIFEST, form, sigstore: services, identityToken });
  const [v1, v2, stamped, dsse, mallory] = await Promise.all([
    sign('message'),
    sign('message', sigstore.services({ rekorVersion: 2 })),
    sign('message', sigstore.services({ tsa: true })),
    sign('dsse'),
    sign('message', sigstore.services(), gitHubToken({ repository: 'mallory/weather' })),
  ]);
  bundles = { v1, v2, stamped, dsse, mallory };
});
afterAll(() => sigstore.close());

type Case = { what: string; change: (parts: Parts) => void; code: SigningErrorCode; sentence: RegExp };
/** The parts of a copied bundle that the tables reach for. */
type Parts = {
  bundle: Json;
  material: Json;
  entry: Json;
  proof: Json;
  stamps: Json;
  mallory: SerializedBundle;
  others: typeof bundles;
};

function partsOf(bundle: Json): Parts {
  const material = bundle.verificationMaterial;
  const [entry] = material.tlogEntries;
  const stamps = material.timestampVerificationData?.rfc3161Timestamps;
  return { bundle, material, entry, proof: entry.inclusionProof, stamps, mallory: bundles.mallory, others: bundles };
}

function refused(name: Name, { change, code, sentence }: Case): void {
  const bundle = changed(bundles[name], (copy) => change(partsOf(copy)));
  expectRefusal(verify(bundle, [sigstore.trustRoot]), code, sentence);
}

test.each<Case>([
  {
    what: 'the signature of another bundle',
    change: ({ bundle, mallory }) =>
      Object.assign(bundle.messageSignature, { signature: mallory.messageSignature?.signature }),
    code: 'TLOG_INVALID',
    sentence: /another signature/,
  },
  {
    what: 'the certificate of another bundle',
    change: ({ material, mallory }) =>
      Object.assign(material, { x509CertificateChain: mallory.verificationMaterial.x509CertificateChain }),
    code: 'SIGNATURE_INVALID',
    sentence: /changed after signing/,
  },
  {
    what: 'the log entry of another bundle',
    change: ({ material, mallory }) =>
      Object.assign(material, { tlogEntries: mallory.verificationMaterial.tlogEntries }),
    code: 'TLOG_INVALID',
    sentence: /another signature/,
  },
  {
    what: 'one bit of the certificate',
    change: ({ material: { x509CertificateChain: chain } }) => {
      chain.certificates[0].rawBytes = flip(chain.certificates[0].rawBytes);
    },
    code: 'NO_TRUSTED_ROOT',
    sentence: /private fulcio/,
  },
  {
    what: 'a certificate of garbage',
    change: ({ material }) => Object.assign(material.x509CertificateChain.certificates[0], { rawBytes: 'AAAA' }),
    code: 'CERTIFICATE_INVALID',
    sentence: /cannot be read/,
  },
  {
    what: 'a bare key in place of the certificate',
    change: ({ material }) => Object.assign(material, { x509CertificateChain: undefined, publicKey: { hint: 'mine' } }),
    code: 'KEY_NOT_SUPPORTED',
    sentence: /bare key/,
  },
  {
    what: 'a bare key beside the certificate',
    change: ({ material }) => Object.assign(material, { publicKey: { hint: 'mine' } }),
    code: 'BUNDLE_MALFORMED',
    sentence: /exactly one of/,
  },
  {
    what: 'a digest of another algorithm',
    change: ({ bundle }) => {
      const digest = createHash('sha512').update(MANIFEST).digest('base64');
      bundle.messageSignature.messageDigest = { algorithm: 'SHA2_512', digest };
    },
    code: 'TLOG_INVALID',
    sentence: /another signature or content/,
  },
  {
    what: 'a digest algorithm that nobody uses',
    change: ({ bundle }) => Object.assign(bundle.messageSignature.messageDigest, { algorithm: 'SHA3_256' }),
    code: 'BUNDLE_UNSUPPORTED',
    sentence: /SHA-256/,
  },
  {
    what: 'an empty signature',
    change: ({ bundle }) => Object.assign(bundle.messageSignature, { signature: '' }),
    code: 'SIGNATURE_INVALID',
    sentence: /no signature/,
  },
  {
    what: 'no signature',
    change: ({ bundle }) => Object.assign(bundle.messageSignature, { signature: undefined }),
    code: 'SIGNATURE_INVALID',
    sentence: /no signature/,
  },
  {
    what: 'an empty list of log entries',
    change: ({ material }) => Object.assign(material, { tlogEntries: [] }),
    code: 'TLOG_INVALID',
    sentence: /the bundle has 0/,
  },
  {
    what: 'no list of log entries',
    change: ({ material }) => Object.assign(material, { tlogEntries: undefined }),
    code: 'TLOG_INVALID',
    sentence: /the bundle has 0/,
  },
  {
    what: 'the same log entry twice',
    change: ({ material, entry }) => material.tlogEntries.push(entry),
    code: 'TIMESTAMP_INVALID',
    sentence: /appears twice/,
  },
  {
    what: 'more log entries than anybody needs',
    change: ({ material, entry }) => Object.assign(material, { tlogEntries: Array(17).fill(entry) }),
    code: 'BUNDLE_MALFORMED',
    sentence: /at most 16/,
  },
  {
    what: 'no inclusion promise',
    change: ({ entry }) => Object.assign(entry, { inclusionPromise: undefined }),
    code: 'TIMESTAMP_INVALID',
    sentence: /the bundle has 0/,
  },
  {
    what: 'an edited inclusion promise',
    change: ({ entry: { inclusionPromise: promise } }) =>
      Object.assign(promise, { signedEntryTimestamp: flip(promise.signedEntryTimestamp) }),
    code: 'TLOG_INVALID',
    sentence: /was changed/,
  },
  {
    what: 'an edited integrated time',
    change: ({ entry }) => Object.assign(entry, { integratedTime: String(Number(entry.integratedTime) + 1) }),
    code: 'TLOG_INVALID',
    sentence: /was changed/,
  },
  {
    what: 'an edited log index',
    change: ({ entry }) => Object.assign(entry, { logIndex: '1' }),
    code: 'TLOG_INVALID',
    sentence: /was changed/,
  },
  {
    what: 'no inclusion proof',
    change: ({ entry }) => Object.assign(entry, { inclusionProof: undefined }),
    code: 'BUNDLE_MALFORMED',
    sentence: /inclusionProof/,
  },
])('message bundle with $what', (attack) => refused('v1', attack));

test.each<Case>([
  {
    what: 'an edited checkpoint',
    change: ({ proof: { checkpoint } }) =>
      Object.assign(checkpoint, { envelope: checkpoint.envelope.replace(/\n\d+\n/, '\n99\n') }),
    code: 'TLOG_INVALID',
    sentence: /was changed/,
  },
  {
    what: 'an edited path to the root',
    change: ({ proof }) => Object.assign(proof, { hashes: [flip(proof.hashes[0]), ...proof.hashes.slice(1)] }),
    code: 'TLOG_INVALID',
    sentence: /was changed/,
  },
  {
    what: 'another index in the proof',
    change: ({ proof }) => Object.assign(proof, { logIndex: '0' }),
    code: 'TLOG_INVALID',
    sentence: /was changed/,
  },
  {
    what: 'the id of another log',
    change: ({ entry, others }) =>
      Object.assign(entry, { logId: others.v1.verificationMaterial.tlogEntries[0]?.logId }),
    code: 'TLOG_INVALID',
    sentence: /was changed/,
  },
  {
    what: 'the same log entry under two indices',
    change: ({ material, entry }) => material.tlogEntries.push({ ...entry, logIndex: '77' }),
    code: 'TLOG_INVALID',
    sentence: /appears twice/,
  },
  {
    what: 'no timestamp',
    change: ({ material }) => Object.assign(material, { timestampVerificationData: undefined }),
    code: 'TIMESTAMP_INVALID',
    sentence: /the bundle has 0/,
  },
  {
    what: 'the timestamp of another signature',
    change: ({ material, others }) =>
      Object.assign(material, {
        timestampVerificationData: others.stamped.verificationMaterial.timestampVerificationData,
      }),
    code: 'TIMESTAMP_INVALID',
    sentence: /another signature/,
  },
  {
    what: 'the same timestamp twice',
    change: ({ stamps }) => stamps.push(stamps[0]),
    code: 'TIMESTAMP_INVALID',
    sentence: /twice/,
  },
  {
    what: 'one bit of the timestamp',
    change: ({ stamps: [stamp] }) => Object.assign(stamp, { signedTimestamp: flip(stamp.signedTimestamp) }),
    code: 'TIMESTAMP_INVALID',
    sentence: /was changed/,
  },
  {
    what: 'a timestamp of garbage',
    change: ({ stamps: [stamp] }) => Object.assign(stamp, { signedTimestamp: 'AAAA' }),
    code: 'TIMESTAMP_INVALID',
    sentence: /cannot be read/,
  },
])('Rekor v2 bundle with $what', (attack) => refused('v2', attack));

test.each<Case>([
  {
    what: 'another statement',
    change: ({ bundle }) => {
      const statement = statementAbout(digestsOf(MANIFEST).manifestSha256);
      bundle.dsseEnvelope.payload = Buffer.from(JSON.stringify(statement)).toString('base64');
    },
    code: 'TLOG_INVALID',
    sentence: /another signature or content/,
  },
  {
    what: 'another payload type',
    change: ({ bundle }) => Object.assign(bundle.dsseEnvelope, { payloadType: 'text/plain' }),
    code: 'STATEMENT_MALFORMED',
    sentence: /payloadType/,
  },
  {
    what: 'its signatures stripped',
    change: ({ bundle }) => Object.assign(bundle.dsseEnvelope, { signatures: [] }),
    code: 'SIGNATURE_INVALID',
    sentence: /no signature/,
  },
  {
    what: 'no list of signatures',
    change: ({ bundle }) => Object.assign(bundle.dsseEnvelope, { signatures: undefined }),
    code: 'SIGNATURE_INVALID',
    sentence: /no signature/,
  },
  {
    what: 'an empty signature under a key id',
    change: ({ bundle }) => Object.assign(bundle.dsseEnvelope, { signatures: [{ sig: '', keyid: 'trusted' }] }),
    code: 'SIGNATURE_INVALID',
    sentence: /no signature/,
  },
  {
    what: 'a second signature',
    change: ({ bundle }) => bundle.dsseEnvelope.signatures.push({ sig: 'AAAA' }),
    code: 'BUNDLE_UNSUPPORTED',
    sentence: /2 signatures/,
  },
  {
    what: 'a message signature beside the envelope',
    change: ({ bundle, others }) => Object.assign(bundle, { messageSignature: others.v1.messageSignature }),
    code: 'BUNDLE_MALFORMED',
    sentence: /messageSignature and dsseEnvelope/,
  },
])('statement bundle with $what', (attack) => refused('dsse', attack));

test('a log entry that names a bare key, so that the log does not show who signed', async () => {
  const { fulcioURL, rekorURL } = sigstore.services();
  const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ type: 'spki', format: 'pem' });
  const rekor = new RekorWitness({ rekorBaseURL: rekorURL });
  const builder = new MessageSignatureBundleBuilder({
    signer: new FulcioSigner({ fulcioBaseURL: fulcioURL, identityProvider: { getToken: async () => gitHubToken() } }),
    witnesses: [{ testify: (content) => rekor.testify(content, key.toString()) }],
  });
  const bundle = bundleToJSON(await builder.create({ data: MANIFEST }));
  expectRefusal(verify(bundle, [sigstore.trustRoot]), 'TLOG_INVALID', /another certificate/);
});
