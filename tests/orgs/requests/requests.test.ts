import { beforeAll, describe, expect, it } from 'vitest';
import type { OrgRole, Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import type { AllowlistDocument, RevocationsDocument } from '#lib/feed/documents.ts';
import { approveVersion } from '#lib/orgs/allowlist/approve-version.ts';
import type { ToolPolicy } from '#lib/orgs/allowlist/tool-policy.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { savePolicy } from '#lib/orgs/policy/save-policy.ts';
import { sayAboutRequest, withdrawRequest } from '#lib/orgs/requests/converse.ts';
import { decideRequests, type RequestDecision } from '#lib/orgs/requests/decide-requests.ts';
import { getRequest } from '#lib/orgs/requests/get-request.ts';
import { listRequests } from '#lib/orgs/requests/list-requests.ts';
import { makeRequest } from '#lib/orgs/requests/make-request.ts';
import { openRequestInTransaction } from '#lib/orgs/requests/open-request.ts';
import { tendRequests } from '#lib/orgs/requests/tend-requests.ts';
import { createUser, publishTestVersion, testInstance, toolsOf, viewerOf } from '#tests/instance.ts';

testInstance();

const NOW = new Date('2026-11-21T12:00:00.000Z');
const DAY = 86_400_000;
const SERVER = 'com.example/weather';

let owner: Viewer;
let reviewer: Viewer;
let developer: Viewer;
let auditor: Viewer;
let stranger: Viewer;
let orgId: string;
let teamId: string;

async function join(name: string, role: OrgRole): Promise<Viewer> {
  const user = await createUser(name);
  await db().orgMember.create({ data: { orgId, userId: user.id, role } });
  return viewerOf(user.id);
}

beforeAll(async () => {
  const founder = await createUser('Olga');
  ({ id: orgId } = await createOrg({ viewer: founder, slug: 'acme', displayName: 'Acme', now: NOW }));
  owner = await viewerOf(founder.id);
  reviewer = await join('Rene', 'reviewer');
  developer = await join('Dora', 'requester');
  auditor = await join('Aude', 'auditor');
  stranger = await createUser('Stan');
  const team = await db().team.create({
    data: { orgId, slug: 'data', displayName: 'Data', members: { create: { userId: developer.id } } },
  });
  teamId = team.id;
  await db().team.create({ data: { orgId, slug: 'other', displayName: 'Other' } });
  for (const version of ['1.0.0', '1.1.0'])
    await publishTestVersion(SERVER, version, { tools: toolsOf('read', 'list', 'write'), now: NOW });
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'])
    await publishTestVersion(`com.example/srv-${name}`, '1.0.0', { tools: toolsOf('read', 'write'), now: NOW });
  await publishTestVersion('com.example/unseen', '1.0.0', { now: NOW });
});

const only = (...names: string[]): ToolPolicy => ({
  default: 'deny',
  rules: Object.fromEntries(names.map((name) => [name, 'allow' as const])),
});
const ask = (over: Partial<Parameters<typeof makeRequest>[0]> = {}) =>
  makeRequest({
    viewer: developer,
    orgSlug: 'acme',
    serverName: SERVER,
    version: '1.0.0',
    reason: 'For the forecast.',
    now: NOW,
    ...over,
  });
const decide = (ids: string[], decision: Partial<RequestDecision> & { kind: 'approve' | 'deny' }, viewer = reviewer) =>
  decideRequests({
    viewer,
    orgSlug: 'acme',
    ids,
    decision: { reason: 'Looked at it.', ...decision } as RequestDecision,
    now: NOW,
  });
const page = (id: string, viewer = reviewer) => getRequest({ viewer, orgSlug: 'acme', id, now: NOW });
const serialNow = async () => (await db().feed.findUniqueOrThrow({ where: { orgId } })).serial;
const published = async () => {
  const row = await db().feedPublication.findFirstOrThrow({ where: { orgId }, orderBy: { serial: 'desc' } });
  const parse = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString('utf8'));
  return {
    allowlist: parse(row.allowlistBytes) as AllowlistDocument,
    revocations: parse(row.revocationsBytes) as RevocationsDocument,
  };
};
const allowedTools = async (name: string, version: string) =>
  (await published()).allowlist.servers
    .find((server) => server.name === name)
    ?.versions.find((one) => one.version === version)
    ?.tools.allow.map((tool) => tool.name);
const events = async (request: string) =>
  (
    await db().auditEvent.findMany({
      where: { chain: orgId, subject: { path: ['request'], equals: request } },
      orderBy: { seq: 'asc' },
    })
  ).map(({ kind }) => kind);

