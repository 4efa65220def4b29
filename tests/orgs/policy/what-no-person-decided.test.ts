import { describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { changeEntry } from '#lib/orgs/allowlist/change-entry.ts';
import type { EntryTerms } from '#lib/orgs/allowlist/entry-terms.ts';
import { revokeVersion } from '#lib/orgs/allowlist/revoke-version.ts';
import type { ToolPolicy } from '#lib/orgs/allowlist/tool-policy.ts';
import type { VersionRule } from '#lib/orgs/allowlist/version-rule.ts';
import { workPolicyTasks } from '#lib/orgs/policy/policy-tasks.ts';
import { type PolicyDraft, savePolicy } from '#lib/orgs/policy/save-policy.ts';
import { decideRequests } from '#lib/orgs/requests/decide-requests.ts';
import { makeRequest } from '#lib/orgs/requests/make-request.ts';
import { publishTestVersion, testInstance, toolsOf } from '#tests/instance.ts';
import {
  ALL,
  approve,
  approved,
  daysAfter,
  memberOf,
  orgWith,
  published,
  rescan,
  type TestOrg,
} from '../allowlist/support.ts';

testInstance();

const EVERYTHING = '@id("all") @reason("All of it.") permit (principal, action, resource);';
const NOT_FIRST = `${EVERYTHING}
@id("first") @reason("The first one is bad.") forbid (principal, action, resource) when { resource.version == "1.0.0" };`;
const only = (...names: string[]): ToolPolicy => ({
  default: 'deny',
  rules: Object.fromEntries(names.map((name) => [name, 'allow' as const])),
});

async function save({ orgId, slug, viewer }: TestOrg, extra: Partial<PolicyDraft> = {}) {
  const draft: PolicyDraft = {
    mode: 'automatic',
    cedar: EVERYTHING,
    templates: [],
    coolDownDays: 0,
    toolPolicy: ALL,
    scope: 'requested',
    ...extra,
  };
  const basedOn = await db().orgPolicy.count({ where: { orgId } });
  await savePolicy({ viewer, orgSlug: slug, draft, note: 'because', basedOn, now: daysAfter(1) });
}

const work = (day: number) => workPolicyTasks({ now: () => daysAfter(day) });
const ask = (
  { slug, viewer }: TestOrg,
  serverName: string,
  {
    version = '1.0.0',
    ...over
  }: { version?: string; toolPolicy?: ToolPolicy; versionRule?: VersionRule; until?: Date } = {},
) => makeRequest({ viewer, orgSlug: slug, serverName, version, reason: 'need it', now: daysAfter(5), ...over });
const revoke = ({ slug, viewer }: TestOrg, serverName: string) =>
  revokeVersion({ viewer, orgSlug: slug, serverName, version: null, reason: 'malware', now: daysAfter(2) });
const toolsAllowed = async ({ orgId }: TestOrg) =>
  (await published(orgId)).allowlist.servers.flatMap(({ versions }) =>
    versions.flatMap(({ tools }) => tools.allow.map(({ name }) => name)),
  );

describe('a policy does not bring back', () => {
  it('the next version of a server that a person took off, whether it watches the catalog or was asked', async () => {
    const org = await orgWith('revoked-server');
    const name = 'org.limits/revoked';
    await approved(org, name);
    await save(org, {
      scope: 'catalog',
      cedar: EVERYTHING.replace(';', ' when { resource.namespace == "org.limits" };'),
    });
    await work(1);
    await revoke(org, name);
    await publishTestVersion(name, '2.0.0', { tools: toolsOf('read_file'), now: daysAfter(3) });
    await work(3);
    expect((await published(org.orgId)).allowed.filter((one) => one.startsWith(name))).toEqual([]);
    expect((await ask(org, name, { version: '2.0.0' })).state).toBe('open');
    await save(org, { mode: 'off' });
  });

  it.each([
    ['automatic', 'exact'],
    ['suggest', 'latest-approved'],
  ] as const)('what ended a moment ago, before the job came by (%s, %s)', async (mode, kind) => {
    const org = await orgWith(`ended-${mode}`);
    const name = `org.ended/${mode}`;
    await approved(org, name, { terms: { expiresAt: daysAfter(3), versionRule: { kind } } });
    await save(org, { mode });
    await work(1);
    await publishTestVersion(name, '1.1.0', { tools: toolsOf('read_file', 'write_file'), now: daysAfter(4) });
    await work(4);
    expect(await db().allowlistVersion.count({ where: { entry: { orgId: org.orgId } } })).toBe(1);
    const entry = await db().allowlistEntry.findFirstOrThrow({ where: { orgId: org.orgId } });
    expect(entry.expiresAt).toEqual(daysAfter(3));
  });
});

describe('a request that a policy passes', () => {
  it('waits for a person when it wants a tool that the policy gives to nobody', async () => {
    const org = await orgWith('more-tools');
    await publishTestVersion('org.more/files', '1.0.0', {
      tools: toolsOf('read_file', 'delete_all'),
      now: daysAfter(0),
    });
    await save(org, { toolPolicy: { default: 'allow', rules: { 'delete*': 'deny', read_file: 'ask' } } });
    expect((await ask(org, 'org.more/files', { toolPolicy: only('read_file', 'delete_all') })).state).toBe('open');
    expect(await toolsAllowed(org)).toEqual([]);
    expect((await ask(org, 'org.more/files', { version: '1.0.0', toolPolicy: only('read_file') })).state).toBe('open');
  });

  it('asks about the tools that the policy asks about, whatever was asked for', async () => {
    const org = await orgWith('ask-tools');
    await publishTestVersion('org.asks/files', '1.0.0', { tools: toolsOf('read_file', 'send'), now: daysAfter(0) });
    await save(org, { toolPolicy: { default: 'allow', rules: { send: 'ask' } } });
    expect((await ask(org, 'org.asks/files', { toolPolicy: only('read_file', 'send') })).state).toBe('approved');
    const [server] = (await published(org.orgId)).allowlist.servers;
    expect(server!.versions[0]!.tools.allow).toEqual([
      expect.not.objectContaining({ ask: true }),
      expect.objectContaining({ name: 'send', ask: true }),
    ]);
  });

  it('adds nothing to what a person chose of a version', async () => {
    const org = await orgWith('chosen-tools');
    await approved(org, 'org.chosen/files', { toolPolicy: only('read_file') });
    await save(org);
    expect((await ask(org, 'org.chosen/files')).state).toBe('open');
    expect((await ask(org, 'org.chosen/files', { toolPolicy: only('write_file') })).state).toBe('open');
    await work(5);
    expect(await toolsAllowed(org)).toEqual(['read_file']);
  });

  it('brings the version that was judged, and no others by its range', async () => {
    const org = await orgWith('range-asked');
    for (const version of ['1.0.0', '1.1.0'])
      await publishTestVersion('org.range/files', version, { tools: toolsOf('read_file'), now: daysAfter(0) });
    await save(org, { cedar: NOT_FIRST });
    const range = { kind: 'range', range: '>=0.0.1' } as const;
    expect((await ask(org, 'org.range/files', { version: '1.1.0', versionRule: range })).state).toBe('approved');
    expect((await published(org.orgId)).allowed).toEqual(['org.range/files 1.1.0']);
  });
});

describe('a verdict about one person', () => {
  const FOR_OWNERS =
    '@id("owners") @reason("An owner asks.") permit (principal is Hallmark::Person, action, resource) when { principal.role == "owner" };';

  it('grants nothing to another one who asked before', async () => {
    const org = await orgWith('two-askers');
    const name = 'org.askers/files';
    const { versionId } = await publishTestVersion(name, '1.0.0', { now: daysAfter(0) });
    await save(org, { cedar: FOR_OWNERS });
    const developer = await memberOf(org, 'requester');
    const asDeveloper = { ...org, viewer: developer };
    await ask(asDeveloper, name);
    await ask(org, name, { toolPolicy: only('read_file') });
    // Once more, now that an owner waits too.
    expect((await ask(asDeveloper, name)).state).toBe('open');
    await rescan(versionId, name, toolsOf('read_file', 'write_file'), daysAfter(6));
    await work(6);
    expect(await toolsAllowed(org)).toEqual(['read_file']);
    const open = await db().approvalRequest.findMany({ where: { orgId: org.orgId, state: 'open' } });
    expect(open.map(({ requesterId }) => requesterId)).toEqual([developer.id]);
  });
});

describe('an exception', () => {
  const entryOf = ({ orgId }: TestOrg) => db().allowlistEntry.findFirstOrThrow({ where: { orgId } });
  const exception = async (slug: string) => {
    const org = await orgWith(slug);
    const name = `org.exceptions/${slug}`;
    await publishTestVersion(name, '1.0.0', { tools: toolsOf('read_file'), now: daysAfter(0) });
    await save(org, { cedar: NOT_FIRST });
    await approve(org, name, { terms: { expiresAt: daysAfter(30) }, now: daysAfter(2) });
    await publishTestVersion(name, '1.1.0', { tools: toolsOf('read_file'), now: daysAfter(3) });
    return { org, name };
  };

  it('keeps its end when another version is asked for without one, and the policy passes it', async () => {
    const { org, name } = await exception('asked');
    await ask(org, name, { version: '1.1.0' });
    expect((await entryOf(org)).expiresAt).toEqual(daysAfter(30));
  });

  it.each<[string, EntryTerms]>([
    ['without an end', { expiresAt: null }],
    ['with an end in two years', { expiresAt: daysAfter(730) }],
    ['without an owner', { ownerId: null }],
  ])('is not left %s by a change of its entry, nor by an approval of another version', async (label, terms) => {
    const { org, name } = await exception(label.replaceAll(' ', '-'));
    const refused = { code: 'UNPROCESSABLE', message: expect.stringContaining('1.0.0 is an exception') };
    const input = { viewer: org.viewer, orgSlug: org.slug, serverName: name, reason: 'why', now: daysAfter(4) };
    await expect(changeEntry({ ...input, terms })).rejects.toMatchObject(refused);
    await expect(approve(org, name, { version: '1.1.0', terms, now: daysAfter(4) })).rejects.toMatchObject(refused);
    await changeEntry({ ...input, terms: { expiresAt: daysAfter(20) } });
    expect(await entryOf(org)).toMatchObject({ expiresAt: daysAfter(20), ownerId: org.viewer.id });
  });

  it('beside an approval without end gets the end that was asked for', async () => {
    const org = await orgWith('beside');
    const name = 'org.exceptions/beside';
    await publishTestVersion(name, '1.0.0', { tools: toolsOf('read_file'), now: daysAfter(0) });
    await approved(org, name, { version: '1.1.0' });
    await save(org, { mode: 'suggest', cedar: NOT_FIRST });
    const { id } = await ask(org, name, { until: daysAfter(40) });
    const decision = { kind: 'approve', reason: 'for a while', isException: true } as const;
    await decideRequests({ viewer: org.viewer, orgSlug: org.slug, ids: [id], decision, now: daysAfter(6) });
    expect(await entryOf(org)).toMatchObject({ source: 'exception', expiresAt: daysAfter(40) });
  });

  it('is not made by a range: what the policy denies stays out', async () => {
    const org = await orgWith('by-range');
    const name = 'org.exceptions/by-range';
    for (const version of ['1.0.0', '1.1.0', '1.2.0'])
      await publishTestVersion(name, version, { tools: toolsOf('read_file'), now: daysAfter(0) });
    await save(org, { mode: 'suggest', cedar: NOT_FIRST });
    const terms: EntryTerms = { versionRule: { kind: 'range', range: '^1.0.0' } };
    const { range } = await approve(org, name, { version: '1.2.0', terms, now: daysAfter(2) });
    expect(range).toEqual({ also: ['1.1.0'], left: [{ version: '1.0.0', reason: 'the policy denies it' }] });
  });
});
