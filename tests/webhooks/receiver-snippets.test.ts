import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signatureHeader } from '#lib/webhooks/sign.ts';

const DOC = fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/webhooks.md'), 'utf8');
const snippet = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]+?)\`\`\``).exec(DOC)![1]!;

type Case = { secret: string; headers: Record<string, string>; body: string; now: number };

const NOW = new Date('2026-11-20T12:00:00Z');
const TIMESTAMP = String(NOW.getTime() / 1000);
const BODY = '{"text":"Grüße\u2028"}';
const SECRETS = { current: 'new secret', previous: { secret: 'old secret', until: '2026-11-21T00:00:00Z' } };
const signed = signatureHeader(SECRETS, { timestamp: TIMESTAMP, body: BODY, now: NOW });
const headers = { 'hallmark-timestamp': TIMESTAMP, 'hallmark-signature': signed };
const good: Case = { secret: 'new secret', headers, body: BODY, now: NOW.getTime() / 1000 };

const cases: [string, Case, boolean][] = [
  ['the current secret', good, true],
  ['the secret before the rotation', { ...good, secret: 'old secret' }, true],
  ['four minutes later', { ...good, now: good.now + 240 }, true],
  ['another secret', { ...good, secret: 'other' }, false],
  ['another body', { ...good, body: `${BODY} ` }, false],
  [
    'another time in the header',
    { ...good, headers: { ...headers, 'hallmark-timestamp': String(good.now + 1) } },
    false,
  ],
  ['six minutes later', { ...good, now: good.now + 360 }, false],
  ['from the future', { ...good, now: good.now - 360 }, false],
  ['no signature', { ...good, headers: { 'hallmark-timestamp': TIMESTAMP } }, false],
  ['no timestamp', { ...good, headers: { 'hallmark-signature': signed } }, false],
  ['an empty signature', { ...good, headers: { ...headers, 'hallmark-signature': 'v1=' } }, false],
  ['a timestamp that is no number', { ...good, headers: { ...headers, 'hallmark-timestamp': 'NaN' } }, false],
];

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-snippets-'));
  fs.writeFileSync(
    path.join(dir, 'receiver.mjs'),
    `${snippet('js')}\nconst cases = JSON.parse(process.argv[2]);
console.log(JSON.stringify(cases.map(({ now, body, ...one }) => isFromHallmark({ ...one, body: Buffer.from(body), now: now * 1000 }))));`,
  );
  fs.writeFileSync(
    path.join(dir, 'receiver.py'),
    `${snippet('python')}\nimport json, sys
print(json.dumps([is_from_hallmark(c["secret"], c["headers"], c["body"].encode(), c["now"]) for c in json.loads(sys.argv[1])]))`,
  );
});
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

describe.each([
  ['Node', process.execPath, 'receiver.mjs'],
  ['Python', 'python3', 'receiver.py'],
])('the verification in %s that the docs show', (_, program, file) => {
  it('takes what is signed and nothing else', () => {
    const input = JSON.stringify(cases.map(([, one]) => one));
    const answers = JSON.parse(execFileSync(program, [path.join(dir, file), input], { encoding: 'utf8' })) as boolean[];
    expect(cases.map(([name], index) => [name, answers[index]])).toEqual(cases.map(([name, , is]) => [name, is]));
  });
});