describe('a request', () => {
  it('is granted with what was asked for, and says so in feed and log', async () => {
    const { id, state } = await ask({ toolPolicy: only('read'), until: new Date(NOW.getTime() + 30 * DAY) });
    expect(state).toBe('open');
    expect(await page(id)).toMatchObject({ requester: 'Dora', toolPolicy: only('read'), isOverdue: false });
    const before = await serialNow();
    const { serial, done, left } = await decide([id], { kind: 'approve', terms: { conditions: 'Only in staging.' } });
    expect([serial, done.length, left]).toEqual([before + 1, 1, []]);
    expect(await allowedTools(SERVER, '1.0.0')).toEqual(['read']);
    expect(await page(id)).toMatchObject({
      state: 'approved',
      decided: { by: 'Rene', words: 'Looked at it.', conditions: 'Only in staging.' },
      entry: { state: 'approved', expiresAt: new Date(NOW.getTime() + 30 * DAY).toISOString() },
    });
    expect(await events(id)).toEqual(['request.opened', 'request.approved']);
  });

  it('adds to what others have and takes nothing from them', async () => {
    const { id } = await ask({ toolPolicy: only('list'), reason: 'For the menu.' });
    await decide([id], { kind: 'approve' });
    expect((await allowedTools(SERVER, '1.0.0'))?.sort()).toEqual(['list', 'read']);
    // Asked for without an end: the entry has none any more.
    expect((await page(id))?.entry?.expiresAt).toBeNull();
  });

  it('is not made twice, nor for what is allowed already', async () => {
    await expect(ask({ toolPolicy: only('read') })).rejects.toMatchObject({ code: 'CONFLICT' });
    const first = await ask({ version: '1.1.0' });
    expect((await ask({ version: '1.1.0' })).id).toBe(first.id);
    await withdrawRequest({ viewer: developer, orgSlug: 'acme', id: first.id, now: NOW });
    expect(await events(first.id)).toEqual(['request.opened', 'request.withdrawn']);
  });

  it.each([
    ['a stranger', () => ask({ viewer: stranger }), 'NOT_FOUND'],
    ['an auditor', () => ask({ viewer: auditor }), 'FORBIDDEN'],
    ['no reason', () => ask({ serverName: 'com.example/srv-b', reason: '  ' }), 'UNPROCESSABLE'],
    [
      'an end in the past',
      () => ask({ serverName: 'com.example/srv-b', until: new Date(NOW.getTime() - 1) }),
      'UNPROCESSABLE',
    ],
    ['an unknown server', () => ask({ serverName: 'com.example/nothing' }), 'NOT_FOUND'],
    ['an unknown version', () => ask({ version: '9.9.9' }), 'NOT_FOUND'],
    ['an unknown tool', () => ask({ serverName: 'com.example/srv-b', toolPolicy: only('erase') }), 'UNPROCESSABLE'],
    ["somebody else's team", () => ask({ serverName: 'com.example/srv-b', teamSlug: 'other' }), 'NOT_FOUND'],
    ['a team that does not exist', () => ask({ serverName: 'com.example/srv-b', teamSlug: 'nobody' }), 'NOT_FOUND'],
  ])('is refused: %s', async (_, make, code) => {
    const before = await db().approvalRequest.count();
    await expect(make()).rejects.toMatchObject({ code });
    expect(await db().approvalRequest.count()).toBe(before);
  });

  it('of a team gives the server to the team, with the tools that it asked for', async () => {
    const { id } = await ask({
      serverName: 'com.example/srv-a',
      version: '1.0.0',
      teamSlug: 'data',
      toolPolicy: only('read'),
    });
    await decide([id], { kind: 'approve' });
    expect(await allowedTools('com.example/srv-a', '1.0.0')).toEqual(['read']);
    const entry = await db().teamEntry.findFirstOrThrow({ where: { teamId }, include: { entry: true } });
    expect(entry.toolPolicy).toEqual(only('read'));
    await expect(
      ask({ serverName: 'com.example/srv-a', version: '1.0.0', teamSlug: 'data', toolPolicy: only('write') }),
    ).resolves.toMatchObject({ state: 'open' });
  });

  it('of a team leaves the team without the tools that the reviewer took off', async () => {
    const { id } = await ask({ serverName: 'com.example/srv-k', teamSlug: 'data', toolPolicy: only('read', 'write') });
    await decide([id], { kind: 'approve', toolPolicy: only('read') });
    const entry = await db().teamEntry.findFirstOrThrow({
      where: { teamId, entry: { server: { name: 'com.example/srv-k' } } },
    });
    expect(entry.toolPolicy).toEqual(only('read'));
  });

  it('waits when the tools were not seen, and the others of the same decision do not', async () => {
    const unseen = await ask({ serverName: 'com.example/unseen' });
    const good = await ask({ serverName: 'com.example/srv-b' });
    const { done, left, serial } = await decide([unseen.id, good.id], { kind: 'approve' });
    expect(done.map(({ id }) => id)).toEqual([good.id]);
    expect(left).toMatchObject([{ id: unseen.id, code: 'NO_TOOLS_SEEN' }]);
    expect(serial).not.toBeNull();
    expect((await page(unseen.id))?.state).toBe('open');
    await expect(decide([unseen.id], { kind: 'approve' })).rejects.toMatchObject({ code: 'NO_TOOLS_SEEN' });
  });

  it('is closed by an approval from the page of the server when that answers it', async () => {
    const wide = await ask({ serverName: 'com.example/srv-c' });
    const narrow = await makeRequest({
      viewer: reviewer,
      orgSlug: 'acme',
      serverName: 'com.example/srv-c',
      version: '1.0.0',
      toolPolicy: only('read'),
      reason: 'Me too.',
      now: NOW,
    });
    await approveVersion({
      viewer: owner,
      orgSlug: 'acme',
      serverName: 'com.example/srv-c',
      version: '1.0.0',
      toolPolicy: only('read'),
      reason: 'Reading is fine.',
      now: NOW,
    });
    expect((await page(narrow.id))?.state).toBe('approved');
    expect((await page(wide.id))?.state).toBe('open');
  });
});

