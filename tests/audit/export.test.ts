import { beforeAll, describe, expect, it } from 'vitest';
import { exportEvents } from '#lib/audit/export/export-events.ts';
import { exportOrgEvents } from '#lib/audit/export/export-org-events.ts';
import { readLines } from '#lib/audit/export/read-lines.ts';
import { verifyExport } from '#lib/audit/export/verify-export.ts';
import { pruneEvents } from '#lib/audit/prune-events.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { createUser, testInstance, viewerOf } from '../instance.ts';
import { append, collect, SYSTEM } from './chains.ts';

testInstance();

const DAY = 86_400_000;
const NOW = new Date('2026-11-20T12:00:00Z');
const SEPARATOR = '\u2028';
let owner: Viewer;
let orgId: string;
let lines: string[];
let head: string;

const jsonl = async (more: Partial<Parameters<typeof exportEvents>[0]> = {}) => {
  const found = await exportEvents({ chain: orgId, org: 'acme', format: 'jsonl', actor: SYSTEM, now: NOW, ...more });
  return { ...found, lines: await collect(found.lines) };
};
const lineOf = (seq: number) => lines.findIndex((line) => line.includes(`"seq":${seq},`));
const rewrite = (line: string, change: (event: Record<string, unknown>) => object) =>
  JSON.stringify(change(JSON.parse(line)));

beforeAll(async () => {
  owner = await createUser('Owner');
  const org = await createOrg({
    viewer: owner,
    slug: 'acme',
    displayName: 'Acme',
    now: new Date(NOW.getTime() - 100 * DAY),
  });
  orgId = org.id;
  owner = await viewerOf(owner.id);
  for (let i = 1; i <= 12; i++) {
    await append(orgId, i % 2 ? 'allowlist.revoked' : 'request.opened', {
      subject: { server: 'com.example/a', version: `1.0.${i}` },
      data: { reason: `line${SEPARATOR}separator ${i}` },
      at: new Date(NOW.getTime() - (60 - i * 4) * DAY),
    });
  }
  ({
    lines,
    head: { hash: head },
  } = await jsonl());
});

describe('an export as JSONL', () => {
  it('verifies without a database, and against the hash that was noted', async () => {
    expect(await verifyExport(lines)).toMatchObject({ ok: true, org: 'acme', last: { hash: head } });
    expect(await verifyExport(lines, { head })).toMatchObject({ ok: true, warnings: [] });
  });

  it('holds an event with a line separator in one line, however the bytes are cut', async () => {
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    const pieces = async function* () {
      for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
    };
    expect(await verifyExport(readLines(pieces()), { head })).toMatchObject({ ok: true });
  });

  it('is an event of the chain, after its own end', async () => {
    const { to } = await jsonl();
    const next = await db().auditEvent.findFirstOrThrow({ where: { chain: orgId, seq: to + 1 } });
    expect(next).toMatchObject({ kind: 'audit.exported', data: { from: 1, to } });
  });

  it('of a time is a part that verifies as one, and says so', async () => {
    const part = await jsonl({ from: new Date(NOW.getTime() - 30 * DAY) });
    expect(await verifyExport(part.lines)).toMatchObject({ ok: false, fault: { code: 'START_MISSING' } });
    const verdict = await verifyExport(part.lines, { isPart: true });
    expect(verdict).toMatchObject({ ok: true, first: part.from });
    expect(verdict.warnings[0]).toContain(`before event ${part.from}`);
  });

  it('of one kind has gaps: each event is checked alone', async () => {
    const some = await jsonl({ kind: 'request.*' });
    expect(await verifyExport(some.lines)).toMatchObject({ ok: true, events: 6 });
    const changed = some.lines.with(2, some.lines[2]!.replace('1.0.4', '1.0.5'));
    expect(await verifyExport(changed)).toMatchObject({ ok: false, fault: { code: 'CHAIN_BROKEN', line: 3 } });
  });
});

describe('what was done to an export shows', () => {
  const genesis = '0'.repeat(64);
  const cases: [string, (text: string[]) => string[], string, string?][] = [
    [
      'an edited event',
      (text) => text.with(lineOf(5), text[lineOf(5)]!.replace('separator', 'nothing')),
      'CHAIN_BROKEN',
    ],
    ['a removed event', (text) => text.toSpliced(lineOf(5), 1), 'CHAIN_BROKEN'],
    [
      'two events in another order',
      (text) => text.with(lineOf(5), text[lineOf(6)]!).with(lineOf(6), text[lineOf(5)]!),
      'CHAIN_BROKEN',
    ],
    ['an event twice', (text) => text.toSpliced(lineOf(5), 0, text[lineOf(5)]!), 'CHAIN_BROKEN'],
    ['a cut beginning', (text) => text.toSpliced(1, 3), 'START_MISSING'],
    ['a cut end', (text) => text.slice(0, -2), 'END_MISSING'],
    [
      'a cut end with a head line that says so too',
      (text) => [rewrite(text[0]!, (one) => ({ ...one, to: 3 })), ...text.slice(1, 4)],
      'HEAD_NOT_FOUND',
      'head',
    ],
    [
      'a member twice, of which readers show the first',
      (text) => text.with(lineOf(5), text[lineOf(5)]!.replace('{"actor"', '{"kind":"org.created","actor"')),
      'LINE_INVALID',
    ],
    ['a line in another form', (text) => text.with(3, ` ${text[3]}`), 'LINE_INVALID'],
    ['a further member', (text) => text.with(3, text[3]!.replace(/\}$/, ',"z":1}')), 'CHAIN_BROKEN'],
    ['an event of another chain', (text) => text.with(3, text[3]!.replaceAll(orgId, 'other')), 'OTHER_CHAIN'],
    ['no JSON', (text) => text.with(3, 'hello'), 'LINE_INVALID'],
    [
      'a hash that is none',
      (text) => text.with(3, text[3]!.replace(/"hash":"[0-9a-f]+"/, '"hash":"x"')),
      'LINE_INVALID',
    ],
    [
      'a beginning that pretends to be the first',
      (text) => [text[0]!, text[4]!.replace(/"prevHash":"[0-9a-f]+"/, `"prevHash":"${genesis}"`), ...text.slice(5)],
      'CHAIN_BROKEN',
    ],
    ['no events', (text) => text.slice(0, 1), 'EMPTY'],
    ['no head line', (text) => text.slice(1), 'NOT_AN_EXPORT'],
    ['another format', () => ['seq,at,kind'], 'NOT_AN_EXPORT'],
    ['nothing', () => [], 'EMPTY'],
  ];
  it.each(cases)('%s', async (_, change, code, withHead) => {
    const verdict = await verifyExport(change(lines), { head: withHead ? head : null });
    expect(verdict).toMatchObject({ ok: false, fault: { code } });
  });

  it('an end that was cut off before the export, by the hash that was noted', async () => {
    expect(await verifyExport(lines, { head: 'f'.repeat(64) })).toMatchObject({ fault: { code: 'HEAD_NOT_FOUND' } });
  });
});

