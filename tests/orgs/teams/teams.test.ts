import { beforeAll, describe, expect, it } from 'vitest';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import type { AllowlistDocument } from '#lib/feed/documents.ts';
import {
  archiveAgentGroup,
  createAgentGroup,
  listAgentGroups,
  removeAgentGroupServer,
  setAgentGroupReadOnly,
  setAgentGroupServer,
} from '#lib/orgs/agent-groups/agent-groups.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { listTeams } from '#lib/orgs/teams/list-teams.ts';
import {
  addTeamMember,
  archiveTeam,
  createTeam,
  removeTeamMember,
  removeTeamServer,
  setTeamServer,
} from '#lib/orgs/teams/teams.ts';
import { createUser, publishTestVersion, testInstance, toolsOf, viewerOf } from '#tests/instance.ts';

testInstance();

const NOW = new Date('2026-11-21T12:00:00.000Z');
const SERVER = 'com.example/weather';
let owner: Viewer;
let member: Viewer;
let stranger: Viewer;
let orgId: string;

beforeAll(async () => {
  const founder = await createUser('Olga');
  ({ id: orgId } = await createOrg({ viewer: founder, slug: 'acme', displayName: 'Acme', now: NOW }));
  owner = await viewerOf(founder.id);
  const dora = await createUser('Dora');
  await db().orgMember.create({ data: { orgId, userId: dora.id, role: 'requester' } });
  member = await viewerOf(dora.id);
  const eve = await createUser('Eve');
  await createOrg({ viewer: eve, slug: 'evil', displayName: 'Evil', now: NOW });
  stranger = await viewerOf(eve.id);
  await publishTestVersion(SERVER, '1.0.0', { tools: toolsOf('read_table', 'read_map', 'write'), now: NOW });
  await approveVersion({
    viewer: owner,
    orgSlug: 'acme',
    serverName: SERVER,
    version: '1.0.0',
    toolPolicy: { default: 'deny', rules: { 'read_*': 'allow', write: 'allow' } },
    reason: 'Fine.',
    now: NOW,
  });
});

const target = () => ({ viewer: owner, orgSlug: 'acme', now: NOW });
const published = async () => {
  const row = await db().feedPublication.findFirstOrThrow({ where: { orgId }, orderBy: { serial: 'desc' } });
  return JSON.parse(Buffer.from(row.allowlistBytes).toString('utf8')) as AllowlistDocument;
};

describe('a team', () => {
  it('has a list of its own inside the organization, and the feed says so', async () => {
    await createTeam({ ...target(), slug: 'data', displayName: 'Data' });
    expect((await published()).teams).toEqual([{ name: 'data', readOnly: false, servers: [] }]);
    const serverName = SERVER;
    await setTeamServer({ ...target(), teamSlug: 'data', serverName, reason: 'They draw maps.' });
    expect((await published()).teams?.[0]?.servers).toEqual([{ name: SERVER }]);
    const toolPolicy = { default: 'deny' as const, rules: { '*_map': 'allow' as const, erase: 'allow' as const } };
    await setTeamServer({ ...target(), teamSlug: 'data', serverName, toolPolicy, reason: 'Only maps.' });
    expect((await published()).teams?.[0]?.servers).toEqual([{ name: SERVER, tools: ['read_map'] }]);
    expect((await listTeams(target()))[0]).toMatchObject({
      slug: 'data',
      servers: [{ name: SERVER, state: 'approved', toolPolicy }],
    });
    await removeTeamServer({ ...target(), teamSlug: 'data', serverName });
    expect((await published()).teams?.[0]?.servers).toEqual([]);
  });

  it('has members of the organization alone', async () => {
    const team = { ...target(), teamSlug: 'data' };
    await addTeamMember({ ...team, userId: member.id });
    await expect(addTeamMember({ ...team, userId: member.id })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(addTeamMember({ ...team, userId: stranger.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await listTeams(target()))[0]?.members.map(({ name }) => name)).toEqual(['Dora']);
    await removeTeamMember({ ...team, userId: member.id });
    await expect(removeTeamMember({ ...team, userId: member.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is gone from the feed when it ends, and its name is not used again', async () => {
    await archiveTeam({ ...target(), teamSlug: 'data' });
    expect((await published()).teams ?? []).toEqual([]);
    await expect(createTeam({ ...target(), slug: 'data', displayName: 'Data' })).rejects.toMatchObject({
      code: 'NAME_TAKEN',
    });
  });

  it.each([
    ['a short name that is none', () => createTeam({ ...target(), slug: '../x', displayName: 'X' }), 'UNPROCESSABLE'],
    ['a requester', () => createTeam({ ...target(), viewer: member, slug: 'mine', displayName: 'Mine' }), 'FORBIDDEN'],
    ['a stranger', () => createTeam({ ...target(), viewer: stranger, slug: 'mine', displayName: 'Mine' }), 'NOT_FOUND'],
    ['a stranger who looks', () => listTeams({ viewer: stranger, orgSlug: 'acme' }), 'NOT_FOUND'],
    [
      'a team that is not there',
      () => setTeamServer({ ...target(), teamSlug: 'nobody', serverName: SERVER, reason: 'x' }),
      'NOT_FOUND',
    ],
  ])('is not made or changed by %s', async (_, attempt, code) => {
    await expect(attempt()).rejects.toMatchObject({ code });
  });

  it('cannot list what the organization does not', async () => {
    await createTeam({ ...target(), slug: 'ops', displayName: 'Ops' });
    await publishTestVersion('com.example/other', '1.0.0', { tools: toolsOf('go'), now: NOW });
    await expect(
      setTeamServer({ ...target(), teamSlug: 'ops', serverName: 'com.example/other', reason: 'x' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a group of agents', () => {
  it('may use what it is given, read-only or not', async () => {
    await createAgentGroup({ ...target(), slug: 'nightly', displayName: 'Nightly jobs', readOnly: true });
    const group = { ...target(), groupSlug: 'nightly' };
    await setAgentGroupServer({ ...group, serverName: SERVER, readOnly: false });
    const mine = async () => (await published()).groups?.find(({ name }) => name === 'nightly');
    expect(await mine()).toEqual({ name: 'nightly', readOnly: true, servers: [{ name: SERVER }] });
    await setAgentGroupReadOnly({ ...group, readOnly: false });
    await setAgentGroupServer({
      ...group,
      serverName: SERVER,
      readOnly: true,
      toolPolicy: { default: 'allow', rules: { 'w*': 'deny' } },
    });
    expect(await mine()).toEqual({
      name: 'nightly',
      readOnly: false,
      servers: [{ name: SERVER, readOnly: true, tools: ['read_map', 'read_table'] }],
    });
    expect((await listAgentGroups(target()))[0]).toMatchObject({ slug: 'nightly', servers: [{ readOnly: true }] });
    await removeAgentGroupServer({ ...group, serverName: SERVER });
    expect((await mine())?.servers).toEqual([]);
    await archiveAgentGroup(group);
    expect(await mine()).toBeUndefined();
    await expect(setAgentGroupReadOnly({ ...group, readOnly: true })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const kinds = await db().auditEvent.findMany({ where: { chain: orgId, kind: { startsWith: 'agent-group.' } } });
    expect(kinds).toHaveLength(6);
  });

  it.each([
    ['a requester', () => member, 'FORBIDDEN'],
    ['a stranger', () => stranger, 'NOT_FOUND'],
  ])('is not made by %s', async (_, who, code) => {
    await expect(
      createAgentGroup({ ...target(), viewer: who(), slug: 'mine', displayName: 'Mine', readOnly: false }),
    ).rejects.toMatchObject({ code });
  });
});
