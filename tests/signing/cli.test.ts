import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  emailToken,
  GITHUB_ISSUER,
  GOOGLE_ISSUER,
  gitHubToken,
  gitLabToken,
  type PrivateSigstore,
  startPrivateSigstore,
} from '#tests/fixtures/sigstore/private-sigstore.ts';
import { MANIFEST, MANIFEST_ON_ONE_LINE, OTHER_MANIFEST } from './signing-kit.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const PROGRAM = `
  import { Command } from 'commander';
  import { registerSign } from '#cli/commands/sign.ts';
  import { registerVerify } from '#cli/commands/verify.ts';
  const program = new Command('hallmark');
  registerSign(program);
  registerVerify(program);
  await program.parseAsync(process.argv.slice(1), { from: 'user' });
`;
const SAN = 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1.0.0';

let sigstore: PrivateSigstore;
let folder: string;
let services: string[];
const file = (name: string) => path.join(folder, name);

beforeAll(async () => {
  const runnerToken = () => ({ status: 200, type: 'application/json', body: JSON.stringify({ value: gitHubToken() }) });
  sigstore = await startPrivateSigstore({ routes: { 'GET /runner-token': runnerToken } });
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-signing-'));
  services = ['--fulcio-url', sigstore.url, '--rekor-url', sigstore.url];
  fs.writeFileSync(file('server.json'), MANIFEST);
  fs.writeFileSync(file('one-line.json'), MANIFEST_ON_ONE_LINE);
  fs.writeFileSync(file('other.json'), OTHER_MANIFEST);
  fs.writeFileSync(file('invalid.json'), '{"name":"weather"}');
  fs.writeFileSync(file('trusted_root.json'), JSON.stringify(sigstore.trustedRoot));
  fs.writeFileSync(file('garbage.json'), 'hello');
  fs.writeFileSync(file('token'), `${gitHubToken()}\n`);
  const signed = await hallmark('sign', file('server.json'), ...withToken(), '--bundle', file('bundle.json'));
  expect(signed).toMatchObject({ code: 0 });
});
afterAll(async () => {
  fs.rmSync(folder, { recursive: true, force: true });
  await sigstore.close();
});

type Outcome = { code: number | null; out: string; err: string };

/** The commands in a process of their own, with nothing of a CI around it. */
function hallmark(...args: string[]): Promise<Outcome> {
  return hallmarkWith({}, ...args);
}

function hallmarkWith(more: Record<string, string>, ...args: string[]): Promise<Outcome> {
  const env = {
    NODE_ENV: 'test',
    NODE_COMPILE_CACHE: file('cache'),
    PATH: process.env.PATH,
    HOME: folder,
    ...more,
  } as const;
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, '--', ...args], {
    cwd: REPOSITORY,
    env,
  });
  const outcome: Outcome = { code: null, out: '', err: '' };
  child.stdout.on('data', (chunk) => (outcome.out += chunk));
  child.stderr.on('data', (chunk) => (outcome.err += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...outcome, code })));
}

function withToken(): string[] {
  return [...services, '--identity-token-file', file('token'), '--trusted-root', file('trusted_root.json')];
}

function verifyArgs(manifest = 'server.json', bundle = 'bundle.json'): string[] {
  return ['verify', file(manifest), '--bundle', file(bundle), '--trusted-root', file('trusted_root.json')];
}

const each = { concurrent: true, timeout: 30_000 };

describe('hallmark sign', each, () => {
  test('verifies what it made, writes it beside the manifest and says who signed', async () => {
    const { code, out, err } = await hallmark('sign', file('server.json'), ...withToken());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Signed io.github.acme/weather 1.0.0.');
    expect(out).toContain('github.com/acme/weather, workflow release.yml, commit 3f2c1ab');
    expect(JSON.parse(fs.readFileSync(file('server.json.sigstore.json'), 'utf8'))).toHaveProperty('messageSignature');
  });

  test('as a statement, with Rekor v2 and a timestamp authority, holds for the reformatted file', async () => {
    const bundle = file('statement.json');
    const more = ['--form', 'dsse', '--rekor-version', '2', '--tsa-url', sigstore.url, '--bundle', bundle];
    expect(await hallmark('sign', file('server.json'), ...withToken(), ...more)).toMatchObject({ code: 0, err: '' });

    const { code, out } = await hallmark(...verifyArgs('one-line.json', 'statement.json'), '--any-identity');
    expect(code).toBe(0);
    expect(out).toContain('the canonical form of the manifest (RFC 8785)');
  });

  test('with the services of a signing configuration', async () => {
    const service = { url: sigstore.url, validFor: { start: '2026-01-01T00:00:00Z' }, operator: 'test' };
    const config = {
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      caUrls: [{ ...service, majorApiVersion: 1 }],
      rekorTlogUrls: [{ ...service, majorApiVersion: 2 }],
      rekorTlogConfig: { selector: 'ANY' },
      tsaUrls: [{ ...service, majorApiVersion: 1 }],
      tsaConfig: { selector: 'ANY' },
    };
    fs.writeFileSync(file('signing_config.json'), JSON.stringify(config));
    const bundle = file('configured.json');
    const args = ['--signing-config', file('signing_config.json'), '--bundle', bundle, ...withToken().slice(4)];
    expect(await hallmark('sign', file('server.json'), ...args)).toMatchObject({ code: 0, err: '' });
    const [entry] = JSON.parse(fs.readFileSync(bundle, 'utf8')).verificationMaterial.tlogEntries;
    expect(entry.kindVersion.version).toBe('0.0.2');
  });

  test.each([
    [
      'GitHub Actions',
      () => ({
        ACTIONS_ID_TOKEN_REQUEST_URL: `${sigstore.url}/runner-token?v=1`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runner secret',
      }),
      SAN,
    ],
    [
      'GitLab CI',
      () => ({ SIGSTORE_ID_TOKEN: gitLabToken() }),
      'https://gitlab.com/acme/tools/weather//.gitlab-ci.yml@refs/tags/v1.0.0',
    ],
  ])('in %s takes the token of the job', async (name, env, san) => {
    const bundle = file(`${name}.json`);
    const args = [
      'sign',
      file('server.json'),
      ...services,
      '--trusted-root',
      file('trusted_root.json'),
      '--bundle',
      bundle,
    ];
    expect(await hallmarkWith(env(), ...args)).toMatchObject({ code: 0, err: '', out: expect.stringContaining(san) });
  });

  test('says that a bundle of a private Sigstore was not verified without its root', async () => {
    const { code, err } = await hallmark(
      'sign',
      file('server.json'),
      ...services,
      '--identity-token',
      emailToken(),
      '--bundle',
      file('unverified.json'),
    );
    expect(code).toBe(0);
    expect(err).toContain('--trusted-root');
  });

  test('writes nothing when the new bundle does not verify', async () => {
    const other = await startPrivateSigstore();
    await other.close();
    fs.writeFileSync(file('other_root.json'), JSON.stringify(other.trustedRoot));
    const args = [...services, '--identity-token-file', file('token'), '--trusted-root', file('other_root.json')];
    const { code, err } = await hallmark('sign', file('server.json'), ...args, '--bundle', file('nothing.json'));

    expect(code).toBe(1);
    expect(err).toContain('NO_TRUSTED_ROOT');
    expect(fs.existsSync(file('nothing.json'))).toBe(false);
  });

  test.each<{ when: string; args: () => string[]; code: number; sentence: RegExp }>([
    {
      when: 'there is no token',
      args: () => [file('server.json'), ...services],
      code: 1,
      sentence: /no identity token/,
    },
    {
      when: 'the manifest is not valid',
      args: () => [file('invalid.json'), ...withToken()],
      code: 1,
      sentence: /not a valid manifest:\n {2}\S/,
    },
    {
      when: 'Fulcio refuses',
      args: () => [file('server.json'), ...services, '--identity-token', 'e30.eyJzdWIiOiJ4In0.AA'],
      code: 1,
      sentence: /gave no certificate/,
    },
    {
      when: 'the manifest is missing',
      args: () => [file('none.json'), ...withToken()],
      code: 2,
      sentence: /none\.json does not exist/,
    },
    {
      when: 'the manifest is a folder',
      args: () => [folder, ...withToken()],
      code: 2,
      sentence: /is not a file|cannot be read/,
    },
    { when: 'no manifest is named', args: () => [], code: 2, sentence: /missing required argument/ },
    {
      when: 'the form is unknown',
      args: () => [file('server.json'), '--form', 'jws'],
      code: 2,
      sentence: /message, dsse/,
    },
    {
      when: 'an option is unknown',
      args: () => [file('server.json'), '--key', 'k'],
      code: 2,
      sentence: /unknown option/,
    },
    {
      when: 'one service is named',
      args: () => [file('server.json'), '--fulcio-url', sigstore.url],
      code: 2,
      sentence: /together/,
    },
    {
      when: 'two tokens are given',
      args: () => [file('server.json'), ...withToken(), '--identity-token', 'x'],
      code: 2,
      sentence: /not both/,
    },
    {
      when: 'services are named twice',
      args: () => [file('server.json'), ...withToken(), '--signing-config', file('garbage.json')],
      code: 2,
      sentence: /leave --fulcio-url/,
    },
    {
      when: 'the signing configuration is garbage',
      args: () => [
        file('server.json'),
        '--identity-token-file',
        file('token'),
        '--signing-config',
        file('garbage.json'),
      ],
      code: 1,
      sentence: /not a usable signing_config/,
    },
    {
      when: 'the bundle would replace the manifest',
      args: () => [file('server.json'), ...withToken(), '--bundle', file('./server.json')],
      code: 2,
      sentence: /manifest itself/,
    },
    {
      when: 'the bundle cannot be written',
      args: () => [file('server.json'), ...withToken(), '--bundle', file('no/where.json')],
      code: 2,
      sentence: /cannot be written/,
    },
    {
      when: 'the root is garbage',
      args: () => [
        file('server.json'),
        ...services,
        '--identity-token-file',
        file('token'),
        '--trusted-root',
        file('garbage.json'),
      ],
      code: 1,
      sentence: /not JSON/,
    },
  ])('exits with $code when $when', async ({ args, code, sentence }) => {
    const outcome = await hallmark('sign', ...args());
    expect(outcome).toMatchObject({ code, out: '', err: expect.stringMatching(sentence) });
    expect(outcome.err).not.toMatch(/^\s+at /m);
  });
});

describe('hallmark verify', each, () => {
  const expecting = (san: string, issuer: string) => [
    '--certificate-identity',
    san,
    '--certificate-oidc-issuer',
    issuer,
  ];

  test('accepts the expected identity', async () => {
    const { code, out, err } = await hallmark(...verifyArgs(), ...expecting(SAN, GITHUB_ISSUER));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('The identity is the expected one.');
    expect(out).toContain(SAN);
  });

  test('prints the whole result as JSON', async () => {
    const { code, out } = await hallmark(...verifyArgs(), ...expecting(SAN, GITHUB_ISSUER), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      signer: { san: SAN, repositoryId: '1001' },
      identity: { isChecked: true, isAccepted: true, expected: { san: SAN, issuer: GITHUB_ISSUER } },
    });
  });

  test('prints a refusal as JSON', async () => {
    const { code, out } = await hallmark(...verifyArgs('other.json'), '--any-identity', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, code: 'SUBJECT_MISMATCH', identity: { isChecked: false } });
  });

  test.each<{ when: string; args: () => string[]; code: number; sentence: RegExp }>([
    {
      when: 'no identity is expected',
      args: () => verifyArgs(),
      code: 1,
      sentence: /^Refused: no identity was expected/,
    },
    {
      when: 'any identity will do',
      args: () => [...verifyArgs(), '--any-identity'],
      code: 0,
      sentence: /Identity not checked/,
    },
    {
      when: 'the expected identity is a part',
      args: () => [...verifyArgs(), ...expecting('acme/weather', GITHUB_ISSUER)],
      code: 1,
      sentence: /^Refused: another identity signed\. Expected .*found/,
    },
    {
      when: 'the expected identity is a pattern',
      args: () => [...verifyArgs(), ...expecting('.*', GITHUB_ISSUER)],
      code: 1,
      sentence: /^Refused: another identity signed\. Expected .*found/,
    },
    {
      when: 'another issuer is expected',
      args: () => [...verifyArgs(), ...expecting(SAN, GOOGLE_ISSUER)],
      code: 1,
      sentence: /^Refused: another identity signed\. Expected .*found/,
    },
    {
      when: 'the bundle is of another manifest',
      args: () => [...verifyArgs('other.json'), '--any-identity'],
      code: 1,
      sentence: /SUBJECT_MISMATCH/,
    },
    {
      when: 'the bundle is garbage',
      args: () => [...verifyArgs('server.json', 'garbage.json'), '--any-identity'],
      code: 1,
      sentence: /BUNDLE_MALFORMED/,
    },
    {
      when: 'the root is the public-good one',
      args: () => [...verifyArgs().slice(0, 4), '--any-identity'],
      code: 1,
      sentence: /NO_TRUSTED_ROOT.*public-good.*Give the root of that Sigstore with --trusted-root\./s,
    },
    {
      when: 'the manifest is not valid',
      args: () => verifyArgs('invalid.json'),
      code: 1,
      sentence: /not a valid manifest/,
    },
    {
      when: 'the bundle is missing',
      args: () => verifyArgs('server.json', 'none.json'),
      code: 2,
      sentence: /none\.json does not exist/,
    },
    { when: 'no bundle is named', args: () => ['verify', file('server.json')], code: 2, sentence: /--bundle/ },
    {
      when: 'bundle and registry are named',
      args: () => [...verifyArgs(), '--registry', 'http://localhost'],
      code: 2,
      sentence: /--registry/,
    },
    {
      when: "GitHub's root is asked for and not given",
      args: () => [...verifyArgs().slice(0, 4), '--any-identity', '--root-kind', 'github'],
      code: 2,
      sentence: /--trusted-root/,
    },
    {
      when: 'an issuer is missing',
      args: () => [...verifyArgs(), '--certificate-identity', SAN],
      code: 2,
      sentence: /together/,
    },
    {
      when: 'identity and any identity are given',
      args: () => [...verifyArgs(), ...expecting(SAN, GITHUB_ISSUER), '--any-identity'],
      code: 2,
      sentence: /contradicts/,
    },
  ])('exits with $code when $when', async ({ args, code, sentence }) => {
    const outcome = await hallmark(...args());
    expect(outcome).toMatchObject({ code, err: expect.stringMatching(sentence) });
    expect(outcome.err).not.toMatch(/^\s+at /m);
  });
});
