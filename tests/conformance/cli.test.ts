import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, describe, expect, it } from 'vitest';
import { CONFORMANCE_CASES, caseTable, type Report } from '#lib/conformance/index.ts';
import { type RegistryFault, serveBroken } from './support/broken-registry.ts';
import { servedInstance } from './support/served-instance.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../..');
const instance = servedInstance();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-conformance-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function hallmark(args: string[], env: Record<string, string> = {}) {
  const { HALLMARK_WRITE_TOKEN: _, HALLMARK_EDIT_TOKEN: __, ...inherited } = process.env;
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, ['cli/main.ts', 'conformance', ...args], {
      cwd: REPOSITORY,
      env: { ...inherited, ...env },
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** Fails one case of level must and one of level client. */
const FAULT: RegistryFault = {
  name: 'a count of everything, and no metadata for VS Code',
  fails: ['envelope-count', 'vscode-browse'],
  answer: ({ body }, { path: asked }) => ({
    body: asked.includes('limit=50')
      ? body.replace('"metadata":', '"more":')
      : body.replace(/"count":\d+/, '"count":9999'),
  }),
};

describe('hallmark conformance', () => {
  it('names every case by area, and exits with 0 where nothing failed', async () => {
    const { writeToken, editToken, baseUrl } = instance;
    const env = { HALLMARK_WRITE_TOKEN: writeToken, HALLMARK_EDIT_TOKEN: editToken };
    const { code, out, err } = await hallmark(['--base-url', baseUrl], env);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const { id } of CONFORMANCE_CASES) expect(out).toContain(`  pass  ${id} `);
    expect(out).toMatch(/^Bodies and types\n {2}pass {2}envelope-list /);
    expect(out).toContain(`${CONFORMANCE_CASES.length} passed, 0 failed (0 must, 0 client, 0 should), 0 skipped`);
    expect(out).not.toContain(writeToken);
  });

  it.each([
    ['must', 1],
    ['client', 1],
    ['should', 0],
    ['should,client', 1],
  ])('with --level %s a registry that fails must and client ends with %i', async (level, expected) => {
    const broken = await serveBroken(FAULT, instance.baseUrl);
    const only = ['envelope-count', 'envelope-method', 'vscode-browse'];
    const { code, out } = await hallmark(['--base-url', broken.baseUrl, '--level', level, '--only', ...only]);
    await broken.close();
    expect(code).toBe(expected);
    expect(out).toContain('1 passed, 2 failed (1 must, 1 client, 0 should), 0 skipped');
    expect(out).toContain(`request:   GET ${broken.baseUrl}/v0.1/servers?limit=3`);
    expect(out).toContain('expected:  metadata.count 3');
    expect(out).toMatch(/seen: +\{.*"count":9999/);
  });

  it('writes JUnit with failures and skipped cases to a file', async () => {
    const broken = await serveBroken(FAULT, instance.baseUrl);
    const file = path.join(folder, 'junit.xml');
    const args = ['--format', 'junit', '--output', file, '--only', 'envelope', 'publish-answer'];
    const { code, out } = await hallmark(['--base-url', broken.baseUrl, ...args]);
    await broken.close();
    expect(code).toBe(1);
    expect(out).toMatch(/^\n?\d+ passed, 1 failed .*1 skipped/);
    const parser = new XMLParser({
      ignoreAttributes: false,
      isArray: (name) => ['testsuite', 'testcase'].includes(name),
    });
    const { testsuites } = parser.parse(fs.readFileSync(file, 'utf8'));
    expect(testsuites).toMatchObject({ '@_failures': '1', '@_skipped': '1' });
    const cases = testsuites.testsuite.flatMap(({ testcase }: { testcase: object[] }) => testcase);
    expect(cases.length).toBe(Number(testsuites['@_tests']));
    const failed = cases.filter((entry: object) => 'failure' in entry);
    expect(failed).toEqual([
      expect.objectContaining({
        '@_name': expect.stringMatching(/^envelope-count: /),
        failure: expect.objectContaining({ '@_type': 'must', '#text': expect.stringContaining('seen: {') }),
      }),
    ]);
    expect(cases.filter((entry: object) => 'skipped' in entry)).toHaveLength(1);
  });

  it('prints JSON', async () => {
    const { code, out } = await hallmark(['--base-url', instance.baseUrl, '--format', 'json', '--only', 'paging']);
    const report = JSON.parse(out) as Report;
    expect({ code, counts: report.counts }).toEqual({ code: 0, counts: { passed: 6, failed: 0, skipped: 0 } });
  });

  it.each([
    ['no address', [], /--base-url/],
    ['an address that is none', ['--base-url', 'registry'], /is no address/],
    ['an address with /v0.1', ['--base-url', 'https://a.example/x/v0.1/servers'], /https:\/\/a\.example\/x$/m],
    ['an unknown case', ['--base-url', 'http://a.example', '--only', 'nothing'], /no case and no area/],
    ['an unknown level', ['--base-url', 'http://a.example', '--level', 'may'], /none of must, client, should/],
    ['an unknown format', ['--base-url', 'http://a.example', '--format', 'pdf'], /text, json, junit/],
    [
      'a registry that does not answer',
      ['--base-url', 'http://127.0.0.1:9'],
      /127\.0\.0\.1:9 cannot be reached: (?!none)/,
    ],
  ])('says what is wrong with %s, and exits with 2', async (_, args, message) => {
    const { code, err } = await hallmark(args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it.each<[string, () => Record<string, string>]>([
    ['write', () => ({ HALLMARK_WRITE_TOKEN: 'expired' })],
    ['edit', () => ({ HALLMARK_WRITE_TOKEN: instance.writeToken, HALLMARK_EDIT_TOKEN: 'expired' })],
  ])('stops before the first case where the %s token is refused, and exits with 2', async (which, env) => {
    const only = ['service-ping', 'publish-answer', 'edit-applies'];
    const { code, out, err } = await hallmark(['--base-url', instance.baseUrl, '--only', ...only], env());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(new RegExp(`^The registry refused the ${which} token \\(401\\): \\S`));
  });

  it('asks nothing of a token that no case needs', async () => {
    const args = ['--base-url', instance.baseUrl, '--only', 'service-ping'];
    expect(await hallmark(args, { HALLMARK_WRITE_TOKEN: 'expired' })).toMatchObject({ code: 0 });
  });

  it('lists the cases as the documentation has them', async () => {
    const { out } = await hallmark(['--list']);
    expect(out.trim()).toBe(caseTable(CONFORMANCE_CASES));
    expect(fs.readFileSync(path.join(REPOSITORY, 'docs/conformance.md'), 'utf8')).toContain(out.trim());
  });
});