describe('an export after retention', () => {
  it('begins with what was left, and its own event says what was removed', async () => {
    const org = await createOrg({
      viewer: owner,
      slug: 'old',
      displayName: 'Old',
      now: new Date(NOW.getTime() - 90 * DAY),
    });
    await append(org.id, 'request.opened', { at: new Date(NOW.getTime() - 10 * DAY) });
    await db().outboxCursor.create({ data: { chain: org.id, seq: 100 } });
    const { removed } = await pruneEvents({ chain: org.id, days: 45, now: NOW });
    expect(removed).toBeGreaterThan(0);
    const after = await jsonl({ chain: org.id });
    expect(await verifyExport(after.lines)).toMatchObject({ ok: true, first: removed + 1 });

    const forged = after.lines.map((line) =>
      line.includes('audit.pruned') ? line.replace(`"seq":${removed}}`, `"seq":${removed + 1}}`) : line,
    );
    expect(await verifyExport(forged)).toMatchObject({ ok: false, fault: { code: 'CHAIN_BROKEN' } });
    expect(await verifyExport([after.lines[0]!, ...after.lines.slice(2)])).toMatchObject({
      fault: { code: 'START_MISSING' },
    });
  });
});

describe('an export as CSV', () => {
  it.each([
    ['=HYPERLINK("http://evil.example";"x")', `'=HYPERLINK`],
    ['+1+cmd', `'+1+cmd`],
    ['-2+3', `'-2+3`],
    ['@SUM(A1)', `'@SUM`],
    ['\t=1+1', `' =1+1`.slice(1)],
    ['\r=1+1', ' =1+1'],
    ['＝1+1', `'＝1+1`],
    ['a\u202Eb\u200Bc', 'a⟨U+202E⟩b⟨U+200B⟩c'],
    ['two\r\nlines, "quoted"', 'two lines, ""quoted""'],
  ])('neutralises %j', async (name, expected) => {
    const org = await createOrg({
      viewer: await createUser(`u${Math.random()}`),
      slug: `csv-${Math.random().toString(36).slice(2, 9)}`,
      displayName: 'Csv',
    });
    await append(org.id, 'org.created', { actor: { type: 'system', name }, subject: { org: name } });
    const { lines: found } = await exportEvents({ chain: org.id, org: 'csv', format: 'csv', actor: SYSTEM, now: NOW });
    const text = (await collect(found)).join('\n');
    expect(text).toContain(`,"${expected}`);
    for (const cell of text.matchAll(/(?:^|,)"?([^",]*)/gm)) expect(cell[1]).not.toMatch(/^[=+@\t\r]/);
    expect(text).not.toMatch(/[\u202E\u200B]/);
  });
});

describe('who may export', () => {
  const query = new URLSearchParams();
  it('an auditor, and nobody of another organization', async () => {
    const auditor = await createUser('Auditor');
    await db().orgMember.create({ data: { orgId, userId: auditor.id, role: 'auditor' } });
    const found = await exportOrgEvents({ viewer: await viewerOf(auditor.id), orgSlug: 'acme', query, now: NOW });
    expect(found.fileName).toMatch(/^audit-acme-1-\d+\.jsonl$/);
    const stranger = await createUser('Stranger');
    await createOrg({ viewer: stranger, slug: 'other', displayName: 'Other' });
    await expect(
      exportOrgEvents({ viewer: await viewerOf(stranger.id), orgSlug: 'acme', query }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(exportOrgEvents({ viewer: null, orgSlug: 'acme', query })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('not a requester', async () => {
    const requester = await createUser('Requester');
    await db().orgMember.create({ data: { orgId, userId: requester.id, role: 'requester' } });
    await expect(
      exportOrgEvents({ viewer: await viewerOf(requester.id), orgSlug: 'acme', query }),
    ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each(['format=xml', 'from=yesterday', 'to=1', "kind='; drop table"])('and %s is refused', async (text) => {
    const asked = exportOrgEvents({ viewer: owner, orgSlug: 'acme', query: new URLSearchParams(text) });
    await expect(asked).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});
