import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SerializedBundle } from '@sigstore/bundle';
import { afterAll, beforeAll } from 'vitest';
import { signContent } from '#lib/signing/index.ts';
import {
  emailToken,
  GITHUB_ISSUER,
  gitHubToken,
  type PrivateSigstore,
  startPrivateSigstore,
} from '#tests/fixtures/sigstore/private-sigstore.ts';
import { signPayload, statementAbout } from '#tests/fixtures/sigstore/sign-payload.ts';
import { changed, type Json } from './signing-kit.ts';

/** The entry point as the Sigstore conformance suite calls it, against a private Sigstore. */

const CLIENT = path.resolve(import.meta.dirname, '../../bin/sigstore-conformance-client');
export const FILE = Buffer.from('An artifact.\n');
export const SHA256 = createHash('sha256').update(FILE).digest('hex');
export const OTHER_SHA256 = createHash('sha256').update('Another artifact.\n').digest('hex');
export const SAN = 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1.0.0';

export type Form = 'message' | 'dsse';
export type Version = '0.1' | '0.2' | '0.3' | '0.3 legacy';
export type Made = Record<`${Form}${1 | 2}` | 'mallory' | 'aliceMessage' | 'foreign' | 'late', SerializedBundle>;

export let sigstore: PrivateSigstore;
let foreign: PrivateSigstore;
let folder: string;
export let bundles: Made;
export const releaseKeys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
export const largeKeys = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
const otherKeys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
export const at = (name: string) => path.join(folder, name);
const pem = (keys: typeof releaseKeys) => keys.publicKey.export({ format: 'pem', type: 'spki' }).toString();

/** Starts the Sigstores and writes the files before the tests of a file. Call at its top. */
export function conformanceKit(): void {
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
}

async function messageByOldCertificate(): Promise<SerializedBundle> {
  sigstore.setFaults({ issueAt: new Date(Date.now() - 3_600_000) });
  const bundle = await message({});
  sigstore.setFaults({});
  return bundle;
}

type Signing = { by?: PrivateSigstore; rekorVersion?: 1 | 2; token?: string };

export function message({ by = sigstore, rekorVersion = 1, token = gitHubToken() }: Signing) {
  return signContent({ data: FILE }, { sigstore: by.services({ rekorVersion }), identityToken: token });
}

export function statement({ rekorVersion = 1, token = gitHubToken() }: Signing, payload = statementAbout(SHA256)) {
  return signPayload(sigstore, { payload, token, rekorVersion });
}

export function write(name: string, content: string | Uint8Array): string {
  fs.writeFileSync(at(name), content);
  return at(name);
}

/** The same evidence in the layout of another version of the format. */
export function asVersion(bundle: SerializedBundle, version: Version): Json {
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

export function client(...args: string[]): Promise<{ code: number | null; err: string }> {
  const env = { NODE_ENV: 'test', NODE_COMPILE_CACHE: at('cache'), PATH: process.env.PATH, HOME: folder } as const;
  const child = spawn(CLIENT, args, { cwd: folder, env });
  let err = '';
  child.stderr.on('data', (chunk) => (err += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, err })));
}

let files = 0;
export type Question = { bundle: unknown; target?: string; root?: string | null; who?: string[] };
export const identity = (san = SAN, issuer = GITHUB_ISSUER) => [
  '--certificate-identity',
  san,
  '--certificate-oidc-issuer',
  issuer,
];

/** `verify-bundle` with everything right that is not given. */
export function ask({ bundle, target = 'artifact', root = 'root.json', who = identity() }: Question) {
  const text = typeof bundle === 'string' ? bundle : JSON.stringify(bundle);
  const file = write(`bundle-${files++}.json`, text);
  return client('verify-bundle', '--bundle', file, ...who, ...(root === null ? [] : ['--trusted-root', root]), target);
}

/** Each case starts a process. */
export const each = { concurrent: true, timeout: 60_000 };
export const TARGETS = [
  ['path', 'artifact'],
  ['digest', `sha256:${SHA256}`],
] as const;
