import { describe, expect, test } from 'vitest';
import type { DsseEnvelope, FeedHead, FeedTrust } from '#lib/feed/documents.ts';
import { CLOCK_SKEW_MS, type FeedState, keyId, pae, signHead, verifyHead } from '#lib/feed/dsse.ts';
import { FEED_ERROR_CODES, FeedError } from '#lib/feed/feed-error.ts';
import { generateLocalKey } from '#lib/feed/keys/local-key.ts';
import { parseTrust } from '#lib/feed/parse-documents.ts';
import { trustKeyOf } from './support/test-feed.ts';

const now = new Date('2026-11-20T12:00:00Z');
const at = (ms: number) => new Date(now.getTime() + ms).toISOString();
const old = generateLocalKey({ role: 'feed' });
const next = generateLocalKey({ role: 'feed', algorithm: 'ecdsa-p256' });
const recovery = generateLocalKey({ role: 'root' });
const stranger = generateLocalKey({ role: 'feed' });

const head = (overrides: Partial<FeedHead> = {}): FeedHead => ({
  v: 1,
  org: 'acme',
  epoch: 1,
  serial: 5,
  issuedAt: at(0),
  expires: at(900_000),
  refreshSeconds: 60,
  body: { sha256: 'a'.repeat(64), length: 10 },
  revocations: { sha256: 'b'.repeat(64), length: 10 },
  tufRootVersion: 1,
  ...overrides,
});
const trust = (overrides: Partial<FeedTrust> = {}): FeedTrust => ({
  v: 1,
  org: 'acme',
  baseUrl: 'https://hallmark.example/feed',
  feedKeys: [trustKeyOf(old)],
  threshold: 1,
  tufRoot: {},
  ...overrides,
});
const state = (overrides: Partial<FeedState> = {}): FeedState => ({
  epoch: 1,
  serial: 5,
  allowlistSha256: 'a'.repeat(64),
  revocationsSha256: 'b'.repeat(64),
  ...overrides,
});

