import { describe, expect, test } from 'vitest';
import type { AcceptedFeed } from '#lib/feed/client/index.ts';
import type { AllowlistDocument, RevocationsDocument } from '#lib/feed/documents.ts';
import { commandOf } from '#lib/gateway/decisions/select-version.ts';
import {
  decide,
  GATEWAY_REASONS,
  parseServerReference,
  refreshDelayMs,
  selectVersion,
  sessionDecision,
} from '#lib/gateway/index.ts';
import { version } from '#tests/feed/support/test-feed.ts';

const digest = 'd'.repeat(64);
const header = { v: 1 as const, org: 'acme', epoch: 1, serial: 1, generatedAt: '2026-11-20T12:00:00Z' };
const allow = [{ name: 'read', digest }];
const one = version({ tools: { default: 'deny', allow } });
const two = version({ version: '2.0.0', tools: { default: 'deny', allow } });
const servers = [{ name: 'com.example/a', versions: [one, two] }];

const allowlist = (overrides: Partial<AllowlistDocument> = {}): AllowlistDocument => ({
  ...header,
  mode: 'allowlist',
  default: 'deny',
  onStale: 'keep',
  graceSeconds: 60,
  servers,
  ...overrides,
});
const revocations = (...list: [string, string?][]): RevocationsDocument => ({
  ...header,
  revocations: list.map(([name, revoked]) => ({
    name,
    ...(revoked ? { version: revoked } : {}),
    reason: 'bad',
    at: 'now',
  })),
});
const ask = { server: 'com.example/a', version: '1.0.0', now: new Date('2026-11-20T12:00:00Z') };

describe('decide', () => {
  type Case = {
    name: string;
    code: keyof typeof GATEWAY_REASONS;
    list?: Partial<AllowlistDocument>;
    revoked?: [string, string?][];
    asked?: Partial<Parameters<typeof decide>[0]>;
  };
  const cases: Case[] = [
    { name: 'a listed version', code: 'ALLOWED' },
    { name: 'a listed tool with its digest', code: 'ALLOWED', asked: { tool: 'read', digest } },
    { name: 'another version', code: 'VERSION_UNKNOWN', asked: { version: '1.0.1' } },
    { name: 'another server', code: 'SERVER_UNKNOWN', asked: { server: 'com.example/b' } },
    { name: 'the name in other letters', code: 'SERVER_UNKNOWN', asked: { server: 'com.example/A' } },
    { name: 'a name that every object has', code: 'SERVER_UNKNOWN', asked: { server: '__proto__' } },
    { name: 'another tool', code: 'TOOL_NOT_ALLOWED', asked: { tool: 'write', digest } },
    { name: 'a tool that looks like an allowed one', code: 'TOOL_NOT_ALLOWED', asked: { tool: 'rеad', digest } },
    {
      name: 'a listed tool with another digest',
      code: 'TOOL_DRIFTED',
      asked: { tool: 'read', digest: 'e'.repeat(64) },
    },
    {
      name: 'a listed tool with its digest in capitals',
      code: 'TOOL_DRIFTED',
      asked: { tool: 'read', digest: digest.toUpperCase() },
    },
    { name: 'a listed tool that was not seen', code: 'TOOL_UNSEEN', asked: { tool: 'read', digest: null } },
    { name: 'a listed tool without any digest', code: 'TOOL_UNSEEN', asked: { tool: 'read' } },
    { name: 'a revoked server', code: 'SERVER_REVOKED', revoked: [['com.example/a']] },
    { name: 'a revoked version', code: 'VERSION_REVOKED', revoked: [['com.example/a', '1.0.0']] },
    { name: 'a version beside the revoked one', code: 'ALLOWED', revoked: [['com.example/a', '2.0.0']] },
    { name: 'a server beside the revoked one', code: 'ALLOWED', revoked: [['com.example/b']] },
    {
      name: 'a revoked server that is not listed',
      code: 'SERVER_REVOKED',
      list: { servers: [] },
      revoked: [['com.example/a']],
    },
    {
      name: 'a tool of a revoked server',
      code: 'SERVER_REVOKED',
      revoked: [['com.example/a']],
      asked: { tool: 'read', digest },
    },
    { name: 'anything in lockdown', code: 'LOCKDOWN', list: { mode: 'lockdown' }, asked: { tool: 'read', digest } },
    {
      name: 'a tool of a version without tools',
      code: 'TOOL_NOT_ALLOWED',
      list: { servers: [{ name: 'com.example/a', versions: [version()] }] },
      asked: { tool: 'read', digest },
    },
  ];
  test.each(cases)('$name: $code', ({ code, list, revoked = [], asked }) => {
    const decision = decide({ allowlist: allowlist(list), revocations: revocations(...revoked), ...ask, ...asked });
    expect(decision).toMatchObject({ code, allow: code === 'ALLOWED' });
    expect(Object.keys(GATEWAY_REASONS)).toContain(decision.code);
  });

  test('a server that left the list with its last version says when and why', () => {
    const { code, message } = decide({
      allowlist: allowlist({ servers: [] }),
      revocations: revocations(['com.example/a', '1.0.0'], ['com.example/b', '2.0.0']),
      ...ask,
      version: '(any)',
    });
    expect(code).toBe('SERVER_UNKNOWN');
    expect(message).toMatch(/^com\.example\/a is not on the allowlist of acme\. It revoked 1\.0\.0 on now: bad$/);
  });

  test('a hostile tool name comes escaped in the sentence', () => {
    const { message } = decide({
      allowlist: allowlist(),
      revocations: revocations(),
      ...ask,
      tool: `a\u001b[31m${'x'.repeat(500)}`,
    });
    expect(message).not.toContain('\u001b');
    expect(message.length).toBeLessThan(250);
  });
});

