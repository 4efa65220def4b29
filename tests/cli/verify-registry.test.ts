import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantFor } from '#lib/auth/grants.ts';
import { addSignature } from '#lib/catalog/add-signature.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { saveTrustRoot } from '#lib/catalog/trust-roots.ts';
import { createRequestListener } from '#lib/http/node-server.ts';
import { signManifest } from '#lib/signing/index.ts';
import {
  emailToken,
  GITHUB_ISSUER,
  gitHubToken,
  type PrivateSigstore,
  startPrivateSigstore,
} from '../fixtures/sigstore/private-sigstore.ts';
import { bytesOf, manifestOf, testInstance } from '../instance.ts';
import { runHallmark } from '../run-hallmark.ts';

testInstance();

const NAME = 'io.github.acme/weather';
const SAN = 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1.0.0';
const ACTOR = { type: 'system', name: 'test' } as const;
const EXPECTED = ['--certificate-identity', SAN, '--certificate-oidc-issuer', GITHUB_ISSUER];
const grant = grantFor(ACTOR, ['io.github.acme']);

let sigstore: PrivateSigstore;
let folder: string;
let root: string;
let registry: string;
/** What a registry that lies answers to everything; null: it is honest. */
let lie: { status: number; body: string } | null = null;

const honest = createRequestListener(async (_, response) => void response.end());
const server = http.createServer((request, response) => {
  if (lie) response.writeHead(lie.status, { 'content-type': 'application/json' }).end(lie.body);
  else honest(request, response);
});

beforeAll(async () => {
  sigstore = await startPrivateSigstore();
  await saveTrustRoot({ name: 'test', kind: 'custom', json: sigstore.trustedRoot, source: 'test' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-verify-'));
  root = path.join(folder, 'root.json');
  fs.writeFileSync(root, JSON.stringify(sigstore.trustedRoot));

  const bytes = bytesOf(manifestOf(NAME, '1.0.0'));
  await publishVersion({ manifestBytes: bytes, bundle: await sign(bytes), grant, origin: 'published' });
  const more = [emailToken({ email: 'alice@example.com' }), gitHubToken({ repository: 'mallory/weather' })];
  for (const token of more) await attach('1.0.0', await sign(bytes, token));
  await attach('1.0.0', { mediaType: 'nonsense' });
  await publishVersion({ manifestBytes: bytesOf(manifestOf(NAME, '1.0.1')), grant, origin: 'published' });
});
afterAll(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  server.closeAllConnections();
  await Promise.all([sigstore.close(), new Promise((resolve) => server.close(resolve))]);
});

const sign = (manifestBytes: Uint8Array, identityToken = gitHubToken()) =>
  signManifest({ manifestBytes, form: 'message', sigstore: sigstore.services(), identityToken });
const attach = (version: string, bundle: unknown) => addSignature({ serverName: NAME, version, bundle, grant });
const verify = (reference: string, ...more: string[]) =>
  runHallmark(['verify', reference, '--registry', registry, '--trusted-root', root, ...more]);

describe('hallmark verify of a published version', () => {
  it('finds the bundle of the expected signer among the others', async () => {
    const { code, stdout, stderr } = await verify(`${NAME}@1.0.0`, ...EXPECTED);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('The identity is the expected one.');
    expect(stdout).not.toContain('alice');
  });

  it('prints all of them as JSON, the good one first', async () => {
    const { code, stdout } = await verify(`${NAME}@1.0.0`, ...EXPECTED, '--json');
    expect(code).toBe(0);
    const { ok, signatures } = JSON.parse(stdout);
    expect(ok).toBe(true);
    expect(signatures).toHaveLength(4);
    expect(signatures[0]).toMatchObject({ ok: true, signer: { san: SAN }, identity: { isAccepted: true } });
    expect(signatures[0].evidence).toContainEqual(expect.objectContaining({ fact: 'Commit' }));
    expect(signatures.at(-1)).toMatchObject({ ok: false, code: 'BUNDLE_UNSUPPORTED' });
  });

  it.each<[string, number, RegExp, () => string[]]>([
    [
      'nobody expected signed it',
      1,
      /^Refused: another identity signed\. Expected .*found/,
      () => [`${NAME}@1.0.0`, '--certificate-identity', 'bob@example.com', '--certificate-oidc-issuer', GITHUB_ISSUER],
    ],
    ['no identity is expected', 1, /^Refused: no identity was expected/, () => [`${NAME}@1.0.0`]],
    ['it is not signed', 1, /is not signed/, () => [`${NAME}@1.0.1`, ...EXPECTED]],
    ['there is no such version', 3, /has no io\.github\.acme\/weather@9/, () => [`${NAME}@9`, ...EXPECTED]],
    ['the version is missing', 2, /name@version/, () => [NAME, ...EXPECTED]],
    [
      'the registry is no address',
      2,
      /not an http/,
      () => [`${NAME}@1.0.0`, '--registry', 'ftp://localhost', ...EXPECTED],
    ],
    [
      'the registry is away',
      3,
      /cannot be reached/,
      () => [`${NAME}@1.0.0`, '--registry', 'http://127.0.0.1:9', ...EXPECTED],
    ],
  ])('when %s, exits with %i', async (_, code, sentence, args) => {
    expect(await verify(args()[0]!, ...args().slice(1))).toMatchObject({
      code,
      stderr: expect.stringMatching(sentence),
    });
  });
});

describe('a registry that lies', () => {
  const answer = async (version: string) => {
    const path = `/api/v1/servers/${encodeURIComponent(NAME)}/versions/${version}/signatures`;
    return (await (await fetch(`${registry}${path}`)).json()) as { manifest: string; signatures: object[] };
  };
  const evil = () => bytesOf(manifestOf(NAME, '1.0.0', { description: 'Does something else' }));
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

  it.each<[string, number, RegExp, () => Promise<unknown>]>([
    [
      'with another manifest',
      1,
      /SUBJECT_MISMATCH/,
      async () => ({ ...(await answer('1.0.0')), manifest: base64(evil()) }),
    ],
    [
      'with the manifest of another version',
      1,
      /gives the manifest of "io\.github\.acme\/weather@1\.0\.1"/,
      () => answer('1.0.1'),
    ],
    ['that all is well', 1, /is not signed/, async () => ({ ...(await answer('1.0.0')), signatures: [], ok: true })],
    [
      'about what verification said',
      1,
      /NO_TRUSTED_ROOT|SUBJECT_MISMATCH|BUNDLE/,
      async () => ({ ...(await answer('1.0.0')), signatures: [{ result: { ok: true }, isBound: true, bundle: {} }] }),
    ],
    ['with a manifest that is none', 1, /no valid manifest/, async () => ({ manifest: 'e30=', signatures: [] })],
    ['with no manifest', 1, /no valid manifest/, async () => ({ signatures: 'all' })],
    ['with something else', 3, /gives no signatures/, async () => 'hello'],
    ['without end', 3, /more than/, async () => ({ padding: 'x'.repeat(17 * 1024 * 1024) })],
  ])('%s is not believed', async (_, code, sentence, make) => {
    const body = JSON.stringify(await make());
    lie = { status: 200, body };
    try {
      const outcome = await verify(`${NAME}@1.0.0`, ...EXPECTED);
      expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(sentence) });
      expect(outcome.stderr).not.toMatch(/^\s+at /m);
    } finally {
      lie = null;
    }
  });
});
