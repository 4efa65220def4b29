import { describe, expect, test } from 'vitest';
import type { AllowlistDocument, Narrowing, RevocationsDocument } from '#lib/feed/documents.ts';
import type { GatewayReason } from '#lib/gateway/decisions/reasons.ts';
import { type DecideInput, DRY_RUN_PASSES, decide, NO_SCOPE, type Scope, sessionDecision } from '#lib/gateway/index.ts';
import { version } from '#tests/feed/support/test-feed.ts';

const digest = 'd'.repeat(64);
const server = 'com.example/a';
const now = new Date('2026-11-20T12:00:00Z');
const allow = [
  { name: 'read', digest, readOnly: true as const },
  { name: 'write', digest },
  { name: 'send', digest, ask: true as const },
];
const header = { v: 1 as const, org: 'acme', epoch: 1, serial: 1, generatedAt: '2026-11-20T11:00:00Z' };
const narrowing = (overrides: Partial<Narrowing> = {}): Narrowing => ({
  name: 'web',
  readOnly: false,
  servers: [{ name: server }],
  ...overrides,
});

type Case = {
  name: string;
  code: GatewayReason;
  entry?: Partial<ReturnType<typeof version>>;
  teams?: Narrowing[];
  groups?: Narrowing[];
  scope?: Partial<Scope>;
  asked?: Partial<DecideInput>;
  mode?: AllowlistDocument['mode'];
  revoked?: boolean;
};

function ask({ entry, teams, groups, scope, asked, mode = 'allowlist', revoked }: Omit<Case, 'name' | 'code'>) {
  const allowlist: AllowlistDocument = {
    ...header,
    mode,
    default: 'deny',
    onStale: 'keep',
    graceSeconds: 60,
    servers: [{ name: server, versions: [version({ tools: { default: 'deny', allow }, ...entry })] }],
    ...(teams ? { teams } : {}),
    ...(groups ? { groups } : {}),
  };
  const revocations: RevocationsDocument = {
    ...header,
    revocations: revoked ? [{ name: server, reason: 'bad', at: 'now' }] : [],
  };
  return { allowlist, revocations, server, version: '1.0.0', now, scope: { ...NO_SCOPE, ...scope }, ...asked };
}

const read = { tool: 'read', digest };
const write = { tool: 'write', digest };

