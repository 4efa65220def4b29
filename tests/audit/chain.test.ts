import { beforeAll, describe, expect, it } from 'vitest';
import { findBreak } from '#lib/audit/chain.ts';
import { getOrgAudit, verifyOrgChain } from '#lib/audit/get-org-audit.ts';
import { eventFilterSchema, listEvents, NO_FILTER } from '#lib/audit/list-events.ts';
import { pruneEvents } from '#lib/audit/prune-events.ts';
import { readChain } from '#lib/audit/read-chain.ts';
import { tendAudit } from '#lib/audit/tend-audit.ts';
import { verifyChain } from '#lib/audit/verify-chain.ts';
import { db } from '#lib/db/db.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { createUser, testInstance, viewerOf } from '../instance.ts';
import { append } from './chains.ts';

testInstance();

const DAY = 86_400_000;
const NOW = new Date('2026-11-20T12:00:00Z');
let counter = 0;

async function newOrg(events = 6, { settings = {} } = {}) {
  const viewer = await createUser(`Owner${++counter}`);
  const slug = `org-${counter}`;
  const { id } = await createOrg({ viewer, slug, displayName: slug, now: new Date(NOW.getTime() - 100 * DAY) });
  await db().org.update({ where: { id }, data: { settings } });
  for (let i = 1; i <= events; i++) {
    await append(id, 'allowlist.revoked', {
      subject: { server: `com.example/s${i}`, version: '1.0.0' },
      data: { reason: `100% "sure" ${i}` },
      at: new Date(NOW.getTime() - (90 - i * 10) * DAY),
    });
  }
  await db().outboxCursor.create({ data: { chain: id, seq: 1000 } });
  return { id, slug, viewer: await viewerOf(viewer.id) };
}

describe('verification of the stored chain', () => {
  it('says up to which event it holds', async () => {
    const { id, slug, viewer } = await newOrg();
    const state = await verifyOrgChain({ viewer, orgSlug: slug, now: NOW });
    const page = await getOrgAudit({ viewer, orgSlug: slug, filter: NO_FILTER });
    expect(state).toMatchObject({ broken: null, from: 1, head: page.head });
    expect(page.state).toEqual(state);
    expect(await db().auditEvent.count({ where: { chain: id, kind: 'audit.break-found' } })).toBe(0);
  });

  const breaks: [string, (chain: string) => Promise<unknown>, number, string][] = [
    [
      'an edit',
      (chain) => db().auditEvent.updateMany({ where: { chain, seq: 4 }, data: { data: { reason: 'x' } } }),
      4,
      'changed',
    ],
    ['a removed event', (chain) => db().auditEvent.deleteMany({ where: { chain, seq: 4 } }), 4, 'missing'],
    ['a removed beginning', (chain) => db().auditEvent.deleteMany({ where: { chain, seq: { lte: 2 } } }), 1, 'missing'],
    [
      'another time',
      (chain) => db().auditEvent.updateMany({ where: { chain, seq: 4 }, data: { at: NOW } }),
      4,
      'changed',
    ],
  ];
  it.each(breaks)('finds %s, once as an event', async (_, damage, seq, message) => {
    const { id } = await newOrg();
    await damage(id);
    for (let run = 0; run < 2; run++) {
      expect((await verifyChain(id, { now: NOW })).broken).toMatchObject({
        seq,
        message: expect.stringContaining(message),
      });
    }
    expect(await db().auditEvent.count({ where: { chain: id, kind: 'audit.break-found' } })).toBe(1);
  });

  it('finds an end that was cut off since the last time, and one that was written anew', async () => {
    const { id } = await newOrg();
    const { head } = await verifyChain(id, { now: NOW });
    await db().auditEvent.deleteMany({ where: { chain: id, seq: { gte: head.seq } } });
    expect((await verifyChain(id, { now: NOW })).broken).toMatchObject({
      seq: head.seq,
      message: expect.stringContaining('is missing'),
    });
    await append(id, 'request.opened');
    expect((await verifyChain(id, { now: NOW })).broken).toMatchObject({
      seq: head.seq,
      message: expect.stringContaining('another one'),
    });
  });
});

