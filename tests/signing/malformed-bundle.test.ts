import { expect, test } from 'vitest';
import { BUNDLE_MAX_BYTES } from '#lib/signing/limits.ts';
import { publicGoodRoot } from '#lib/signing/trust-roots.ts';
import type { SigningErrorCode } from '#lib/signing/types.ts';
import { verifyManifestBundle } from '#lib/signing/verify-bundle.ts';
import { digestsOf, expectRefusal, MANIFEST, verify } from './signing-kit.ts';

const V3 = 'application/vnd.dev.sigstore.bundle.v0.3+json';

test.each<{ what: string; bytes: string | Buffer; code: SigningErrorCode; sentence: RegExp }>([
  { what: 'nothing', bytes: '', code: 'BUNDLE_MALFORMED', sentence: /not readable JSON/ },
  { what: 'text', bytes: 'hello', code: 'BUNDLE_MALFORMED', sentence: /not readable JSON/ },
  { what: 'half a document', bytes: `{"mediaType":"${V3}"`, code: 'BUNDLE_MALFORMED', sentence: /not readable JSON/ },
  {
    what: 'other bytes than UTF-8',
    bytes: Buffer.from([0x22, 0xff, 0x22]),
    code: 'BUNDLE_MALFORMED',
    sentence: /not readable JSON/,
  },
  { what: 'null', bytes: 'null', code: 'BUNDLE_MALFORMED', sentence: /this is null/ },
  { what: 'a list', bytes: '[]', code: 'BUNDLE_MALFORMED', sentence: /this is a list/ },
  { what: 'a number', bytes: '7', code: 'BUNDLE_MALFORMED', sentence: /this is a number/ },
  {
    what: 'a thousand levels',
    bytes: '['.repeat(1000) + ']'.repeat(1000),
    code: 'BUNDLE_MALFORMED',
    sentence: /nesting/,
  },
  {
    what: 'a member twice',
    bytes: '{"mediaType":"a","mediaType":"b"}',
    code: 'BUNDLE_MALFORMED',
    sentence: /appears again/,
  },
  { what: 'several documents', bytes: '{"a":1}\n{"a":2}\n', code: 'BUNDLE_MALFORMED', sentence: /send one bundle/ },
  { what: 'no media type', bytes: '{}', code: 'BUNDLE_MALFORMED', sentence: /no mediaType/ },
  {
    what: 'a media type that is no text',
    bytes: '{"mediaType":3}',
    code: 'BUNDLE_MALFORMED',
    sentence: /no mediaType/,
  },
  {
    what: 'a newer version',
    bytes: '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.4+json"}',
    code: 'BUNDLE_UNSUPPORTED',
    sentence: /v0\.4/,
  },
  { what: 'more behind the version', bytes: `{"mediaType":"${V3};x"}`, code: 'BUNDLE_UNSUPPORTED', sentence: /;x/ },
  {
    what: "cosign's old format",
    bytes: '{"base64Signature":"AA","cert":"AA","rekorBundle":{}}',
    code: 'BUNDLE_UNSUPPORTED',
    sentence: /cosign/,
  },
  {
    what: 'only a media type',
    bytes: `{"mediaType":"${V3}"}`,
    code: 'BUNDLE_MALFORMED',
    sentence: /verificationMaterial: /,
  },
  { what: 'no key', bytes: bundle({}, { messageSignature: {} }), code: 'BUNDLE_MALFORMED', sentence: /found none/ },
  {
    what: 'no content',
    bytes: bundle({ certificate: { rawBytes: 'AAAA' } }, {}),
    code: 'BUNDLE_MALFORMED',
    sentence: /found none/,
  },
  {
    what: 'no certificate in the chain',
    bytes: bundle({ x509CertificateChain: { certificates: [] } }, {}),
    code: 'BUNDLE_MALFORMED',
    sentence: /must not be empty/,
  },
  {
    what: 'an empty certificate',
    bytes: bundle({ certificate: { rawBytes: '' } }, {}),
    code: 'BUNDLE_MALFORMED',
    sentence: /must not be empty/,
  },
  {
    what: 'a certificate that is no base64',
    bytes: bundle({ certificate: { rawBytes: 'é' } }, {}),
    code: 'BUNDLE_MALFORMED',
    sentence: /base64/,
  },
  {
    what: 'a chain in v0.3',
    bytes: bundle({ x509CertificateChain: { certificates: [{ rawBytes: 'AAAA' }] } }, signed()),
    code: 'BUNDLE_MALFORMED',
    sentence: /fields/,
  },
  {
    what: 'an index that is no number',
    bytes: bundle({ certificate: { rawBytes: 'AAAA' }, tlogEntries: [{ logIndex: '1e9' }] }, signed()),
    code: 'BUNDLE_MALFORMED',
    sentence: /logIndex/,
  },
  {
    what: 'an inherited name',
    bytes: '{"mediaType":"__proto__","__proto__":{"mediaType":"x"}}',
    code: 'BUNDLE_UNSUPPORTED',
    sentence: /__proto__/,
  },
])('$what is refused as bytes', ({ bytes, code, sentence }) => {
  const result = verifyBytes(Buffer.from(bytes));
  expectRefusal(result, code, sentence);
  expect(result.bundleSha256).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ['undefined', undefined],
  ['null', null],
  ['a text', 'bundle'],
  ['a list', [[]]],
  ['a function', () => ({})],
  ['deep nesting', nested(100_000)],
  ['a circle', circle()],
  ['a big integer', { mediaType: 1n }],
])('%s is refused as a parsed bundle', (_name, parsed) => {
  expectRefusal(verify(parsed, [publicGoodRoot()]), 'BUNDLE_MALFORMED', /bundle/i);
});

test('a bundle of the greatest size is read, one byte more is not', () => {
  const padded = (size: number) => Buffer.from(`{"mediaType":"${V3}"}`.padEnd(size));
  expectRefusal(verifyBytes(padded(BUNDLE_MAX_BYTES)), 'BUNDLE_MALFORMED', /verificationMaterial/);
  expectRefusal(verifyBytes(padded(BUNDLE_MAX_BYTES + 1)), 'BUNDLE_TOO_LARGE', /262145 bytes/);
});

test('a parsed bundle is measured too', () => {
  expectRefusal(
    verify({ mediaType: V3, padding: 'x'.repeat(BUNDLE_MAX_BYTES) }, []),
    'BUNDLE_TOO_LARGE',
    /at most 262144/,
  );
});

function verifyBytes(bundleBytes: Uint8Array) {
  const roots = [publicGoodRoot()];
  return verifyManifestBundle({
    bundleBytes,
    manifestBytes: MANIFEST,
    digests: digestsOf(MANIFEST),
    namespace: 'x',
    roots,
  });
}

function bundle(verificationMaterial: object, content: object): string {
  return JSON.stringify({ mediaType: V3, verificationMaterial, ...content });
}

function signed(): object {
  return { messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: 'AAAA' }, signature: 'AAAA' } };
}

function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

function circle(): object {
  const value: { self?: object } = {};
  value.self = value;
  return value;
}
