import { beforeEach, describe, expect, it } from 'vitest';
import { verifyRegistryToken } from '#lib/auth/registry-token.ts';
import { resetConfig } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { testInstance } from '#tests/instance.ts';
import { ed25519Key, otherSignature, p384Key, proofKit, type TestKey, timestampOf } from './proof-kit.ts';

testInstance();
const kit = proofKit();

const FILE = 'https://example.com/.well-known/mcp-registry-auth';
const key = ed25519Key();

beforeEach(() => {
  kit.dns.set('example.com', { A: ['127.0.0.1'], TXT: ['v=spf1 -all', key.record] });
  kit.web.set(FILE, { body: `${key.record}\n` });
});

/** What the official client sends. */
const login = (extra: Record<string, unknown> = {}, by: TestKey = key) => {
  const timestamp = (extra.timestamp as string | undefined) ?? timestampOf(kit.now);
  return { domain: 'example.com', timestamp, signed_timestamp: by.sign(timestamp), ...extra };
};

const granted = async (body: Record<string, unknown>) =>
  verifyRegistryToken({ token: String(body.registry_token), now: kit.now });

describe('a login by a key of the domain', () => {
  it('in DNS covers the domain and everything under it', async () => {
    const { status, body } = await kit.post('dns', login());
    expect(status).toBe(200);
    expect(body.expires_at).toBe(Math.floor(kit.now.getTime() / 1000) + 300);
    expect(await granted(body)).toEqual({
      method: 'dns',
      subject: 'example.com',
      permissions: [
        { action: 'publish', resource: 'com.example/*' },
        { action: 'publish', resource: 'com.example.*' },
      ],
      proof: { kind: 'dns', form: 'official', domain: 'example.com', key: key.id },
    });
    const event = await db().auditEvent.findFirstOrThrow({
      where: { kind: 'auth.exchanged' },
      orderBy: { seq: 'desc' },
    });
    expect(event.subject).toMatchObject({ namespaces: 'com.example/*, com.example.*', subject: 'example.com' });
  });

  it('at a web address covers the domain alone', async () => {
    const { status, body } = await kit.post('http', login());
    expect(status).toBe(200);
    expect((await granted(body)).permissions).toEqual([{ action: 'publish', resource: 'com.example/*' }]);
  });

  it('of the type ecdsap384', async () => {
    const p384 = p384Key();
    kit.dns.set('example.com', { TXT: [p384.record] });
    expect((await kit.post('dns', login({}, p384))).status).toBe(200);
  });

  it('is tried with every key that the domain shows', async () => {
    kit.dns.set('example.com', {
      TXT: [ed25519Key().record, 'v=MCPv1; k=ed25519; p=broken', p384Key().record, key.record],
    });
    expect((await kit.post('dns', login())).status).toBe(200);
  });

  it('names the domain in lower case, as DNS has it', async () => {
    const { body } = await kit.post('dns', login({ domain: 'EXAMPLE.com' }));
    expect((await granted(body)).permissions[0]?.resource).toBe('com.example/*');
  });

  it.each([-15, 15])('may be %i seconds off', async (seconds) => {
    const timestamp = timestampOf(new Date(kit.now.getTime() + seconds * 1000));
    expect((await kit.post('dns', login({ timestamp }))).status).toBe(200);
  });
});

