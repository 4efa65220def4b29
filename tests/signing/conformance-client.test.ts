import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GOOGLE_ISSUER, gitHubToken } from '#tests/fixtures/sigstore/private-sigstore.ts';
import { statementAbout } from '#tests/fixtures/sigstore/sign-payload.ts';
import { signWithKey } from '#tests/fixtures/sigstore/sign-with-key.ts';
import {
  ask,
  asVersion,
  at,
  bundles,
  client,
  conformanceKit,
  each,
  FILE,
  type Form,
  identity,
  largeKeys,
  OTHER_SHA256,
  releaseKeys,
  SHA256,
  sigstore,
  statement,
  TARGETS,
  type Version,
  write,
} from './conformance-kit.ts';

conformanceKit();

describe('verify-bundle accepts', each, () => {
  const layouts: [Form, 1 | 2, Version][] = [
    ...(['message', 'dsse'] as const).flatMap((form): [Form, 1 | 2, Version][] => [
      [form, 1, '0.1'],
      [form, 1, '0.2'],
      [form, 1, '0.3'],
      [form, 1, '0.3 legacy'],
      [form, 2, '0.2'],
      [form, 2, '0.3'],
    ]),
  ];
  const cases = layouts.flatMap((layout) => TARGETS.map(([name, target]) => [...layout, name, target] as const));

  test.each(cases)('%s, Rekor v%i, bundle v%s, by %s', async (form, rekor, version, _, target) => {
    const bundle = asVersion(bundles[`${form}${rekor}`], version);
    expect(await ask({ bundle, target })).toEqual({ code: 0, err: '' });
  });

  test.each(TARGETS)('an e-mail identity, by %s', async (_, target) => {
    const who = identity('alice@example.com', GOOGLE_ISSUER);
    expect(await ask({ bundle: bundles.aliceMessage, who, target })).toEqual({ code: 0, err: '' });
  });

  test.each(TARGETS)('a statement of type v0.1, by %s', async (_, target) => {
    const old = statementAbout(SHA256, { _type: 'https://in-toto.io/Statement/v0.1' });
    expect(await ask({ bundle: await statement({}, old), target })).toEqual({ code: 0, err: '' });
  });

  test('a digest in upper case', async () => {
    const target = `sha256:${SHA256.toUpperCase()}`;
    expect(await ask({ bundle: bundles.message1, target })).toEqual({ code: 0, err: '' });
  });

  test('a file that is named like a digest', async () => {
    const name = `sha256:${OTHER_SHA256}`;
    write(name, FILE);
    expect(await ask({ bundle: bundles.message1, target: name })).toEqual({ code: 0, err: '' });
  });

  describe('a bare key', () => {
    test.each(TARGETS)('over the bytes, by %s', async (_, target) => {
      const bundle = await signWithKey(sigstore, { data: FILE, keys: releaseKeys });
      expect(await ask({ bundle, target, who: ['--key', 'key.pub'] })).toEqual({ code: 0, err: '' });
    });

    test.each(TARGETS)('of the curve P-384, Rekor v2, by %s', async (_, target) => {
      const bundle = await signWithKey(sigstore, { data: FILE, keys: largeKeys, rekorVersion: 2 });
      expect(await ask({ bundle, target, who: ['--key', 'large.pub'] })).toEqual({ code: 0, err: '' });
    });

    test.each(TARGETS)('over a statement, by %s', async (_, target) => {
      const data = Buffer.from(JSON.stringify(statementAbout(SHA256)));
      const bundle = await signWithKey(sigstore, { data, keys: releaseKeys, isStatement: true });
      expect(await ask({ bundle, target, who: ['--key', 'key.pub'] })).toEqual({ code: 0, err: '' });
    });

    test('without a log entry, under a root that names no log', async () => {
      const root = write('empty.json', '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}');
      const bundle = await signWithKey(sigstore, { data: FILE, keys: releaseKeys, isLogged: false });
      expect(await ask({ bundle, root, who: ['--key', 'key.pub'] })).toEqual({ code: 0, err: '' });
    });
  });
});

describe('sign-bundle', each, () => {
  const validFor = { start: '2026-01-01T00:00:00Z' };
  const configOf = (rekorVersion: 1 | 2) => ({
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: [{ url: sigstore.url, majorApiVersion: 1, validFor, operator: 'test' }],
    rekorTlogUrls: [{ url: sigstore.url, majorApiVersion: rekorVersion, validFor, operator: 'test' }],
    rekorTlogConfig: { selector: 'ANY' },
    tsaUrls: [{ url: `${sigstore.url}/`, majorApiVersion: 1, validFor, operator: 'test' }],
    tsaConfig: { selector: 'ANY' },
  });
  const sign = (config: object, name: string, ...more: string[]) => {
    const file = write(`${name}.config.json`, JSON.stringify(config));
    return client(
      'sign-bundle',
      ...more.slice(0, -1),
      '--identity-token',
      gitHubToken(),
      '--bundle',
      at(name),
      '--signing-config',
      file,
      more.at(-1)!,
    );
  };

  test.each([1, 2] as const)('signs bytes, Rekor v%i, so that verify-bundle accepts them', async (rekor) => {
    const name = `made-${rekor}.json`;
    expect(await sign(configOf(rekor), name, 'artifact')).toEqual({ code: 0, err: '' });
    const bundle = JSON.parse(fs.readFileSync(at(name), 'utf8'));
    expect(bundle.verificationMaterial.tlogEntries[0].kindVersion.version).toBe(`0.0.${rekor}`);
    expect(await ask({ bundle })).toEqual({ code: 0, err: '' });
  });

  test.each([1, 2] as const)('signs a statement, Rekor v%i', async (rekor) => {
    write('statement.json', JSON.stringify(statementAbout(SHA256)));
    const name = `made-statement-${rekor}.json`;
    expect(await sign(configOf(rekor), name, '--in-toto', 'statement.json')).toEqual({ code: 0, err: '' });
    expect(await ask({ bundle: fs.readFileSync(at(name), 'utf8') })).toEqual({ code: 0, err: '' });
  });

  test('without a token, or with staging alone, signs nothing', async () => {
    expect(await client('sign-bundle', '--bundle', at('none.json'), 'artifact')).toMatchObject({ code: 1 });
    const staging = ['sign-bundle', '--staging', '--identity-token', gitHubToken(), '--bundle', at('none.json')];
    expect(await client(...staging, 'artifact')).toMatchObject({ code: 1 });
    expect(fs.existsSync(at('none.json'))).toBe(false);
  });
});
