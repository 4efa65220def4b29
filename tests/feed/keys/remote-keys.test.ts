import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { awsKmsKey, readAwsKmsPublicKey } from '#lib/feed/keys/aws-kms-key.ts';
import { verifyBytes } from '#lib/feed/keys/key-algorithm.ts';
import { derSignature } from '#lib/feed/keys/pinned-key.ts';
import { readVaultPublicKey, vaultKey } from '#lib/feed/keys/vault-key.ts';
import { type KmsOptions, kmsDouble, type VaultOptions, vaultDouble } from '../support/key-services.ts';

const KEYS = {
  ed25519: () => generateKeyPairSync('ed25519'),
  'ecdsa-p256': () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
} as const;
const pemOf = (pair: { publicKey: { export(o: { type: 'spki'; format: 'pem' }): string | Buffer } }) =>
  pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const bytes = Buffer.from('the head of a feed');
const reference = { mount: 'transit', name: 'feed', version: 3 };

beforeAll(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' });
});

describe.each(['ed25519', 'ecdsa-p256'] as const)('%s', (algorithm) => {
  const pair = KEYS[algorithm]();
  const publicPem = pemOf(pair);

  async function vault(options: Partial<VaultOptions> = {}, token = 's.token') {
    const { url, seen } = await vaultDouble({ key: pair.privateKey, ...options });
    const settings = { address: url, token, namespace: 'platform', timeoutMs: 500 };
    return { settings, seen, key: vaultKey({ settings, reference, publicPem, role: 'feed' }) };
  }

  async function kms(options: Partial<KmsOptions> = {}) {
    const { url, seen } = await kmsDouble({ key: pair.privateKey, ...options });
    const settings = { region: 'eu-central-1', endpoint: url, timeoutMs: 500 };
    return {
      settings,
      seen,
      key: awsKmsKey({ settings, reference: { keyId: 'alias/feed' }, publicPem, role: 'feed' }),
    };
  }

  test('Vault signs the bytes themselves, with the pinned version', async () => {
    const { key, seen, settings } = await vault();
    const signature = await key.sign(bytes);
    expect(verifyBytes({ publicKey: key.publicKey(), bytes, signature })).toBe(true);
    expect(seen).toMatchObject([{ method: 'POST', path: '/v1/transit/sign/feed' }]);
    expect(seen[0]!.headers).toMatchObject({ 'x-vault-token': 's.token', 'x-vault-namespace': 'platform' });
    expect(seen[0]!.body).toEqual({
      input: bytes.toString('base64'),
      key_version: 3,
      prehashed: false,
      ...(algorithm === 'ecdsa-p256' ? { hash_algorithm: 'sha2-256', marshaling_algorithm: 'asn1' } : {}),
    });
    const found = await readVaultPublicKey({ settings, mount: 'transit', name: 'feed' });
    expect(found).toEqual({ publicPem, reference });
  });

  test('KMS gets a signed request with the right algorithm and the raw message', async () => {
    const { key, seen, settings } = await kms();
    const signature = await key.sign(bytes);
    expect(verifyBytes({ publicKey: key.publicKey(), bytes, signature })).toBe(true);
    expect(seen[0]!.headers['x-amz-target']).toBe('TrentService.Sign');
    expect(seen[0]!.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/kms\/aws4_request, SignedHeaders=.*Signature=[0-9a-f]{64}$/,
    );
    expect(seen[0]!.body).toEqual({
      KeyId: 'alias/feed',
      Message: bytes.toString('base64'),
      MessageType: 'RAW',
      SigningAlgorithm: algorithm === 'ed25519' ? 'ED25519_SHA_512' : 'ECDSA_SHA_256',
    });
    expect(await readAwsKmsPublicKey({ settings, keyId: 'alias/feed' })).toEqual({
      publicPem,
      reference: { keyId: 'alias/feed' },
    });
  });

  test.each([
    ['another key of the same kind', { key: KEYS[algorithm]().privateKey }, 'KEY_MISMATCH'],
    [
      'a key of the other kind',
      { key: KEYS[algorithm === 'ed25519' ? 'ecdsa-p256' : 'ed25519']().privateKey },
      'KEY_MISMATCH',
    ],
    ['a refusal', { override: () => ({ status: 403, body: { errors: ['permission denied'] } }) }, 'KEY_PROVIDER'],
    [
      'a sealed or broken service',
      { override: () => ({ status: 503, body: { errors: ['Vault is sealed'] } }) },
      'KEY_PROVIDER',
    ],
    ['no answer in time', { override: () => ({ delayMs: 3000 }) }, 'KEY_PROVIDER'],
    ['an answer in another form', { override: () => ({ body: { ok: true } }) }, 'KEY_PROVIDER'],
    ['no JSON', { override: () => ({ raw: '<html>' }) }, 'KEY_PROVIDER'],
  ] as const)('%s is an error with its own code', async (_name, options, code) => {
    await expect((await vault(options)).key.sign(bytes)).rejects.toMatchObject({ name: 'KeyError', code });
    await expect((await kms(options)).key.sign(bytes)).rejects.toMatchObject({ name: 'KeyError', code });
  });

  test('a wrong token of Vault is said without the token', async () => {
    const { key } = await vault({}, 's.wrong');
    const error = await key.sign(bytes).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'KEY_PROVIDER' });
    expect((error as Error).message).not.toContain('s.wrong');
  });
});

test('Vault may answer r‖s: it becomes DER', async () => {
  const pair = KEYS['ecdsa-p256']();
  const { url } = await vaultDouble({ key: pair.privateKey, encoding: 'ieee-p1363' });
  const settings = { address: url, token: 's.token' };
  const key = vaultKey({ settings, reference, publicPem: pemOf(pair), role: 'feed' });
  expect((await key.sign(bytes))[0]).toBe(0x30);
});

test('r‖s becomes DER for every length of its numbers', () => {
  const { privateKey, publicKey } = KEYS['ecdsa-p256']();
  for (let i = 0; i < 600; i++) {
    const message = randomBytes(16);
    const raw = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const signature = derSignature(raw, 'ecdsa-p256');
    expect(verifyBytes({ publicKey, bytes: message, signature })).toBe(true);
  }
});

test.each([
  ['rsa', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' })],
] as const)('a %s key is not taken over', async (_name, make) => {
  const { url } = await kmsDouble({ key: make().privateKey });
  const settings = { region: 'eu-central-1', endpoint: url };
  await expect(readAwsKmsPublicKey({ settings, keyId: 'x' })).rejects.toMatchObject({ code: 'KEY_ALGORITHM' });
});
