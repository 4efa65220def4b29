import { beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { decide } from '#lib/gateway/decisions/decide.ts';
import type { DefinitionDigests } from '#lib/manifest/types.ts';
import { denyTarget } from '#lib/orgs/allowlist/deny-target.ts';
import { explainAccess } from '#lib/orgs/allowlist/explain-access.ts';
import { startLockdown } from '#lib/orgs/allowlist/lockdown.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import { suspendEntry } from '#lib/orgs/allowlist/suspend-entry.ts';
import { publishedList } from '#lib/orgs/published/published-list.ts';
import { publishTestVersion, testInstance, toolsOf } from '#tests/instance.ts';
import { approved, daysAfter, orgWith, rescan, T0, type TestOrg } from './support.ts';

testInstance();

const NOW = daysAfter(5);
let org: TestOrg;
const files = 'org.why/files';

type Asked = Partial<Omit<Parameters<typeof explainAccess>[0], 'viewer' | 'orgSlug'>>;
const why = (asked: Asked) =>
  explainAccess({ viewer: org.viewer, orgSlug: org.slug, serverName: files, now: NOW, ...asked });

const readOnly = { annotations: { readOnlyHint: true } };
const withTools = (...tools: [string, object?][]) => ({
  ...toolsOf(),
  tools: tools.map(([name, more = {}]) => ({
    name,
    description: `Does ${name}.`,
    inputSchema: { type: 'object' as const },
    ...more,
  })),
});

beforeAll(async () => {
  org = await orgWith('why', { suspendOnDrift: 'never' });
  const { versionId } = await approved(org, files, {
    tools: withTools(['read_file', readOnly], ['list_files'], ['send_file'], ['delete_file']),
    toolPolicy: { default: 'deny', rules: { '*_file*': 'allow', 'send_*': 'ask', delete_file: 'deny' } },
    terms: { environments: ['prod', 'ci'], expiresAt: daysAfter(90) },
  });
  // Changed since, with a tool that nobody has seen yet.
  await rescan(
    versionId,
    files,
    withTools(['read_file', readOnly], ['list_files', { title: 'Other' }], ['send_file'], ['copy_file']),
    daysAfter(1),
  );
  await publishTestVersion(files, '2.0.0', { tools: toolsOf('read_file'), now: daysAfter(1) });
  await approved(org, 'org.why/suspended');
  await suspendEntry({
    viewer: org.viewer,
    orgSlug: org.slug,
    serverName: 'org.why/suspended',
    reason: 'looks odd',
    now: NOW,
  });
  await approved(org, 'org.why/revoked');
  await revokeVersion({
    viewer: org.viewer,
    orgSlug: org.slug,
    serverName: 'org.why/revoked',
    version: null,
    reason: 'leaked',
    now: NOW,
  });
  await approved(org, 'org.why/latest', { version: '1.0.0', terms: { versionRule: { kind: 'latest-approved' } } });
  await approved(org, 'org.why/latest', { version: '1.1.0' });
  await approved(org, 'org.bad/files');
  await approved(org, 'org.why/ends', { terms: { expiresAt: daysAfter(2) } });
  const { orgId } = org;
  const entry = await db().allowlistEntry.findFirstOrThrow({ where: { orgId, server: { name: files } } });
  const create = { orgId, displayName: 'x' };
  await db().team.create({
    data: {
      ...create,
      slug: 'data',
      entries: {
        create: { entryId: entry.id, reason: 'x', toolPolicy: { default: 'deny', rules: { 'read_*': 'allow' } } },
      },
    },
  });
  await db().team.create({ data: { ...create, slug: 'idle' } });
  await db().agentGroup.create({
    data: { ...create, slug: 'readers', readOnly: true, entries: { create: { entryId: entry.id } } },
  });
  await db().agentGroup.create({
    data: {
      ...create,
      slug: 'asking',
      entries: { create: { entryId: entry.id, toolPolicy: { default: 'ask', rules: {} } } },
    },
  });
  await db().agentGroup.create({ data: { ...create, slug: 'all', entries: { create: { entryId: entry.id } } } });
  // Published with the next decision.
  await denyTarget({
    viewer: org.viewer,
    orgSlug: org.slug,
    kind: 'namespace',
    target: 'org.bad',
    reason: 'typosquats',
    advisory: 'GHSA-1',
    now: T0,
  });
});

const here = { environment: 'prod' };

describe('explainAccess', () => {
  it.each<[string, Asked, string, string, RegExp]>([
    ['a server on the list', here, 'allowed', 'ALLOWED', /./],
    ['a tool by a pattern', { ...here, tool: 'read_file' }, 'allowed', 'ALLOWED', /./],
    ['a tool that needs a person', { ...here, tool: 'send_file' }, 'asked', 'ALLOWED', /./],
    ['an exact denial', { ...here, tool: 'delete_file' }, 'TOOL_NOT_ALLOWED', 'tool', /Denied by "delete_file"/],
    [
      'the default',
      { ...here, tool: 'other' },
      'TOOL_NOT_ALLOWED',
      'tool',
      /Denied by default; the version has no such/,
    ],
    [
      'a new tool that the pattern would match',
      { ...here, tool: 'copy_file' },
      'TOOL_NOT_ALLOWED',
      'tool',
      /was not there when/,
    ],
    ['a tool that changed', { ...here, tool: 'list_files' }, 'TOOL_DRIFTED', 'definition', /changed/],
    ['an environment that it is not for', { environment: 'dev' }, 'ENVIRONMENT_DENIED', 'environment', /ci, prod/],
    ['no environment', {}, 'ENVIRONMENT_DENIED', 'environment', /ci, prod/],
    ['a team', { ...here, team: 'data', tool: 'read_file' }, 'allowed', 'ALLOWED', /./],
    ['a team whose tools are fewer', { ...here, team: 'data', tool: 'send_file' }, 'TEAM_DENIED', 'team', /data/],
    ['a team without the server', { ...here, team: 'idle' }, 'TEAM_DENIED', 'team', /idle/],
    ['a team that is none', { ...here, team: 'nobody' }, 'TEAM_UNKNOWN', 'team', /nobody/],
    ['a group that wants a person', { ...here, group: 'asking', tool: 'read_file' }, 'asked', 'ALLOWED', /./],
    ['a group', { ...here, group: 'all', tool: 'read_file' }, 'allowed', 'ALLOWED', /./],
    ['a group that only reads, reading', { ...here, group: 'readers', tool: 'read_file' }, 'allowed', 'ALLOWED', /./],
    [
      'a group that only reads, sending',
      { ...here, group: 'readers', team: 'data', tool: 'send_file' },
      'TEAM_DENIED',
      'team',
      /data/,
    ],
    [
      'a group that only reads, alone',
      { ...here, group: 'readers', tool: 'send_file' },
      'READ_ONLY',
      'group',
      /only read/,
    ],
    ['a group that is none', { ...here, group: 'nobody' }, 'GROUP_UNKNOWN', 'group', /nobody/],
    [
      'a version that nobody approved',
      { ...here, version: '2.0.0' },
      'VERSION_UNKNOWN',
      'version',
      /Approved: 1\.0\.0/,
    ],
    ['a version that does not exist', { ...here, version: '9' }, 'VERSION_UNKNOWN', 'version', /no version 9/],
    [
      'a version that a newer one overtook',
      { serverName: 'org.why/latest', version: '1.0.0' },
      'VERSION_UNKNOWN',
      'version',
      /only the newest/,
    ],
    ['the newest', { serverName: 'org.why/latest' }, 'allowed', 'ALLOWED', /./],
    [
      'a suspended server',
      { serverName: 'org.why/suspended' },
      'VERSION_REVOKED',
      'revocations',
      /suspended: "looks odd"/,
    ],
    ['a revoked server', { serverName: 'org.why/revoked' }, 'VERSION_REVOKED', 'revocations', /revoked: "leaked"/],
    [
      'a denied namespace',
      { serverName: 'org.bad/files' },
      'SERVER_REVOKED',
      'revocations',
      /org\.bad is denied: "typosquats" \(GHSA-1\)/,
    ],
    ['an approval that ended', { serverName: 'org.why/ends' }, 'ENTRY_EXPIRED', 'end', /2026-06-03/],
    [
      'a server that nobody asked for',
      { serverName: 'org.why/unknown' },
      'SERVER_UNKNOWN',
      'server',
      /not on the list/,
    ],
  ])('%s', async (_, asked, verdictOrCode, stepOrCode, says) => {
    const answer = await why(asked);
    const isOpen = verdictOrCode === 'allowed' || verdictOrCode === 'asked';
    expect(answer.verdict).toBe(isOpen ? verdictOrCode : 'blocked');
    expect(answer.code).toBe(isOpen ? stepOrCode : verdictOrCode);
    const blocking = answer.steps.filter(({ outcome }) => outcome === 'block');
    expect(blocking.map(({ id }) => id)).toEqual(isOpen ? [] : [stepOrCode]);
    if (!isOpen) expect(blocking[0]!.says).toMatch(says);
    const at = answer.steps.findIndex(({ outcome }) => outcome === 'block');
    expect(answer.steps.slice(at + 1).every(({ outcome }) => outcome === (isOpen ? outcome : 'skipped'))).toBe(true);
  });

  it('answers as the gateway does, for every combination', async () => {
    const { allowlist, revocations } = (await publishedList(org.orgId))!;
    const versions = await db().version.findMany({ include: { currentScan: { select: { digests: true } } } });
    let compared = 0;
    for (const { serverName, version, currentScan } of versions)
      for (const tool of [null, 'read_file', 'list_files', 'send_file', 'delete_file', 'copy_file', 'none'])
        for (const environment of [null, 'prod', 'dev'])
          for (const [team, group] of [
            [null, null],
            ['data', null],
            ['idle', 'all'],
            [null, 'readers'],
            ['data', 'readers'],
            ['nobody', 'nobody'],
          ] as const) {
            const digests = (currentScan?.digests as DefinitionDigests | null | undefined)?.tools ?? {};
            const gateway = decide({
              allowlist,
              revocations,
              server: serverName,
              version,
              now: NOW,
              scope: { environment, team, group, readOnly: false },
              ...(tool === null ? {} : { tool, digest: digests[tool] ?? null }),
            });
            const answer = await why({ serverName, version, tool, environment, team, group });
            const blocks = answer.steps.some(({ outcome }) => outcome === 'block');
            const asks = answer.steps.some(({ outcome }) => outcome === 'ask');
            expect({ allow: answer.verdict !== 'blocked', code: answer.code, blocks, asks }).toEqual({
              allow: gateway.allow,
              code: gateway.code,
              blocks: !gateway.allow,
              asks: gateway.allow && gateway.ask === true,
            });
            compared += 1;
          }
    expect(compared).toBe(versions.length * 7 * 3 * 6);
  });

  it('says that everything is locked down before anything else', async () => {
    const locked = await orgWith('why-locked');
    await approved(locked, 'org.why-locked/files');
    await startLockdown({ viewer: locked.viewer, orgSlug: locked.slug, reason: 'incident 7' });
    const answer = await explainAccess({
      viewer: locked.viewer,
      orgSlug: locked.slug,
      serverName: 'org.why-locked/files',
    });
    expect(answer).toMatchObject({ verdict: 'blocked', code: 'LOCKDOWN' });
    expect(answer.steps[0]).toMatchObject({ outcome: 'block', says: 'Everything is locked down: "incident 7".' });
  });
});
