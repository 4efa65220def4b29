import { beforeEach, describe, expect, it } from 'vitest';
import { verifyRegistryToken } from '#lib/auth/registry-token.ts';
import { db } from '#lib/db/db.ts';
import { testInstance } from '#tests/instance.ts';
import { ed25519Key, p384Key, proofKit, type TestKey, timestampOf } from './proof-kit.ts';

testInstance();
const kit = proofKit();
const key = ed25519Key();

beforeEach(() => {
  kit.dns.set('example.com', { A: ['127.0.0.1'], TXT: [key.record] });
  kit.dns.set('second.example', { TXT: [key.record] });
  kit.web.set('https://example.com/.well-known/mcp-registry-auth', { body: key.record });
});

const ask = async (domain = 'example.com') => {
  const { status, body } = await kit.post('challenge', { domain });
  expect(status).toBe(200);
  return body as unknown as { challenge: string; nonce: string; expires_at: number };
};

const answer = (challenge: { challenge: string; nonce: string }, by: TestKey = key, domain = 'example.com') => ({
  domain,
  nonce: challenge.nonce,
  signed_challenge: by.sign(challenge.challenge),
});

describe('a challenge', () => {
  it('names this registry, the domain, a nonce and when it ends', async () => {
    const { challenge, nonce, expires_at } = await ask('Example.COM');
    expect(challenge.split('\n')).toEqual([
      'Hallmark registry login v1',
      'registry: http://hallmark.test',
      'domain: example.com',
      `nonce: ${nonce}`,
      `expires: ${new Date(kit.now.getTime() + 300_000).toISOString()}`,
    ]);
    expect(expires_at).toBe(kit.now.getTime() / 1000 + 300);
  });

  it.each(['10.0.0.1', 'localhost', 'example.com/x', 'com', 'acme.github.io'])('is not made for %s', async (domain) => {
    const { status, body } = await kit.post('challenge', { domain });
    expect([status, body.check?.code]).toEqual([401, 'DOMAIN_INVALID']);
  });

  it('goes when it is over and another one is made', async () => {
    await ask();
    kit.later(301_000);
    const { nonce } = await ask();
    expect(await db().authChallenge.findMany({ select: { nonce: true } })).toEqual([{ nonce }]);
  });

  it('is made however many a stranger asked for before', async () => {
    const [createdAt, expiresAt] = [new Date(kit.now.getTime() - 1000), new Date(kit.now.getTime() + 299_000)];
    const data = Array.from({ length: 10_000 }, (_, i) => ({
      nonce: `stranger ${i}`,
      domain: 'evil.example',
      createdAt,
      expiresAt,
    }));
    await db().authChallenge.createMany({ data });
    const challenge = await ask();
    expect(await db().authChallenge.count()).toBe(10_000);
    expect((await kit.post('dns', answer(challenge))).status).toBe(200);
    await db().authChallenge.deleteMany();
  });
});

describe('an answer', () => {
  it.each(['dns', 'http'] as const)('by a key of the domain logs in: %s', async (method) => {
    const { status, body } = await kit.post(method, answer(await ask()));
    expect(status).toBe(200);
    const authority = await verifyRegistryToken({ token: String(body.registry_token), now: kit.now });
    expect(authority).toMatchObject({
      method,
      subject: 'example.com',
      proof: { kind: method, form: 'official', domain: 'example.com', key: key.id },
    });
  });

  it('by an ecdsap384 key logs in', async () => {
    const p384 = p384Key();
    kit.dns.set('example.com', { TXT: [p384.record] });
    expect((await kit.post('dns', answer(await ask(), p384))).status).toBe(200);
  });

  it('is good once', async () => {
    const body = answer(await ask());
    expect((await kit.post('dns', body)).status).toBe(200);
    expect((await kit.post('dns', body)).body.code).toBe('PROOF_REPLAYED');
    expect((await kit.post('http', body)).body.code).toBe('PROOF_REPLAYED');
  });

  it('of two at the same moment: one is let in', async () => {
    const body = answer(await ask());
    const answers = await Promise.all([1, 2, 3].map(() => kit.post('dns', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  it('that fails uses the challenge up: nobody gets to guess', async () => {
    const challenge = await ask();
    expect((await kit.post('dns', answer(challenge, ed25519Key()))).body.check?.code).toBe('SIGNATURE_MISMATCH');
    expect((await kit.post('dns', answer(challenge))).body.code).toBe('PROOF_REPLAYED');
  });

  it('after five minutes is refused', async () => {
    const body = answer(await ask());
    kit.later(300_000);
    expect((await kit.post('dns', body)).body.check?.code).toBe('CHALLENGE_EXPIRED');
  });

  it('to a challenge for another domain with the same key is refused', async () => {
    const body = answer(await ask('second.example'));
    expect((await kit.post('dns', body)).body.check?.code).toBe('CHALLENGE_UNKNOWN');
  });

  it.each<[string, (challenge: { challenge: string; nonce: string }) => object, string]>([
    [
      'that signs the nonce alone',
      (c) => ({ ...answer(c), signed_challenge: key.sign(c.nonce) }),
      'SIGNATURE_MISMATCH',
    ],
    [
      'that signs the challenge of another registry',
      (c) => ({ ...answer(c), signed_challenge: key.sign(c.challenge.replace('hallmark.test', 'other.test')) }),
      'SIGNATURE_MISMATCH',
    ],
    [
      'that signs a time, as the official protocol has it',
      (c) => ({ ...answer(c), signed_challenge: key.sign(timestampOf(kit.now)) }),
      'SIGNATURE_MISMATCH',
    ],
    ['with a nonce of its own', (c) => ({ ...answer(c), nonce: 'f'.repeat(48) }), 'CHALLENGE_UNKNOWN'],
    ['without hex', (c) => ({ ...answer(c), signed_challenge: 'hello' }), 'SIGNATURE_MALFORMED'],
  ])('%s is refused', async (_, make, code) => {
    expect((await kit.post('dns', make(await ask()))).body.check?.code).toBe(code);
  });

  it('is no signature of a time: a challenge cannot be used up in the official form', async () => {
    const { challenge } = await ask();
    const body = { domain: 'example.com', timestamp: challenge, signed_timestamp: key.sign(challenge) };
    expect((await kit.post('dns', body)).status).toBe(422);
  });
});
