import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SigningError } from '#lib/signing/errors.ts';
import { TRUSTED_ROOT_MAX_BYTES } from '#lib/signing/limits.ts';
import { trustMaterialOf } from '#lib/signing/trust-material.ts';
import { parseTrustRoot, publicGoodRoot } from '#lib/signing/trust-roots.ts';
import type { TrustRoot, TrustThresholds } from '#lib/signing/types.ts';
import { type PrivateSigstore, startPrivateSigstore } from '#tests/fixtures/sigstore/private-sigstore.ts';
import { changed, type Json } from './signing-kit.ts';

let sigstore: PrivateSigstore;
beforeAll(async () => {
  sigstore = await startPrivateSigstore();
});
afterAll(() => sigstore.close());

describe('the public-good root', () => {
  test('comes with the program: both generations of the log, Fulcio, certificate logs and a timestamp authority', () => {
    const root = publicGoodRoot();
    expect(root).toMatchObject({
      name: 'public-good',
      kind: 'public-good',
      thresholds: { tlog: 1, ctlog: 1, timestamp: 1 },
    });
    expect(root).not.toHaveProperty('namespaces');

    const { tlogs, ctlogs, certificateAuthorities, timestampAuthorities } = trustMaterialOf(root.trustedRoot);
    expect(tlogs.map(({ baseURL }) => baseURL)).toEqual(
      expect.arrayContaining([
        'https://rekor.sigstore.dev',
        expect.stringMatching(/^https:\/\/log\d+-\d+\.rekor\.sigstore\.dev$/),
      ]),
    );
    for (const part of [ctlogs, certificateAuthorities, timestampAuthorities]) expect(part.length).toBeGreaterThan(0);
  });

  test('does not know a private authority', () => {
    const own = trustMaterialOf(sigstore.trustedRoot).certificateAuthorities[0]?.certChain[0];
    const known = trustMaterialOf(publicGoodRoot().trustedRoot).certificateAuthorities.flatMap(
      ({ certChain }) => certChain,
    );
    expect(known.some((certificate) => own && certificate.equals(own))).toBe(false);
  });
});

