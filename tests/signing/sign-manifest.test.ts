import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { SigningError } from '#lib/signing/errors.ts';
import { signManifest } from '#lib/signing/sign-manifest.ts';
import { MCP_SERVER_PREDICATE_TYPE, STATEMENT_PAYLOAD_TYPE, STATEMENT_TYPE } from '#lib/signing/statement.ts';
import { gitHubToken, type PrivateSigstore, startPrivateSigstore } from '#tests/fixtures/sigstore/private-sigstore.ts';
import { mintToken } from '#tests/fixtures/sigstore/tokens.ts';
import { accepted, digestsOf, MANIFEST, verify } from './signing-kit.ts';

let sigstore: PrivateSigstore;
beforeAll(async () => {
  sigstore = await startPrivateSigstore();
});
afterAll(() => sigstore.close());
afterEach(() => vi.unstubAllEnvs());

type Input = Parameters<typeof signManifest>[0];

function sign(input: Partial<Input> = {}) {
  const usual = { manifestBytes: MANIFEST, form: 'message', sigstore: sigstore.services(), retries: 0 } as const;
  return signManifest({ ...usual, identityToken: gitHubToken(), ...input });
}

test('a statement names the manifest by version and by the digest of its canonical form', async () => {
  const tools = { toolsDigest: 'ab', tools: [{ name: 'get_weather', digest: 'cd' }] };
  const { dsseEnvelope } = await sign({ form: 'dsse', tools });

  expect(dsseEnvelope?.payloadType).toBe(STATEMENT_PAYLOAD_TYPE);
  expect(JSON.parse(Buffer.from(dsseEnvelope?.payload ?? '', 'base64').toString('utf8'))).toEqual({
    _type: STATEMENT_TYPE,
    subject: [{ name: 'io.github.acme/weather@1.0.0', digest: { sha256: digestsOf(MANIFEST).manifestJcsSha256 } }],
    predicateType: MCP_SERVER_PREDICATE_TYPE,
    predicate: { canonicalization: 'RFC8785', manifest: JSON.parse(MANIFEST.toString()), ...tools },
  });
});

test('URLs of services may end in a slash', async () => {
  const { fulcioURL, rekorURL, rekorVersion } = sigstore.services();
  const bundle = await sign({ sigstore: { fulcioURL: `${fulcioURL}/`, rekorURL: `${rekorURL}//`, rekorVersion } });
  accepted(verify(bundle, [sigstore.trustRoot]));
});

test('in GitHub Actions the runner is asked for the token, for the audience sigstore', async () => {
  const asked: { url?: string; authorization?: string }[] = [];
  const runner = createServer((request, response) => {
    asked.push({ url: request.url, authorization: request.headers.authorization });
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ value: gitHubToken() }));
  });
  await new Promise<void>((resolve) => runner.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', `http://127.0.0.1:${(runner.address() as AddressInfo).port}/token?v=1`);
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'runner-secret');

  const bundle = await sign({ identityToken: undefined });
  runner.closeAllConnections();
  runner.close();

  expect(asked).toEqual([{ url: '/token?v=1&audience=sigstore', authorization: 'Bearer runner-secret' }]);
  expect(accepted(verify(bundle, [sigstore.trustRoot])).signer.repository).toBe('https://github.com/acme/weather');
});

test('elsewhere the token comes from SIGSTORE_ID_TOKEN', async () => {
  withoutCi();
  vi.stubEnv('SIGSTORE_ID_TOKEN', gitHubToken({ repository: 'acme/other' }));
  const result = accepted(verify(await sign({ identityToken: undefined }), [sigstore.trustRoot]));
  expect(result.signer.repository).toBe('https://github.com/acme/other');
});