describe('the scope of a gateway', () => {
  const cases: Case[] = [
    { name: 'an approval that has not ended', code: 'ALLOWED', entry: { expiresAt: '2026-11-20T12:00:01Z' } },
    { name: 'an approval that ends now', code: 'ENTRY_EXPIRED', entry: { expiresAt: '2026-11-20T12:00:00Z' } },
    { name: 'an end that is no date', code: 'ENTRY_EXPIRED', entry: { expiresAt: 'soon' } },
    {
      name: 'an environment that is named',
      code: 'ALLOWED',
      entry: { environments: ['production'] },
      scope: { environment: 'production' },
    },
    {
      name: 'another environment',
      code: 'ENVIRONMENT_DENIED',
      entry: { environments: ['production'] },
      scope: { environment: 'staging' },
    },
    {
      name: 'the environment in other letters',
      code: 'ENVIRONMENT_DENIED',
      entry: { environments: ['production'] },
      scope: { environment: 'Production' },
    },
    { name: 'no environment where one is wanted', code: 'ENVIRONMENT_DENIED', entry: { environments: ['production'] } },
    {
      name: 'no environment at all',
      code: 'ENVIRONMENT_DENIED',
      entry: { environments: [] },
      scope: { environment: 'production' },
    },
    { name: 'any environment without a lock', code: 'ALLOWED', scope: { environment: 'x' } },
    { name: 'a team of a list without teams', code: 'TEAM_UNKNOWN', scope: { team: 'web' } },
    { name: 'a team that the list does not have', code: 'TEAM_UNKNOWN', teams: [narrowing()], scope: { team: 'Web' } },
    { name: 'a group of a list without groups', code: 'GROUP_UNKNOWN', scope: { group: 'web' } },
    {
      name: 'a name that every object has',
      code: 'GROUP_UNKNOWN',
      groups: [narrowing()],
      scope: { group: '__proto__' },
    },
    { name: 'a team with the server', code: 'ALLOWED', teams: [narrowing()], scope: { team: 'web' } },
    {
      name: 'a team without the server',
      code: 'TEAM_DENIED',
      teams: [narrowing({ servers: [] })],
      scope: { team: 'web' },
    },
    {
      name: 'a tool that a team has',
      code: 'ALLOWED',
      teams: [narrowing({ servers: [{ name: server, tools: ['read'] }] })],
      scope: { team: 'web' },
      asked: read,
    },
    {
      name: 'a tool that a team does not have',
      code: 'TEAM_DENIED',
      teams: [narrowing({ servers: [{ name: server, tools: ['read'] }] })],
      scope: { team: 'web' },
      asked: write,
    },
    {
      name: 'a tool that only the team would allow',
      code: 'TOOL_NOT_ALLOWED',
      teams: [narrowing({ servers: [{ name: server, tools: ['drop'] }] })],
      scope: { team: 'web' },
      asked: { tool: 'drop', digest },
    },
    {
      name: 'a group that may only read: a tool that reads',
      code: 'ALLOWED',
      groups: [narrowing({ readOnly: true })],
      scope: { group: 'web' },
      asked: read,
    },
    {
      name: 'a group that may only read: one that writes',
      code: 'READ_ONLY',
      groups: [narrowing({ readOnly: true })],
      scope: { group: 'web' },
      asked: write,
    },
    {
      name: 'a server that a group may only read',
      code: 'READ_ONLY',
      groups: [narrowing({ servers: [{ name: server, readOnly: true }] })],
      scope: { group: 'web' },
      asked: write,
    },
    {
      name: 'team and group: both have to allow it',
      code: 'GROUP_DENIED',
      teams: [narrowing()],
      groups: [narrowing({ servers: [] })],
      scope: { team: 'web', group: 'web' },
    },
    {
      name: 'a team of which there are two: both have to allow it',
      code: 'TEAM_DENIED',
      teams: [narrowing(), narrowing({ servers: [] })],
      scope: { team: 'web' },
    },
    {
      name: 'a gateway that may only read: a tool that reads',
      code: 'ALLOWED',
      scope: { readOnly: true },
      asked: read,
    },
    {
      name: 'a gateway that may only read: one that writes',
      code: 'READ_ONLY',
      scope: { readOnly: true },
      asked: write,
    },
    { name: 'revocation before an unknown team', code: 'SERVER_REVOKED', revoked: true, scope: { team: 'web' } },
    {
      name: 'lockdown before everything',
      code: 'LOCKDOWN',
      mode: 'lockdown',
      revoked: true,
      entry: { expiresAt: 'soon' },
    },
  ];
  test.each(cases)('$name: $code', ({ code, name: _name, ...given }) => {
    expect(decide(ask(given))).toMatchObject({ code, allow: code === 'ALLOWED' });
  });

  test('a tool that a person has to agree to is allowed, and says so', () => {
    expect(decide(ask({ asked: { tool: 'send', digest } }))).toMatchObject({ allow: true, ask: true });
    expect(decide(ask({ asked: read }))).not.toHaveProperty('ask');
  });

  test('what team or group wants a person for is asked about there, also beside one that does not', () => {
    const asking = [narrowing({ servers: [{ name: server, tools: ['read', 'drop'], ask: ['read', 'drop'] }] })];
    const plain = [narrowing()];
    const scope = { team: 'web', group: 'web' };
    expect(decide(ask({ teams: asking, scope: { team: 'web' }, asked: read }))).toMatchObject({ ask: true });
    expect(decide(ask({ teams: plain, groups: asking, scope, asked: read }))).toMatchObject({ ask: true });
    expect(decide(ask({ teams: asking, groups: plain, scope, asked: read }))).toMatchObject({ ask: true });
    expect(decide(ask({ teams: asking, asked: read }))).not.toHaveProperty('ask');
    const drop = decide(ask({ teams: asking, scope: { team: 'web' }, asked: { tool: 'drop', digest } }));
    expect(drop).toMatchObject({ allow: false, code: 'TOOL_NOT_ALLOWED' });
  });
});

describe('a dry run', () => {
  const dry = (given: Omit<Case, 'name' | 'code'>) => {
    const { allowlist, revocations, ...asked } = ask(given);
    const feed = { head: { expires: '2026-11-20T13:00:00Z' }, allowlist, revocations } as never;
    return sessionDecision({ feed, session: 'running', isDryRun: true, ...asked });
  };

  test.each<[string, GatewayReason, Omit<Case, 'name' | 'code'>]>([
    ['a tool that is not allowed', 'TOOL_NOT_ALLOWED', { asked: { tool: 'drop', digest } }],
    ['a tool that has changed', 'TOOL_DRIFTED', { asked: { tool: 'read', digest: 'e'.repeat(64) } }],
    ['an unknown team', 'TEAM_UNKNOWN', { scope: { team: 'web' } }],
    ['an approval that has ended', 'ENTRY_EXPIRED', { entry: { expiresAt: '2020-01-01T00:00:00Z' } }],
    ['another environment', 'ENVIRONMENT_DENIED', { entry: { environments: ['production'] } }],
  ])('lets %s pass and says what would refuse it', (_name, code, given) => {
    expect(DRY_RUN_PASSES.has(code)).toBe(true);
    expect(dry(given)).toMatchObject({ allow: true, wouldDeny: true, code });
  });

  test.each<[string, GatewayReason, Omit<Case, 'name' | 'code'>]>([
    ['a revoked server', 'SERVER_REVOKED', { revoked: true }],
    ['anything in lockdown', 'LOCKDOWN', { mode: 'lockdown' }],
    ['a version that is not listed', 'VERSION_UNKNOWN', { asked: { version: '9.9.9' } }],
    ['a server that is not listed', 'SERVER_UNKNOWN', { asked: { server: 'com.example/b' } }],
  ])('refuses %s all the same', (_name, code, given) => {
    expect(DRY_RUN_PASSES.has(code)).toBe(false);
    expect(dry(given)).toMatchObject({ allow: false, code });
  });
});
