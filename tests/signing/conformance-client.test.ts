import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SerializedBundle } from '@sigstore/bundle';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SigningErrorCode, signContent } from '#lib/signing/index.ts';
import {
  emailToken,
  GITHUB_ISSUER,
  GOOGLE_ISSUER,
  gitHubToken,
  type PrivateSigstore,
  startPrivateSigstore,
} from '#tests/fixtures/sigstore/private-sigstore.ts';
import { signPayload, statementAbout } from '#tests/fixtures/sigstore/sign-payload.ts';
import { signWithKey } from '#tests/fixtures/sigstore/sign-with-key.ts';
import { changed, flip, type Json } from './signing-kit.ts';

/** The entry point as the Sigstore conformance suite calls it, against a private Sigstore. */

const CLIENT = path.resolve(import.meta.dirname, '../../bin/sigstore-conformance-client');
const FILE = Buffer.from('An artifact.\n');
const SHA256 = createHash('sha256').update(FILE).digest('hex');
const OTHER_SHA256 = createHash('sha256').update('Another artifact.\n').digest('hex');
const ENDED = { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' };
const SAN = 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1.0.0';

type Form = 'message' | 'dsse';
type Version = '0.1' | '0.2' | '0.3' | '0.3 legacy';
type Made = Record<`${Form}${1 | 2}` | 'mallory' | 'aliceMessage' | 'foreign' | 'late', SerializedBundle>;

let sigstore: PrivateSigstore;
let foreign: PrivateSigstore;
let folder: string;
let bundles: Made;
const releaseKeys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const largeKeys = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
const otherKeys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const at = (name: string) => path.join(folder, name);
const pem = (keys: typeof releaseKeys) => keys.publicKey.export({ format: 'pem', type: 'spki' }).toString();

beforeAll(async () => {
  [sigstore, foreign] = await Promise.all([startPrivateSigstore(), startPrivateSigstore()]);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-conformance-'));
  bundles = {
    message1: await message({}),
    message2: await message({ rekorVersion: 2 }),
    dsse1: await statement({}),
    dsse2: await statement({ rekorVersion: 2 }),
    mallory: await message({ token: gitHubToken({ repository: 'mallory/weather' }) }),
    aliceMessage: await message({ token: emailToken({ email: 'alice@example.com' }) }),
    foreign: await message({ by: foreign }),
    late: await messageByOldCertificate(),
  };
  write('artifact', FILE);
  write('other', 'Another artifact.\n');
  write('root.json', JSON.stringify(sigstore.trustedRoot));
  write('key.pub', pem(releaseKeys));
  write('large.pub', pem(largeKeys));
  write('other.pub', pem(otherKeys));
  write('no.pub', 'hello');
});
afterAll(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  await Promise.all([sigstore.close(), foreign.close()]);
});

async function messageByOldCertificate(): Promise<SerializedBundle> {
  sigstore.setFaults({ issueAt: new Date(Date.now() - 3_600_000) });
  const bundle = await message({});
  sigstore.setFaults({});
  return bundle;
}

type Signing = { by?: PrivateSigstore; rekorVersion?: 1 | 2; token?: string };

function message({ by = sigstore, rekorVersion = 1, token = gitHubToken() }: Signing) {
  return signContent({ data: FILE }, { sigstore: by.services({ rekorVersion }), identityToken: token });
}

function statement({ rekorVersion = 1, token = gitHubToken() }: Signing, payload = statementAbout(SHA256)) {
  return signPayload(sigstore, { payload, token, rekorVersion });
}

function write(name: string, content: string | Uint8Array): string {
  fs.writeFileSync(at(name), content);
  return at(name);
}

/** The same evidence in the layout of another version of the format. */
function asVersion(bundle: SerializedBundle, version: Version): Json {
  const names = {
    '0.1': 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    '0.2': 'application/vnd.dev.sigstore.bundle+json;version=0.2',
    '0.3 legacy': 'application/vnd.dev.sigstore.bundle+json;version=0.3',
    '0.3': 'application/vnd.dev.sigstore.bundle.v0.3+json',
  };
  return changed(bundle, (copy) => {
    const material = copy.verificationMaterial;
    const leaf = material.certificate ?? material.x509CertificateChain.certificates[0];
    copy.mediaType = names[version];
    delete material.certificate;
    delete material.x509CertificateChain;
    if (version.startsWith('0.3')) material.certificate = leaf;
    else material.x509CertificateChain = { certificates: [leaf] };
    if (version === '0.1') for (const entry of material.tlogEntries) delete entry.inclusionProof;
  });
}

function client(...args: string[]): Promise<{ code: number | null; err: string }> {
  const env = { NODE_ENV: 'test', NODE_COMPILE_CACHE: at('cache'), PATH: process.env.PATH, HOME: folder } as const;
  const child = spawn(CLIENT, args, { cwd: folder, env });
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, err })));
}

let files = 0;
type Question = { bundle: unknown; target?: string; root?: string | null; who?: string[] };
const identity = (san = SAN, issuer = GITHUB_ISSUER) => [
  '--certificate-identity',
  san,
  '--certificate-oidc-issuer',
  issuer,
];

/** `verify-bundle` with everything right that is not given. */
function ask({ bundle, target = 'artifact', root = 'root.json', who = identity() }: Question) {
  const text = typeof bundle === 'string' ? bundle : JSON.stringify(bundle);
  const file = write(`bundle-${files++}.json`, text);
  return client('verify-bundle', '--bundle', file, ...who, ...(root === null ? [] : ['--trusted-root', root]), target);
}

const each = { concurrent: true, timeout: 60_000 };
const TARGETS = [
  ['path', 'artifact'],
  ['digest', `sha256:${SHA256}`],
] as const;

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
