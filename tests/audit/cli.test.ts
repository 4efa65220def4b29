import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/db/db.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { createUser, testInstance } from '../instance.ts';
import { runHallmark } from '../run-hallmark.ts';
import { append } from './chains.ts';

testInstance();

let dir: string;
let chain: string;
let file: string;

/** Without any instance: what is offline must stay so. */
const offline = (...args: string[]) =>
  runHallmark(['audit', ...args], { DATABASE_URL: '', HALLMARK_DATA_DIR: path.join(dir, 'none') });

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-audit-'));
  file = path.join(dir, 'acme.jsonl');
  const owner = await createUser('Owner');
  ({ id: chain } = await createOrg({ viewer: owner, slug: 'acme', displayName: 'Acme' }));
  for (let i = 0; i < 3; i++)
    await append(chain, 'request.opened', { subject: { server: 'a/b', version: `1.0.${i}` } });
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('hallmark audit', () => {
  it('exports with a database and verifies without one', async () => {
    const exported = await runHallmark(['audit', 'export', '--org', 'acme', '--out', file]);
    expect(exported).toMatchObject({ code: 0, stdout: '' });
    const head = /hash down: ([0-9a-f]{64})/.exec(exported.stderr)![1]!;
    expect(fs.statSync(file).mode & 0o077).toBe(0);
    expect(await offline('verify', file, '--head', head)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(head),
    });

    // The head of the feed, as a gateway keeps it, names an event of the chain too.
    const { headBytes } = await db().feed.findUniqueOrThrow({ where: { orgId: chain } });
    const kept = path.join(dir, 'head.json');
    fs.writeFileSync(kept, headBytes!);
    expect(await offline('verify', file, '--head', kept)).toMatchObject({ code: 0 });
    const rewritten = JSON.parse(Buffer.from(headBytes!).toString('utf8'));
    const payload = JSON.parse(Buffer.from(rewritten.payload, 'base64').toString('utf8'));
    expect(payload.audit).toEqual({ seq: expect.any(Number), hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    payload.audit.hash = 'e'.repeat(64);
    rewritten.payload = Buffer.from(JSON.stringify(payload)).toString('base64');
    fs.writeFileSync(path.join(dir, 'other-chain.json'), JSON.stringify(rewritten));
    const other = await offline('verify', file, '--head', path.join(dir, 'other-chain.json'), '--json');
    expect([other.code, JSON.parse(other.stdout).fault.code]).toEqual([1, 'HEAD_NOT_FOUND']);
    expect((await offline('verify', file, '--head', file)).code).toBe(2);

    const lines = fs.readFileSync(file, 'utf8').split('\n');
    fs.writeFileSync(path.join(dir, 'bad.jsonl'), lines.toSpliced(3, 1).join('\n'));
    const bad = await offline('verify', path.join(dir, 'bad.jsonl'), '--json');
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({ ok: false, fault: { code: 'CHAIN_BROKEN', line: 4 } });
    expect(fs.existsSync(path.join(dir, 'none'))).toBe(false);
  });

  it('exports into a pipe whose reader has had enough, and says why a file cannot be written', async () => {
    const long = 'x'.repeat(1_000);
    for (let i = 0; i < 200; i++) await append(chain, 'request.opened', { subject: { server: 'a/b', version: long } });
    const piped = spawnSync('sh', [
      '-c',
      '{ "$0" cli/main.ts audit export --org acme; echo $? >&3; } 3>&2 | head -n 1',
      process.execPath,
    ]);
    expect(String(piped.stdout)).toMatch(/^\{[^\n]*"audit-export"[^\n]*\n$/);
    expect(String(piped.stderr)).toMatch(/^The newest event is \d+\. .*\n0\n$/);
    const nowhere = await runHallmark(['audit', 'export', '--org', 'acme', '--out', path.join(dir, 'no', 'file')]);
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toMatch(/ENOENT/);
    expect(nowhere.stderr).not.toMatch(/newest event| {4}at /);
  });

  it('verifies what is stored, also against a noted hash', async () => {
    const good = await runHallmark(['audit', 'verify', '--org', 'acme']);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Verified: events 1 to \d+/) });
    expect((await runHallmark(['audit', 'verify', '--org', 'acme', '--head', 'f'.repeat(64)])).code).toBe(1);
    await db().auditEvent.updateMany({ where: { chain, seq: 2 }, data: { kind: 'org.settings-changed' } });
    const bad = await runHallmark(['audit', 'verify', '--org', 'acme', '--json']);
    expect([bad.code, JSON.parse(bad.stdout).broken.seq]).toEqual([1, 2]);
  });

  it.each([
    [['verify']],
    [['verify', '--org', 'acme', '--instance']],
    [['verify', 'none.jsonl']],
    [['verify', 'none.jsonl', '--org', 'acme']],
    [['verify', '--org', 'acme', '--head', 'abc']],
    [['export']],
    [['export', '--org', 'acme', '--format', 'xml']],
    [['export', '--org', 'acme', '--from', 'yesterday']],
    [['export', '--org', 'acme', '--kind', 'everything']],
    [['export', '--org']],
  ])('%j is wrong use', async (args) => {
    expect((await offline(...args)).code).toBe(2);
  });
});