describe('signing fails with a code and a sentence', () => {
  test('without any token', async () => {
    withoutCi();
    vi.stubEnv('SIGSTORE_ID_TOKEN', '');
    await expectFailure(sign({ identityToken: undefined }), 'IDENTITY_TOKEN_MISSING', /id-token: write/);
  });

  const services = (members: object) => ({ sigstore: { ...sigstore.services(), ...members } });
  const nobody = 'http://127.0.0.1:9';

  test.each<{ when: string; input: () => Partial<Input>; code: string; sentence: RegExp }>([
    {
      when: 'the token is text',
      input: () => ({ identityToken: 'secret' }),
      code: 'IDENTITY_TOKEN_MALFORMED',
      sentence: /three parts/,
    },
    {
      when: 'the token is empty',
      input: () => ({ identityToken: '' }),
      code: 'IDENTITY_TOKEN_MALFORMED',
      sentence: /three parts/,
    },
    {
      when: 'the token has no subject',
      input: () => ({ identityToken: jwt({ iss: 'secret' }) }),
      code: 'IDENTITY_TOKEN_MALFORMED',
      sentence: /subject/,
    },
    {
      when: 'the e-mail was not verified',
      input: () => ({ identityToken: jwt({ sub: 'secret', email: 'a@b.c' }) }),
      code: 'IDENTITY_TOKEN_MALFORMED',
      sentence: /not verified/,
    },
    {
      when: 'the token has expired',
      input: () => ({ identityToken: gitHubToken({ expiresInSeconds: -1 }) }),
      code: 'CERTIFICATE_REFUSED',
      sentence: /has expired/,
    },
    {
      when: 'the token is forged',
      input: () => ({ identityToken: jwt({ sub: 'secret' }) }),
      code: 'CERTIFICATE_REFUSED',
      sentence: /not signed by a known provider/,
    },
    {
      when: 'the token is for somebody else',
      input: () => ({ identityToken: mintToken({ iss: 'x', sub: 'y', aud: 'npm' }) }),
      code: 'CERTIFICATE_REFUSED',
      sentence: /audience/,
    },
    {
      when: 'Fulcio is away',
      input: () => services({ fulcioURL: nobody }),
      code: 'CERTIFICATE_REFUSED',
      sentence: /127\.0\.0\.1:9 gave no certificate/,
    },
    {
      when: 'Fulcio is something else',
      input: () => services({ fulcioURL: `${sigstore.url}/elsewhere` }),
      code: 'CERTIFICATE_REFUSED',
      sentence: /no such path/,
    },
    {
      when: 'Rekor is away',
      input: () => services({ rekorURL: nobody }),
      code: 'LOG_REFUSED',
      sentence: /127\.0\.0\.1:9 took no entry/,
    },
    {
      when: 'the timestamp authority is away',
      input: () => services({ tsaURL: nobody }),
      code: 'TIMESTAMP_REFUSED',
      sentence: /127\.0\.0\.1:9 gave no timestamp/,
    },
    {
      when: 'a URL is a path',
      input: () => services({ fulcioURL: '/fulcio' }),
      code: 'SERVICE_URL_INVALID',
      sentence: /Fulcio/,
    },
    {
      when: 'a URL is a file',
      input: () => services({ rekorURL: 'file:///etc/passwd' }),
      code: 'SERVICE_URL_INVALID',
      sentence: /Rekor/,
    },
    {
      when: 'Rekor v2 has no timestamp authority',
      input: () => services({ rekorVersion: 2 }),
      code: 'SERVICE_URL_INVALID',
      sentence: /timestamp authority/,
    },
    {
      when: 'a statement is about no manifest',
      input: () => ({ form: 'dsse', manifestBytes: Buffer.from('{}') }),
      code: 'MANIFEST_MALFORMED',
      sentence: /cannot be signed/,
    },
    {
      when: 'a statement is about no JSON',
      input: () => ({ form: 'dsse', manifestBytes: Buffer.from('{') }),
      code: 'MANIFEST_MALFORMED',
      sentence: /cannot be signed/,
    },
  ])('when $when', async ({ input, code, sentence }) => {
    await expectFailure(sign(input()), code, sentence);
  });
});

async function expectFailure(signing: Promise<unknown>, code: string, sentence: RegExp): Promise<void> {
  const error = await signing.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SigningError);
  expect(error).toMatchObject({ code, message: expect.stringMatching(sentence) });
  expect((error as Error).message).not.toMatch(/secret|eyJ/);
}

/** A token that nobody signed. */
function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'ES256' })}.${part({ iss: 'https://accounts.google.com', ...claims })}.AAAA`;
}

/** These tests may themselves run in a CI. */
function withoutCi(): void {
  for (const name of ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'BUILDKITE'])
    vi.stubEnv(name, '');
}