describe('a decision', () => {
  it('is made once', async () => {
    const { id } = await ask({ serverName: 'com.example/srv-d' });
    const outcomes = await Promise.allSettled([
      decide([id], { kind: 'approve' }),
      decide([id], { kind: 'deny' }, owner),
      decide([id], { kind: 'approve' }, owner),
    ]);
    const refused = outcomes.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(2);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'REQUEST_CLOSED' });
    expect((await events(id)).filter((kind) => /approved|denied/.test(kind))).toHaveLength(1);
  });

  it.each([
    ['the asker', () => developer, 'FORBIDDEN'],
    ['an auditor', () => auditor, 'FORBIDDEN'],
    ['a stranger', () => stranger, 'NOT_FOUND'],
  ])('is not for %s', async (_, who, code) => {
    const { id } = await ask({ serverName: 'com.example/srv-e' });
    await expect(decide([id], { kind: 'approve' }, who())).rejects.toMatchObject({ code });
    expect((await page(id))?.state).toBe('open');
  });

  it('about a request of another organization finds nothing, whatever else is chosen', async () => {
    const { id } = await ask({ serverName: 'com.example/srv-e' });
    const other = await createUser('Eve');
    await createOrg({ viewer: other, slug: 'evil', displayName: 'Evil', now: NOW });
    const eve = await viewerOf(other.id);
    const attempt = { orgSlug: 'evil', viewer: eve, now: NOW };
    await expect(
      decideRequests({ ...attempt, ids: [id], decision: { kind: 'approve', reason: 'Mine.' } }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(sayAboutRequest({ ...attempt, id, kind: 'note', text: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(withdrawRequest({ ...attempt, id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await getRequest({ ...attempt, id })).toBeNull();
    await expect(getRequest({ viewer: eve, orgSlug: 'acme', id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('of many makes one publication', async () => {
    const ids = [];
    for (const name of ['f', 'g', 'h']) ids.push((await ask({ serverName: `com.example/srv-${name}` })).id);
    const before = await serialNow();
    expect((await decide(ids, { kind: 'approve' })).serial).toBe(before + 1);
    expect(await serialNow()).toBe(before + 1);
    const denied = await ask({ serverName: 'com.example/srv-i' });
    expect(await decide([denied.id], { kind: 'deny' })).toMatchObject({ serial: null });
    expect(await serialNow()).toBe(before + 1);
  });

  it('of no request, or of too many, is refused', async () => {
    await expect(decide([], { kind: 'approve' })).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
    const many = Array.from({ length: 201 }, (_, index) => `id-${index}`);
    await expect(decide(many, { kind: 'deny' })).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
  });

  it('needs somebody else where the organization wants four eyes', async () => {
    await db().org.update({ where: { id: orgId }, data: { settings: { fourEyes: true } } });
    try {
      const own = await ask({ viewer: reviewer, serverName: 'com.example/srv-i' });
      await expect(decide([own.id], { kind: 'approve' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
      const fromItsPage = () =>
        approveVersion({
          viewer: reviewer,
          orgSlug: 'acme',
          serverName: 'com.example/srv-i',
          version: '1.0.0',
          toolPolicy: only('read'),
          reason: 'Mine.',
          now: NOW,
        });
      await expect(fromItsPage()).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(decide([own.id], { kind: 'approve' }, owner)).resolves.toMatchObject({ left: [] });
    } finally {
      await db().org.update({ where: { id: orgId }, data: { settings: {} } });
    }
  });

  it('to deny what a version has become revokes it', async () => {
    const { id: serverId } = await db().server.findUniqueOrThrow({ where: { name: 'com.example/srv-f' } });
    const id = await db().$transaction((tx) =>
      openRequestInTransaction(tx, {
        orgId,
        serverId,
        serverName: 'com.example/srv-f',
        version: '1.0.0',
        kind: 'drift',
        reason: 'It answers differently.',
        requester: null,
        now: NOW,
      }),
    );
    const { serial } = await decide([id], { kind: 'deny' });
    expect(serial).toBe(await serialNow());
    expect(await allowedTools('com.example/srv-f', '1.0.0')).toBeUndefined();
    expect((await published()).revocations.revocations).toContainEqual(
      expect.objectContaining({ name: 'com.example/srv-f', version: '1.0.0', reason: 'Looked at it.' }),
    );
  });

  it.each([
    ['drift', '1.0.0', ['read'], 10],
    ['new_version', '1.1.0', ['read'], 10],
    ['expiry', '1.0.0', ['read'], 90],
  ] as const)('about what Hallmark opened gives no tool more: %s', async (kind, version, tools, days) => {
    const name = `com.example/kept-${kind.replace('_', '-')}`;
    for (const one of ['1.0.0', '1.1.0'])
      await publishTestVersion(name, one, { tools: toolsOf('read', 'write'), now: NOW });
    const expiresAt = new Date(NOW.getTime() + 10 * DAY);
    await approveVersion({
      viewer: owner,
      orgSlug: 'acme',
      serverName: name,
      version: '1.0.0',
      toolPolicy: only('read'),
      terms: { expiresAt },
      reason: 'Reading is fine.',
      now: NOW,
    });
    const { id: serverId } = await db().server.findUniqueOrThrow({ where: { name } });
    const request = {
      orgId,
      serverId,
      serverName: name,
      version,
      kind,
      reason: 'Look at it.',
      requester: null,
      now: NOW,
    };
    const id = await db().$transaction((tx) => openRequestInTransaction(tx, request));
    await db().org.update({ where: { id: orgId }, data: { settings: { defaultApprovalDays: 90 } } });
    try {
      await decide([id], { kind: 'approve' });
    } finally {
      await db().org.update({ where: { id: orgId }, data: { settings: {} } });
    }
    expect(await allowedTools(name, version)).toEqual(tools);
    expect((await page(id))?.entry?.expiresAt).toBe(new Date(NOW.getTime() + days * DAY).toISOString());
  });

  it('against the policy is an exception, with an end', async () => {
    const { id } = await ask({ serverName: 'com.example/srv-j' });
    const draft = {
      mode: 'suggest' as const,
      cedar: '@id("none") @reason("Nothing is signed well enough.") forbid (principal, action, resource);',
      templates: [],
      coolDownDays: 0,
      toolPolicy: { default: 'allow' as const, rules: {} },
      scope: 'requested' as const,
    };
    await savePolicy({ viewer: owner, orgSlug: 'acme', draft, note: 'Strict.', basedOn: 0, now: NOW });
    await expect(decide([id], { kind: 'approve' })).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
    await expect(decide([id], { kind: 'approve', isException: true })).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
    const expiresAt = new Date(NOW.getTime() + 7 * DAY);
    await expect(decide([id], { kind: 'approve', terms: { expiresAt } })).rejects.toMatchObject({
      code: 'UNPROCESSABLE',
    });
    await decide([id], { kind: 'approve', isException: true, terms: { expiresAt } });
    const { serverId } = await db().approvalRequest.findUniqueOrThrow({ where: { id } });
    const entry = await db().allowlistEntry.findFirstOrThrow({ where: { orgId, serverId } });
    expect(entry).toMatchObject({ source: 'exception', ownerId: reviewer.id, expiresAt, requestId: id });
    const next = await ask({ serverName: 'com.example/srv-l' });
    expect((await page(next.id))?.verdict).toMatchObject({
      outcome: 'deny',
      reasons: ['Nothing is signed well enough.'],
    });
    await savePolicy({
      viewer: owner,
      orgSlug: 'acme',
      draft: { ...draft, mode: 'off' },
      note: 'Off.',
      basedOn: 1,
      now: NOW,
    });
  });
});

describe('a conversation', () => {
  it('goes back and forth, and notes stay among reviewers', async () => {
    const { id } = await ask({ version: '1.1.0', reason: 'The new one.' });
    const say = (viewer: Viewer, kind: 'question' | 'answer' | 'note', text: string) =>
      sayAboutRequest({ viewer, orgSlug: 'acme', id, kind, text, now: NOW });
    await say(reviewer, 'note', 'Looks odd.');
    await say(reviewer, 'question', 'Why do you need write?');
    expect((await page(id))?.state).toBe('asked');
    expect((await page(id, developer))?.messages.map(({ kind }) => kind)).toEqual(['question']);
    await expect(say(reviewer, 'answer', 'I answer for her.')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(say(developer, 'note', 'A note.')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await say(developer, 'answer', 'To save the forecast.');
    expect((await page(id))?.state).toBe('open');
    expect((await page(id))?.messages.map(({ author, kind }) => `${author} ${kind}`)).toEqual([
      'Rene note',
      'Rene question',
      'Dora answer',
    ]);
    const logged = await db().auditEvent.findMany({ where: { chain: orgId, kind: 'request.noted' } });
    expect(JSON.stringify(logged)).not.toContain('Looks odd');
    await decide([id], { kind: 'deny' });
    await expect(say(developer, 'answer', 'But.')).rejects.toMatchObject({ code: 'REQUEST_CLOSED' });
    await expect(say(reviewer, 'question', 'x'.repeat(2001))).rejects.toMatchObject({ code: 'UNPROCESSABLE' });
    await expect(withdrawRequest({ viewer: reviewer, orgSlug: 'acme', id, now: NOW })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

describe('the queue', () => {
  it('shows the most urgent first, to each what is theirs', async () => {
    const list = await listRequests({ viewer: reviewer, orgSlug: 'acme', view: 'open', now: NOW });
    expect(list.rows.length).toBe(list.counts.open);
    expect(list.rows.every(({ state }) => state === 'open')).toBe(true);
    const due = list.rows.map(({ dueAt }) => dueAt);
    expect(due).toEqual([...due].sort());
    const mine = await listRequests({ viewer: developer, orgSlug: 'acme', view: 'mine', now: NOW });
    expect(mine.rows.length).toBeGreaterThan(3);
    expect(mine.rows.every(({ isMine }) => isMine)).toBe(true);
    await expect(listRequests({ viewer: stranger, orgSlug: 'acme', view: 'open' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('tells once what waits too long, and drops what was deleted', async () => {
    const { id } = await ask({
      serverName: 'com.example/srv-h',
      version: '1.0.0',
      toolPolicy: only('read'),
      viewer: owner,
    }).catch(() => ask({ serverName: 'com.example/unseen', viewer: owner }));
    const later = new Date(NOW.getTime() + 6 * DAY);
    const first = await tendRequests({ now: later });
    expect(first.overdue).toBeGreaterThan(0);
    expect(await events(id)).toContain('request.overdue');
    expect((await tendRequests({ now: later })).overdue).toBe(0);
    await db().version.updateMany({ where: { serverName: 'com.example/unseen' }, data: { status: 'deleted' } });
    expect((await tendRequests({ now: later })).superseded).toBeGreaterThan(0);
    expect((await page(id))?.state).toBe('superseded');
  });

  it('keeps the newest of what Hallmark itself asks', async () => {
    const { id: serverId } = await db().server.findUniqueOrThrow({ where: { name: SERVER } });
    const open = (version: string) =>
      db().$transaction((tx) =>
        openRequestInTransaction(tx, {
          orgId,
          serverId,
          serverName: SERVER,
          version,
          kind: 'new_version',
          reason: 'The policy does not approve it.',
          requester: null,
          now: NOW,
        }),
      );
    const older = await open('1.0.0');
    const newer = await open('1.1.0');
    expect(await open('1.1.0')).toBe(newer);
    expect([(await page(older))?.state, (await page(newer))?.state]).toEqual(['superseded', 'open']);
  });
});