describe('retention', () => {
  it('removes what is older, and the rest verifies from its checkpoint', async () => {
    const { id } = await newOrg(6, { settings: { auditRetentionDays: 55 } });
    await verifyChain(id, { now: NOW });
    const before = await db().auditEvent.count({ where: { chain: id } });
    await tendAudit({ now: NOW });
    const checkpoint = await db().auditCheckpoint.findFirstOrThrow({ where: { chain: id } });
    const left = await db().auditEvent.findMany({ where: { chain: id }, orderBy: { seq: 'asc' } });
    expect(left.length).toBe(before - checkpoint.seq + 1);
    expect(left.at(-1)).toMatchObject({
      kind: 'audit.pruned',
      data: { seq: checkpoint.seq, hash: checkpoint.hash, days: 55 },
    });
    expect(left.every(({ at }) => at.getTime() >= NOW.getTime() - 55 * DAY)).toBe(true);
    expect(await verifyChain(id, { now: NOW })).toMatchObject({ broken: null, from: checkpoint.seq + 1 });
    const events: Parameters<typeof findBreak>[0] = [];
    for await (const event of readChain({ chain: id, from: 1, to: 1000 })) events.push(event);
    expect(findBreak(events)).toMatchObject({ seq: 1 });
    expect(findBreak(events, checkpoint)).toBeNull();
  });

  it('keeps thirty days whatever is asked for, and at least the newest event', async () => {
    const { id } = await newOrg(1);
    await pruneEvents({ chain: id, days: 0, now: new Date(NOW.getTime() - 60 * DAY) });
    const kept = await db().auditEvent.findMany({ where: { chain: id, kind: 'allowlist.revoked' } });
    expect(kept).toHaveLength(1);
    await pruneEvents({ chain: id, days: 0, now: new Date(NOW.getTime() + 900 * DAY) });
    await append(id, 'request.opened', { at: new Date(NOW.getTime() + 900 * DAY) });
    expect(await verifyChain(id, { now: NOW })).toMatchObject({ broken: null });
  });

  it('keeps what the outbox has not seen', async () => {
    const { id } = await newOrg(6);
    await db().outboxCursor.update({ where: { chain: id }, data: { seq: 2 } });
    expect(await pruneEvents({ chain: id, days: 30, now: NOW })).toEqual({ removed: 2, seq: 2 });
  });

  it('keeps everything unless it is set', async () => {
    const { id } = await newOrg(3);
    const before = await db().auditEvent.count({ where: { chain: id } });
    await tendAudit({ now: NOW });
    expect(await db().auditEvent.count({ where: { chain: id } })).toBe(before);
  });
});

describe('the filter', () => {
  let chain: string;
  beforeAll(async () => {
    ({ id: chain } = await newOrg());
    await append(chain, 'request.opened', {
      actor: { type: 'user', id: 'u', name: 'Ada_Lovelace' },
      subject: { server: 'com.example/s1', version: '2' },
      data: { reason: 'back\\slash' },
      at: NOW,
    });
  });
  const found = async (query: Record<string, string>) =>
    (await listEvents({ chain, filter: eventFilterSchema.parse(query) })).events.length;

  it.each([
    [{ kind: 'allowlist.revoked' }, 6],
    [{ kind: 'allowlist.*' }, 6],
    [{ kind: 'request.*' }, 1],
    [{ kind: 'allow.*' }, 0],
    [{ actor: 'ada_' }, 1],
    [{ actor: '%' }, 0],
    [{ server: 'com.example/s1' }, 2],
    [{ server: 'com.example/s_' }, 0],
    [{ from: '2026-11-20' }, 1],
    [{ to: '2026-09-12' }, 4],
    [{ text: '100% "sure" 3' }, 1],
    [{ text: '1__%' }, 0],
    [{ text: 'back\\slash' }, 1],
    [{ text: "'; drop table x; --" }, 0],
    [{ text: '\0' }, 0],
    [{ before: '3', kind: 'allowlist.*' }, 0],
  ] as [Record<string, string>, number][])('%j finds %i', async (query, count) => {
    const total = (await listEvents({ chain, filter: NO_FILTER })).events.length;
    expect(total).toBeGreaterThan(6);
    expect(await found(query)).toBe(count);
  });

  it.each([[{ kind: 'x' }], [{ from: 'yesterday' }], [{ before: '99999999999' }], [{ text: 'x'.repeat(300) }]])(
    'ignores %j',
    async (query) => {
      expect(eventFilterSchema.parse(query)).toEqual(NO_FILTER);
    },
  );
});

it('an organization is not there for strangers and requesters', async () => {
  const { slug, id } = await newOrg(1);
  const [stranger, requester] = [await newOrg(1), await createUser('Req')];
  await db().orgMember.create({ data: { orgId: id, userId: requester.id, role: 'requester' } });
  const as = async (viewer: typeof stranger.viewer) => getOrgAudit({ viewer, orgSlug: slug, filter: NO_FILTER });
  await expect(as(stranger.viewer)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(as(await viewerOf(requester.id))).rejects.toMatchObject({ code: 'FORBIDDEN' });
});