test('age never turns a refusal of the last list into something passing', () => {
  const feed = {
    freshUntil: new Date('2026-11-20T12:15:00Z'),
    allowlist: allowlist(),
    revocations: revocations(['com.example/a']),
  } as AcceptedFeed;
  const now = new Date('2026-11-21T12:00:00Z');
  expect(sessionDecision({ feed, session: 'running', ...ask, now })).toMatchObject({ code: 'SERVER_REVOKED' });
});

test('a list is as old as the earlier of head and TUF timestamp says, as freshUntil has it', () => {
  const feed = {
    head: { expires: '2026-12-20T12:00:00Z' },
    freshUntil: new Date('2026-11-20T12:15:00Z'),
    allowlist: { ...allowlist(), onStale: 'deny' },
    revocations: revocations(),
  } as AcceptedFeed;
  const now = new Date('2026-11-21T12:00:00Z');
  expect(sessionDecision({ feed, session: 'new', ...ask, now })).toMatchObject({
    allow: false,
    code: 'FEED_STALE_DENIED',
  });
});

describe('the version to run', () => {
  const feed = (list: AllowlistDocument, revoked: RevocationsDocument) =>
    ({ allowlist: list, revocations: revoked }) as AcceptedFeed;
  const pick = (revoked: [string, string?][], asked: string | null = null) =>
    selectVersion({ ...ask, feed: feed(allowlist(), revocations(...revoked)), version: asked });

  test('is the one approved last', () => expect(pick([])).toBe('2.0.0'));
  test('is not a revoked one', () => expect(pick([['com.example/a', '2.0.0']])).toBe('1.0.0'));
  test('is the one asked for, allowed or not', () => expect(pick([['com.example/a', '2.0.0']], '2.0.0')).toBe('2.0.0'));
  test('stands after the @', () => {
    expect(parseServerReference('com.example/a')).toEqual({ server: 'com.example/a', version: null });
    expect(parseServerReference('com.example/a@1.0.0-rc.1+b')).toEqual({
      server: 'com.example/a',
      version: '1.0.0-rc.1+b',
    });
  });
});

test("the operator's command comes before the allowlist's, and further arguments come last", () => {
  const entry = version({ packages: [pack(null), pack(['npx', '-y', 'a@1.0.0'])] });
  expect(commandOf({ entry, exec: null, args: ['/srv'] })).toEqual(['npx', '-y', 'a@1.0.0', '/srv']);
  expect(commandOf({ entry, exec: ['node', 'a.js'], args: ['/srv'] })).toEqual(['node', 'a.js', '/srv']);
});

test('gateways spread their refreshes by a fifth, within bounds on what the feed asks for', () => {
  expect(refreshDelayMs({ fromHead: 60, override: null, random: 0 })).toBe(48_000);
  expect(refreshDelayMs({ fromHead: 60, override: null, random: 1 })).toBe(72_000);
  expect(refreshDelayMs({ fromHead: 0.001, override: null, random: 0.5 })).toBe(5_000);
  expect(refreshDelayMs({ fromHead: 1e9, override: null, random: 0.5 })).toBe(3_600_000);
  expect(refreshDelayMs({ fromHead: 60, override: 2, random: 0.5 })).toBe(2_000);
});

function pack(command: string[] | null) {
  return { registryType: 'npm', identifier: 'a', version: '1.0.0', purl: null, digest: null, command };
}