test('the pre-authentication encoding is that of the DSSE specification', () => {
  expect(pae('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
});

test('a key id is the SHA-256 of the SPKI', () => {
  expect(keyId(old.publicKey())).toMatch(/^[0-9a-f]{64}$/);
  expect(keyId(old.publicKey())).toBe(old.id);
});

describe('a head is accepted', () => {
  const cases: { name: string; head?: Partial<FeedHead>; state?: FeedState | null; trust?: Partial<FeedTrust> }[] = [
    { name: 'by a reader that knows nothing yet', state: null },
    { name: 'with the same serial and the same list', state: state() },
    { name: 'with a higher serial', state: state({ serial: 4, allowlistSha256: 'c'.repeat(64) }) },
    { name: 'by a reader that pins only the new key', trust: { feedKeys: [trustKeyOf(next)] } },
    { name: 'by two of two keys', trust: { feedKeys: [trustKeyOf(old), trustKeyOf(next)], threshold: 2 } },
    { name: 'with any epoch by a reader that knows nothing yet', head: { epoch: 7 }, state: null },
  ];
  test.each(cases)('$name', async ({ head: change, state: stored = state(), trust: trusted }) => {
    const envelope = await signHead(head(change), [old, next]);
    const result = verifyHead({ envelope, trust: trust(trusted), state: stored, now });
    expect(result).toMatchObject({ head: head(change), warnings: [] });
  });

  test('by the recovery key alone, which may raise the epoch', async () => {
    const envelope = await signHead(head({ epoch: 2, serial: 1 }), [recovery]);
    const trusted = trust({ recoveryKeys: [trustKeyOf(recovery)] });
    expect(verifyHead({ envelope, trust: trusted, state: state({ serial: 99 }), now }).recovered).toBe(true);
  });

  test('with a warning when it was issued within the allowed skew of the future', async () => {
    const envelope = await signHead(head({ issuedAt: at(CLOCK_SKEW_MS) }), [old]);
    expect(verifyHead({ envelope, trust: trust(), state: null, now }).warnings).toMatchObject([
      { code: 'FEED_WARN_CLOCK' },
    ]);
  });

  test('with a warning when the only key ends soon', async () => {
    const envelope = await signHead(head(), [old]);
    const trusted = trust({ feedKeys: [{ ...trustKeyOf(old), notAfter: at(86_400_000) }] });
    const { warnings } = verifyHead({ envelope, trust: trusted, state: null, now });
    expect(warnings).toMatchObject([{ code: 'FEED_WARN_KEY_ENDS' }]);
  });
});

describe('a head is refused', () => {
  type Case = {
    name: string;
    code: string;
    head?: Partial<FeedHead>;
    signers?: Parameters<typeof signHead>[1];
    state?: FeedState | null;
    trust?: FeedTrust;
    edit?: (envelope: DsseEnvelope) => unknown;
  };
  const reencode = (envelope: DsseEnvelope, change: (text: string) => string) => ({
    ...envelope,
    payload: Buffer.from(change(Buffer.from(envelope.payload, 'base64').toString())).toString('base64'),
  });
  const cases: Case[] = [
    { name: 'rollback of the serial', code: 'FEED_ROLLBACK', state: state({ serial: 6 }) },
    {
      name: 'rollback of the epoch, even with a higher serial',
      code: 'FEED_ROLLBACK',
      state: state({ epoch: 2, serial: 1 }),
    },
    { name: 'expired this very second', code: 'FEED_EXPIRED', head: { expires: at(0) } },
    { name: 'issued beyond the allowed skew', code: 'FEED_CLOCK', head: { issuedAt: at(CLOCK_SKEW_MS + 1) } },
    { name: 'foreign key', code: 'FEED_SIGNATURE', signers: [stranger] },
    { name: 'no signer', code: 'FEED_SIGNATURE', signers: [] },
    { name: 'foreign key under a trusted key id', code: 'FEED_SIGNATURE', signers: [{ ...stranger, id: old.id }] },
    {
      name: 'key id of a property that every object has',
      code: 'FEED_SIGNATURE',
      signers: [{ ...stranger, id: 'constructor' }],
    },
    { name: 'other organization', code: 'FEED_WRONG_ORG', head: { org: 'evil' } },
    {
      name: 'same serial, other allowlist',
      code: 'FEED_EQUIVOCATION',
      state: state({ allowlistSha256: 'c'.repeat(64) }),
    },
    {
      name: 'same serial, other revocations',
      code: 'FEED_EQUIVOCATION',
      state: state({ revocationsSha256: 'c'.repeat(64) }),
    },
    { name: 'epoch raised by the feed key', code: 'FEED_EPOCH', head: { epoch: 2 }, state: state() },
    {
      name: 'one signature given twice toward two',
      code: 'FEED_SIGNATURE',
      trust: trust({ feedKeys: [trustKeyOf(old), trustKeyOf(next)], threshold: 2 }),
      edit: (envelope) => ({ ...envelope, signatures: [...envelope.signatures, ...envelope.signatures] }),
    },
    {
      name: 'one key written twice into the trust file toward two',
      code: 'FEED_SIGNATURE',
      trust: trust({ feedKeys: [trustKeyOf(old), trustKeyOf(old)], threshold: 2 }),
    },
    {
      name: 'key past its notAfter',
      code: 'FEED_SIGNATURE',
      trust: trust({ feedKeys: [{ ...trustKeyOf(old), notAfter: at(-1000) }] }),
    },
    {
      name: 'edited payload',
      code: 'FEED_SIGNATURE',
      edit: (e) => reencode(e, (t) => t.replace('"serial":5', '"serial":6')),
    },
    { name: 'payload with other spacing', code: 'FEED_SIGNATURE', edit: (e) => reencode(e, (t) => ` ${t}`) },
    {
      name: 'payload in another spelling of base64',
      code: 'FEED_MALFORMED',
      edit: (e) => ({ ...e, payload: `${e.payload}\n` }),
    },
    { name: 'another payload type', code: 'FEED_MALFORMED', edit: (e) => ({ ...e, payloadType: 'application/json' }) },
    { name: 'signatures missing', code: 'FEED_MALFORMED', edit: ({ signatures: _, ...e }) => e },
    { name: 'signatures empty', code: 'FEED_SIGNATURE', edit: (e) => ({ ...e, signatures: [] }) },
    { name: 'not an object', code: 'FEED_MALFORMED', edit: () => null },
    { name: 'signed but without expiry', code: 'FEED_MALFORMED', head: { expires: undefined as unknown as string } },
    { name: 'signed but of a later version', code: 'FEED_MALFORMED', head: { v: 2 as unknown as 1 } },
    { name: 'serial beyond safe integers', code: 'FEED_MALFORMED', head: { serial: 2 ** 60 } },
  ];
  test.each(cases)('$name', async (given) => {
    const signed = await signHead(head(given.head), given.signers ?? [old]);
    const envelope = given.edit?.(signed) ?? (given.edit ? null : signed);
    const attempt = () =>
      verifyHead({
        envelope,
        trust: given.trust ?? trust(),
        state: given.state === undefined ? null : given.state,
        now,
      });
    expect(attempt).toThrow(FeedError);
    expect(attempt).toThrow(expect.objectContaining({ code: given.code }));
    expect(FEED_ERROR_CODES).toContain(given.code);
  });

  test('the first failed check is the one that is told: signature before organization before expiry before serial', async () => {
    const wrong = { org: 'evil', expires: at(-1000), serial: 1 };
    const code = async (change: Partial<FeedHead>, signer = old) => {
      try {
        verifyHead({ envelope: await signHead(head(change), [signer]), trust: trust(), state: state(), now });
      } catch (error) {
        return (error as FeedError).code;
      }
      return null;
    };
    expect(await code(wrong, stranger)).toBe('FEED_SIGNATURE');
    expect(await code(wrong)).toBe('FEED_WRONG_ORG');
    expect(await code({ ...wrong, org: 'acme' })).toBe('FEED_EXPIRED');
    expect(await code({ serial: 1 })).toBe('FEED_ROLLBACK');
  });
});

describe('a trust file', () => {
  const good = trust();
  const cases: { name: string; value: unknown }[] = [
    { name: 'without keys', value: { ...good, feedKeys: [] } },
    { name: 'with a threshold of zero', value: { ...good, threshold: 0 } },
    { name: 'with a threshold that one key cannot meet', value: { ...good, threshold: 2 } },
    {
      name: 'with the same key twice toward a threshold of two',
      value: { ...good, threshold: 2, feedKeys: [...good.feedKeys, ...good.feedKeys] },
    },
    {
      name: 'whose key id belongs to another key',
      value: { ...good, feedKeys: [{ ...trustKeyOf(old), keyid: next.id }] },
    },
    {
      name: 'whose algorithm is not that of the key',
      value: { ...good, feedKeys: [{ ...trustKeyOf(old), algorithm: 'ecdsa-p256' }] },
    },
    { name: 'whose PEM is no key', value: { ...good, feedKeys: [{ ...trustKeyOf(old), pem: 'nonsense' }] } },
    { name: 'with a file URL', value: { ...good, baseUrl: 'file:///etc/passwd' } },
    { name: 'without a TUF root', value: { ...good, tufRoot: undefined } },
    { name: 'that is a list', value: [] },
  ];
  test.each(cases)('$name is refused', ({ value }) => {
    expect(() => parseTrust(value)).toThrow(expect.objectContaining({ code: 'FEED_TRUST_MALFORMED' }));
  });
  test('that is right is taken as it is', () => {
    expect(parseTrust(good)).toEqual(good);
  });
});
