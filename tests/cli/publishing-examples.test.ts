import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ciSnippet } from '#app/publish/[publisher]/publish-snippets.ts';
import { createProgram } from '#cli/program.ts';

/** The examples that people copy: they must be YAML, and every command in them must exist as it is called. */

const EXAMPLES = path.resolve(import.meta.dirname, '../../docs/examples');
const GUIDE = path.resolve(import.meta.dirname, '../../docs/publishing.md');
const read = (name: string) => fs.readFileSync(path.join(EXAMPLES, name), 'utf8');
const names = fs.readdirSync(EXAMPLES);
const workflows = names.filter((name) => /^publish.*\.github-actions\.yml$/.test(name));

type Step = { uses?: string; run?: string; with?: Record<string, unknown> };
type Workflow = {
  on: { push: { tags: string[] } };
  permissions: object;
  jobs: Record<string, { permissions: Record<string, string>; env: Record<string, string>; steps: Step[] }>;
};

/** The words of every `hallmark` command in shell text. No example needs more of the shell than this. */
function hallmarkCalls(shell: string): string[][] {
  return shell
    .replace(/\\\n/g, ' ')
    .split('\n')
    .flatMap((line) => /(?:^|[\s/])hallmark(?:\.mjs)? (.*)$/.exec(line)?.[1] ?? [])
    .map((call) => call.replace(/ > \S+$/, ''))
    .map((call) => [...call.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word.replace(/^"|"$/g, '')));
}

/** What is wrong with a call: an unknown command or option, a missing value, too few or too many arguments. */
async function faultOf([name, ...words]: string[]): Promise<string | null> {
  const program = await createProgram(['node', 'hallmark', name!]);
  let command: Command | undefined = program.commands.find((one) => one.name() === name);
  if (!command) return `there is no command ${name}`;
  const sub = command.commands.find((one) => one.name() === words[0]);
  if (sub) [command, words] = [sub, words.slice(1)];

  const operands: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith('--')) {
      operands.push(word);
      continue;
    }
    const option = command.options.find(({ long }) => long === word);
    if (!option) return `${name} has no option ${word}`;
    if (option.required && (words[i + 1] === undefined || words[++i]!.startsWith('--'))) return `${word} needs a value`;
  }
  const declared = command.registeredArguments;
  if (operands.length < declared.filter(({ required }) => required).length) return `${name} misses an argument`;
  return operands.length > declared.length ? `${name} takes no ${operands.at(-1)}` : null;
}

describe.each(workflows)('%s', (name) => {
  const workflow = parse(read(name)) as Workflow;
  const jobs = Object.values(workflow.jobs);
  const steps = jobs.flatMap((job) => job.steps);

  it('runs on tags, with the rights to sign and no others by default', () => {
    expect(workflow.on.push.tags).toEqual(['v*']);
    expect(workflow.permissions).toEqual({});
    for (const { permissions } of jobs) expect(permissions).toMatchObject({ contents: 'read', 'id-token': 'write' });
  });

  it('calls only commands and options that exist', async () => {
    const calls = steps.flatMap(({ run }) => (run ? hallmarkCalls(run) : []));
    expect(calls.map(([command]) => command)).toContain('publish');
    for (const call of calls) expect(await faultOf(call)).toBeNull();
  });

  it('names a version of every action and stores no secret', () => {
    for (const { uses } of steps) if (uses) expect(uses).toMatch(/^[\w-]+\/[\w-]+@v\d+(\.\d+\.\d+)?$/);
    expect(read(name)).not.toContain('secrets.');
    expect(jobs[0]!.env).toEqual({ HALLMARK_REGISTRY: 'https://hallmark.example.com' });
  });
});