describe('a login is refused', () => {
  const off = (seconds: number) => timestampOf(new Date(kit.now.getTime() + seconds * 1000));

  it.each<[string, () => Record<string, unknown>, string]>([
    ['by another key', () => login({}, ed25519Key()), 'SIGNATURE_MISMATCH'],
    ['by a key of another type', () => login({}, p384Key()), 'SIGNATURE_MALFORMED'],
    ['of another text', () => login({ signed_timestamp: key.sign('something else') }), 'SIGNATURE_MISMATCH'],
    [
      'of the same time in other words',
      () => ({ ...login(), timestamp: timestampOf(kit.now).replace('Z', '+00:00') }),
      'SIGNATURE_MISMATCH',
    ],
    ['with a signature that is no hex', () => login({ signed_timestamp: 'zz'.repeat(64) }), 'SIGNATURE_MALFORMED'],
    ['with half a byte', () => login({ signed_timestamp: 'abc' }), 'SIGNATURE_MALFORMED'],
    ['with half a signature', () => login({ signed_timestamp: '00'.repeat(32) }), 'SIGNATURE_MALFORMED'],
    ['without a signature', () => login({ signed_timestamp: '' }), 'SIGNATURE_MALFORMED'],
    ['from 16 seconds ago', () => login({ timestamp: off(-16) }), 'TIMESTAMP_OUTSIDE_WINDOW'],
    ['from 16 seconds ahead', () => login({ timestamp: off(16) }), 'TIMESTAMP_OUTSIDE_WINDOW'],
    ['from another year', () => login({ timestamp: off(365 * 86_400) }), 'TIMESTAMP_OUTSIDE_WINDOW'],
    ['with a time that is none', () => login({ timestamp: 'yesterday' }), 'TIMESTAMP_INVALID'],
    ['with a time of another form', () => login({ timestamp: kit.now.toUTCString() }), 'TIMESTAMP_INVALID'],
    ['with seconds since 1970', () => login({ timestamp: String(kit.now.getTime() / 1000) }), 'TIMESTAMP_INVALID'],
  ])('%s', async (_, body, code) => {
    const answer = await kit.post('dns', body());
    expect([answer.status, answer.body.code, answer.body.check?.code]).toEqual([401, 'PROOF_FAILED', code]);
  });

  it('with the fingerprints of every key that was tried, under the official sentence', async () => {
    const others = [ed25519Key(), p384Key()];
    kit.dns.set('example.com', { TXT: others.map(({ record }) => record) });
    const { body } = await kit.post('dns', login());
    expect(body.detail).toMatch(/^DNS authentication failed: The signature was made by none of the 2 keys/);
    for (const { id } of others) {
      const [algorithm, raw] = id.split(':');
      expect(body.detail).toContain(`${algorithm}:${raw!.slice(0, 8)}`);
      expect(body.detail).not.toContain(raw);
    }
    expect(body.errors).toEqual([{ message: String(body.detail).replace('DNS authentication failed: ', '') }]);
  });

  it.each([
    '127.0.0.1',
    '[::1]',
    '::1',
    '2130706433',
    '0x7f.1',
    '127.1',
    'localhost',
    'com',
    'co.uk',
    'github.io',
    'acme.github.io',
    'example.com:443',
    'example.com/',
    'example.com/path',
    'https://example.com',
    'user@example.com',
    'example.com?x',
    'example.com#x',
    'example..com',
    '.example.com',
    'example.com.',
    '-example.com',
    'exam ple.com',
    'example.com\n',
    'exämple.com',
    'example.com%2f',
    '',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(130)}com`,
  ])('of the domain "%s"', async (domain) => {
    for (const method of ['dns', 'http']) {
      const { status, body } = await kit.post(method, login({ domain }));
      expect([status, body.check?.code ?? body.code]).toEqual([401, 'DOMAIN_INVALID']);
    }
    expect([kit.dns.questions.filter((question) => question.startsWith('TXT')), kit.web.requests]).toEqual([[], []]);
  });

  it.each<[string, unknown, number, RegExp]>([
    ['no JSON', '{', 400, /cannot be read/],
    [
      'two of one member',
      '{"domain":"a.example","domain":"b.example","timestamp":"","signed_timestamp":""}',
      400,
      /domain/,
    ],
    ['nothing', {}, 422, /validation failed/],
    ['a list', [], 422, /validation failed/],
    ['a number for the domain', { domain: 5, timestamp: 'x', signed_timestamp: 'x' }, 422, /validation failed/],
    ['a domain without end', { domain: 'a'.repeat(1001), timestamp: 'x', signed_timestamp: 'x' }, 422, /validation/],
    ['a body without end', { domain: 'a'.repeat(200_000) }, 413, /larger than/],
    ['half of the bound form', { domain: 'example.com', nonce: 'x' }, 422, /validation failed/],
  ])('with %s in the body', async (_, body, status, detail) => {
    const answer = await kit.post('dns', body);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(detail)]);
  });
});

describe('what the domain shows', () => {
  it.each<[string, string[] | 'fail', string]>([
    ['no records', [], 'RECORD_MISSING'],
    ['records of others', ['v=spf1 -all', 'hallmark-verify=x'], 'RECORD_MISSING'],
    ['a key that is too short', ['v=MCPv1; k=ed25519; p=AAAA'], 'KEY_MALFORMED'],
    ['a key of an unknown type', [`v=MCPv1; k=rsa; p=${'A'.repeat(44)}`], 'KEY_MALFORMED'],
    [
      'a point that is not on the curve',
      [`v=MCPv1; k=ecdsap384; p=${Buffer.alloc(49, 2).toString('base64')}`],
      'KEY_MALFORMED',
    ],
    ['a key without padding', [key.record.replace(/=+$/, '')], 'KEY_MALFORMED'],
    ['a record without a key', ['v=MCPv1; k=ed25519'], 'KEY_MALFORMED'],
    ['nothing, as its name servers fail', 'fail', 'NAME_SERVERS_FAILED'],
  ])('%s', async (_, zone, code) => {
    kit.dns.set('example.com', zone === 'fail' ? 'fail' : { TXT: zone });
    expect((await kit.post('dns', login())).body.check?.code).toBe(code);
  });

  it('at a wrong name is told', async () => {
    kit.dns.set('example.com', {});
    kit.dns.set('_mcp-registry.example.com', { TXT: [key.record] });
    const { body } = await kit.post('dns', login());
    expect(body.check?.code).toBe('RECORD_MISPLACED');
    expect(body.detail).toContain('_mcp-registry.example.com');
  });

  it('is repeated exactly, with hostile text made visible and cut', async () => {
    kit.dns.set('example.com', { TXT: ['safe \u202Etxt\u0000 <script>', 'x'.repeat(700)] });
    const { body } = await kit.post('dns', login());
    const values = body.check?.seen.map(({ value }) => value);
    expect(values).toContain('safe \\u{202E}txt\\u{0} <script>');
    expect(values).toContain(`${'x'.repeat(300)}… (700 characters)`);
  });

  it('in a hundred records is counted, not listed', async () => {
    kit.dns.set('example.com', { TXT: Array.from({ length: 40 }, (_, i) => `r${i}`) });
    const { body } = await kit.post('dns', login());
    expect(body.check?.seen).toHaveLength(31);
  });
});

describe('the file of the domain', () => {
  it.each<[string, Parameters<typeof kit.web.set>[1], string]>([
    ['is missing', { status: 404, body: key.record }, 'STATUS_UNEXPECTED'],
    ['fails', { status: 500 }, 'STATUS_UNEXPECTED'],
    ['says something else', { body: '<html>hello</html>' }, 'RECORD_MISSING'],
    ['is larger than 4096 bytes', { body: `${key.record}\n${'x'.repeat(5000)}` }, 'ANSWER_TOO_LARGE'],
    ['redirects to a private address', { status: 302, headers: { location: 'https://10.0.0.1/' } }, 'REDIRECT_REFUSED'],
    [
      'redirects to another host',
      { status: 301, headers: { location: 'https://www.example.com/x' } },
      'REDIRECT_REFUSED',
    ],
    ['redirects to itself', { status: 302, headers: { location: FILE } }, 'REDIRECT_REFUSED'],
    ['redirects to http', { status: 302, headers: { location: 'http://example.com/' } }, 'REDIRECT_REFUSED'],
  ])('%s', async (_, answer, code) => {
    kit.web.set(FILE, answer);
    const { status, body } = await kit.post('http', login());
    expect([status, body.code, body.check?.code]).toEqual([401, 'PROOF_FAILED', code]);
    expect(kit.web.requests).toHaveLength(1);
  });

  it('with a certificate of another name is refused', async () => {
    kit.dns.set('cert.example', { A: ['127.0.0.1'] });
    kit.web.showCertificate('cert.example', { name: 'example.com' });
    expect((await kit.post('http', login({ domain: 'cert.example' }))).body.check?.code).toBe('CERTIFICATE_REFUSED');
  });

  it.each([
    ['loopback', { A: ['127.0.0.1'] }],
    ['cloud metadata', { A: ['169.254.169.254'] }],
    ['a private network beside a public address', { A: ['93.184.216.34', '10.0.0.1'] }],
    ['IPv6 loopback', { AAAA: ['::1'] }],
  ])('is not asked for at %s', async (_, records) => {
    kit.dns.set('example.com', records);
    const { status, body } = await kit.post('http', login(), { outbound: kit.strict });
    expect([status, body.code]).toEqual([400, 'ADDRESS_REFUSED']);
    expect(kit.web.requests).toEqual([]);
  });

  it('of a domain that does not exist is HOST_UNREACHABLE', async () => {
    expect((await kit.post('http', login({ domain: 'nowhere.example' }))).body.check?.code).toBe('HOST_UNREACHABLE');
  });
});

describe('a replay is refused', () => {
  it('at once, in another case of hex, and by the other way of proof', async () => {
    const body = login();
    expect((await kit.post('dns', body)).status).toBe(200);
    const again = [
      await kit.post('dns', body),
      await kit.post('dns', { ...body, signed_timestamp: body.signed_timestamp.toUpperCase() }),
      await kit.post('http', body),
    ];
    expect(again.map(({ status, body: { code } }) => [status, code])).toEqual(Array(3).fill([401, 'PROOF_REPLAYED']));
  });

  it('with another signature that was made from a valid one', async () => {
    const p384 = p384Key();
    kit.dns.set('example.com', { TXT: [p384.record] });
    const body = login({}, p384);
    const twin = { ...body, signed_timestamp: otherSignature(body.signed_timestamp) };
    expect((await kit.post('dns', body)).status).toBe(200);
    expect((await kit.post('dns', twin)).body.code).toBe('PROOF_REPLAYED');
    // It is a valid signature: on its own it would have been accepted.
    await db().usedProof.deleteMany();
    expect((await kit.post('dns', twin)).status).toBe(200);
  });

  it('at another domain with the same key', async () => {
    kit.dns.set('second.example', { TXT: [key.record] });
    const body = login();
    expect((await kit.post('dns', body)).status).toBe(200);
    expect((await kit.post('dns', { ...body, domain: 'second.example' })).body.code).toBe('PROOF_REPLAYED');
  });

  it('of two at the same moment: one is let in', async () => {
    const body = login();
    const answers = await Promise.all([1, 2, 3].map(() => kit.post('dns', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  it('a second later the same key is welcome again', async () => {
    expect((await kit.post('dns', login())).status).toBe(200);
    kit.later(1000);
    expect((await kit.post('dns', login())).status).toBe(200);
  });

  it('a failed login uses nothing up', async () => {
    kit.dns.set('example.com', {});
    const body = login();
    expect((await kit.post('dns', body)).status).toBe(401);
    kit.dns.set('example.com', { TXT: [key.record] });
    expect((await kit.post('dns', body)).status).toBe(200);
  });
});

describe('blocked namespaces', () => {
  it.each([
    ['com.example', 'example.com'],
    ['com.Example/*', 'example.com'],
    ['com.example', 'sub.example.com'],
  ])('%s blocks %s', async (blocked, domain) => {
    kit.dns.set(domain, { TXT: [key.record] });
    process.env.HALLMARK_BLOCKED_NAMESPACES = `org.other,${blocked}`;
    resetConfig();
    try {
      const { status, body } = await kit.post('dns', login({ domain }));
      expect([status, body.code]).toEqual([403, 'NAMESPACE_BLOCKED']);
    } finally {
      delete process.env.HALLMARK_BLOCKED_NAMESPACES;
      resetConfig();
    }
  });
});