describe('a root from a file', () => {
  test.each<[TrustRoot['kind'], TrustThresholds]>([
    ['public-good', { tlog: 1, ctlog: 1, timestamp: 1 }],
    ['github', { tlog: 0, ctlog: 0, timestamp: 1 }],
    ['custom', { tlog: 1, ctlog: 1, timestamp: 1 }],
  ])('of kind %s has its thresholds', (kind, thresholds) => {
    expect(parse({ kind }).thresholds).toEqual(thresholds);
  });

  test('keeps its own thresholds and namespaces', () => {
    const own = { thresholds: { tlog: 2, ctlog: 0, timestamp: 1 }, namespaces: ['com.example'] };
    expect(parse(own)).toMatchObject(own);
  });

  test('is the same as text and as parsed JSON', () => {
    expect(parse({ json: JSON.stringify(sigstore.trustedRoot) })).toEqual(parse({}));
  });

  test('of GitHub needs neither transparency log nor certificate log', () => {
    const json = edited((root) => Object.assign(root, { tlogs: undefined, ctlogs: [] }));
    expect(parse({ kind: 'github', json })).toMatchObject({ kind: 'github' });
  });

  test.each<{ what: string; input: () => Partial<Parameters<typeof parseTrustRoot>[0]>; sentence: RegExp }>([
    { what: 'no JSON', input: () => ({ json: '{' }), sentence: /not JSON/ },
    { what: 'an empty file', input: () => ({ json: '' }), sentence: /not JSON/ },
    { what: 'several roots in a file', input: () => ({ json: '{"a":1}\n{"a":2}' }), sentence: /one root at a time/ },
    { what: 'too much', input: () => ({ json: ' '.repeat(TRUSTED_ROOT_MAX_BYTES + 1) }), sentence: /1024 KiB/ },
    { what: 'null', input: () => ({ json: null }), sentence: /expected object/ },
    { what: 'a list', input: () => ({ json: [] }), sentence: /expected object/ },
    { what: 'another document', input: () => ({ json: { mediaType: 'text/plain' } }), sentence: /mediaType/ },
    {
      what: 'no authority',
      input: () => json((root) => Object.assign(root, { certificateAuthorities: [] })),
      sentence: /certificate authority/,
    },
    {
      what: 'an authority without certificates',
      input: () => json((root) => Object.assign(root.certificateAuthorities[0].certChain, { certificates: [] })),
      sentence: /certificates/,
    },
    {
      what: 'a certificate of garbage',
      input: () =>
        json((root) => Object.assign(root.certificateAuthorities[0].certChain.certificates[0], { rawBytes: 'AAAA' })),
      sentence: /cannot be read/,
    },
    {
      what: 'no transparency log',
      input: () => json((root) => Object.assign(root, { tlogs: [] })),
      sentence: /names no transparency log/,
    },
    {
      what: 'no certificate log',
      input: () => json((root) => Object.assign(root, { ctlogs: undefined })),
      sentence: /names no certificate log/,
    },
    {
      what: 'nobody who proves a time',
      input: () => ({
        kind: 'github',
        ...json((root) => Object.assign(root, { tlogs: [], timestampAuthorities: [] })),
      }),
      sentence: /no time can be proven/,
    },
    {
      what: 'a log key without validity',
      input: () => json((root) => Object.assign(root.tlogs[0].publicKey, { validFor: undefined })),
      sentence: /tlogs\.0\.publicKey\.validFor: a log key needs the start/,
    },
    {
      what: 'a log key without start',
      input: () =>
        json((root) => Object.assign(root.tlogs[1].publicKey, { validFor: { end: '2030-01-01T00:00:00Z' } })),
      sentence: /tlogs\.1.*start/,
    },
    {
      what: 'a log key with start null',
      input: () => json((root) => Object.assign(root.ctlogs[0].publicKey, { validFor: { start: null } })),
      sentence: /ctlogs\.0.*start/,
    },
    {
      what: 'a log key with an impossible start',
      input: () => json((root) => Object.assign(root.ctlogs[0].publicKey, { validFor: { start: 'long ago' } })),
      sentence: /ctlogs\.0.*start/,
    },
    {
      what: 'a log key of garbage',
      input: () => json((root) => Object.assign(root.tlogs[0].publicKey, { rawBytes: 'AAAA' })),
      sentence: /cannot be read/,
    },
    {
      what: 'a key of an unknown kind',
      input: () => json((root) => Object.assign(root.tlogs[0].publicKey, { keyDetails: 'ROT13' })),
      sentence: /cannot be read/,
    },
    {
      what: 'a log without id',
      input: () => json((root) => Object.assign(root.tlogs[0], { logId: undefined })),
      sentence: /logId/,
    },
    {
      what: 'a negative threshold',
      input: () => ({ thresholds: { tlog: -1, ctlog: 1, timestamp: 1 } }),
      sentence: /thresholds\.tlog/,
    },
    {
      what: 'no proof of time',
      input: () => ({ thresholds: { tlog: 1, ctlog: 1, timestamp: 0 } }),
      sentence: /thresholds\.timestamp/,
    },
    {
      what: 'half a threshold',
      input: () => ({ thresholds: { tlog: 0.5, ctlog: 1, timestamp: 1 } }),
      sentence: /thresholds\.tlog/,
    },
    { what: 'no name', input: () => ({ name: '' }), sentence: /name: must be/ },
    { what: 'a name with a line break', input: () => ({ name: 'a\nb' }), sentence: /name: must be/ },
    { what: 'an empty list of namespaces', input: () => ({ namespaces: [] }), sentence: /leave it out/ },
  ])('with $what is refused', ({ input, sentence }) => {
    const error = thrown(() => parse(input()));
    expect(error).toBeInstanceOf(SigningError);
    expect(error).toMatchObject({ code: 'ROOT_MALFORMED', message: expect.stringMatching(sentence) });
  });
});

function parse(input: Partial<Parameters<typeof parseTrustRoot>[0]>): TrustRoot {
  return parseTrustRoot({ name: 'acme', kind: 'custom', json: sigstore.trustedRoot, ...input });
}

function edited(change: (root: Json) => void): object {
  return changed(sigstore.trustedRoot, change);
}

function json(change: (root: Json) => void): { json: object } {
  return { json: edited(change) };
}

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return null;
}