it.each(names)('%s runs nothing of the npm package that has our name', (name) => {
  expect(read(name).replaceAll(/^\s*#.*$/gm, '')).not.toMatch(/\bnpx\b[^\n]*\bhallmark\b/);
  expect(read(name)).toContain('npm ci --prefix hallmark');
});

it('the workflow of the console neither', () => {
  for (const namespace of ['io.github.acme', 'com.example', null]) {
    expect(ciSnippet('https://hallmark.example.com', namespace)).not.toContain('npx');
  }
});

it('the examples are these', () => {
  expect(names.sort()).toEqual([
    'publish-with-attest.github-actions.yml',
    'publish-with-cosign.github-actions.yml',
    'publish.github-actions.yml',
    'publish.gitlab-ci.yml',
    'scan.github-actions.yml',
  ]);
});

describe('scan.github-actions.yml', () => {
  const workflow = parse(read('scan.github-actions.yml'));
  const { permissions, steps } = workflow.jobs.scan as { permissions: object; steps: (Step & { if?: string })[] };

  it('may read the repository and upload findings, and stores no secret', () => {
    expect(workflow.permissions).toEqual({});
    expect(permissions).toEqual({ contents: 'read', 'security-events': 'write' });
    expect(read('scan.github-actions.yml')).not.toContain('secrets.');
    for (const { uses } of steps) if (uses) expect(uses).toMatch(/^[\w-]+\/[\w-]+(\/[\w-]+)?@v\d+$/);
  });

  it('calls a scan that exists, with values that it takes', async () => {
    const calls = steps.flatMap(({ run }) => (run ? hallmarkCalls(run) : []));
    expect(calls).toEqual([['scan', 'server.json', '--format', 'sarif', '--fail-on', 'high']]);
    for (const call of calls) expect(await faultOf(call)).toBeNull();
    const program = await createProgram(['node', 'hallmark', 'scan']);
    const { options } = program.commands.find((one) => one.name() === 'scan')!;
    const choices = (name: string) => options.find(({ long }) => long === name)?.argChoices;
    expect(choices('--format')).toContain('sarif');
    expect(choices('--fail-on')).toContain('high');
  });

  it('uploads the file that the scan wrote, also when it failed', () => {
    const scan = steps.find(({ run }) => run?.includes('hallmark.mjs scan'));
    const upload = steps.find(({ uses }) => uses?.startsWith('github/codeql-action/upload-sarif@'));
    expect(scan?.run?.trim().endsWith(`> ${upload?.with?.sarif_file}`)).toBe(true);
    expect(upload?.if).toContain('!cancelled()');
  });
});

it('publish.gitlab-ci.yml asks for the token that signing looks for, and calls what exists', async () => {
  const job = parse(read('publish.gitlab-ci.yml'))['publish-mcp-server'];
  expect(job.id_tokens).toEqual({ SIGSTORE_ID_TOKEN: { aud: 'sigstore' } });
  const calls = job.script.flatMap(hallmarkCalls) as string[][];
  expect(calls.map(([command]) => command)).toEqual(['sign', 'publish']);
  for (const call of calls) expect(await faultOf(call)).toBeNull();
});

it('docs/publishing.md calls what exists', async () => {
  const blocks = [...fs.readFileSync(GUIDE, 'utf8').matchAll(/```(?:sh|yaml)\n([\s\S]*?)```/g)].map(
    ([, text]) => text!,
  );
  const calls = blocks.flatMap(hallmarkCalls);
  expect(calls.length).toBeGreaterThan(3);
  for (const call of calls) expect(await faultOf(call), call.join(' ')).toBeNull();
});

it.each([
  [['sing', 'server.json'], 'there is no command sing'],
  [['sign', 'server.json', '--key', 'x'], 'sign has no option --key'],
  [['sign', 'server.json', '--bundle'], '--bundle needs a value'],
  [['sign', '--bundle', 'x'], 'sign misses an argument'],
  [['sign', 'a', 'b'], 'sign takes no b'],
])('a wrong call %j would be seen', async (call, fault) => {
  expect(await faultOf(call)).toBe(fault);
});
