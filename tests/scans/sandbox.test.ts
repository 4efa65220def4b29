import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { mapsHighIds, readHost } from '#lib/scans/sandbox/host.ts';
import { isMemoryLow } from '#lib/scans/sandbox/host-memory.ts';
import {
  DEFAULT_SANDBOX_LIMITS,
  detectSandbox,
  type SandboxRequest,
  sandboxCommand,
  spawnSandboxed,
} from '#lib/scans/sandbox/index.ts';
import { leakedDescriptors } from '#lib/scans/sandbox/leaked-descriptors.ts';
import { hasSystemCallFilter, systemCallFilter } from '#lib/scans/sandbox/seccomp.ts';
import { hostileServers, processesWith, SANDBOX_MODES, sandboxOrSkip, temporaryDirectory } from './hostile.ts';

const run = promisify(execFile);
const PROJECT = resolve(import.meta.dirname, '../..');
const AS_USER = resolve(import.meta.dirname, 'as-user.ts');
const NOBODY = 65534;

describe('detecting the sandbox', () => {
  it.each([
    {
      name: 'no bubblewrap',
      options: { bwrap: '/nowhere/bwrap' },
      code: 'BUBBLEWRAP_MISSING',
      fix: /Install the package bubblewrap/,
    },
    { name: 'not Linux', options: { platform: 'darwin' as const }, code: 'NOT_LINUX', fix: /Linux/ },
    {
      name: 'an unknown processor',
      options: { arch: 'mips' as const },
      code: 'UNSUPPORTED_PROCESSOR',
      fix: /x64 or arm64/,
    },
  ])('says why and what to do: $name', async ({ options, code, fix }) => {
    expect(await detectSandbox(options)).toMatchObject({ available: false, code, fix: expect.stringMatching(fix) });
  });

  it('does not take a program that only pretends for a sandbox', async () => {
    const pretender = join(temporaryDirectory(), 'bwrap');
    // Runs the command on the host: everything after the lone "--".
    writeFileSync(pretender, '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n', { mode: 0o755 });
    const found = await detectSandbox({ bwrap: pretender, mode: 'user-namespace' });
    expect(found).toMatchObject({ available: false, code: 'SANDBOX_BROKEN' });
    expect(found.available ? '' : found.reason).toMatch(/system call filter/);
  });

  it('says that namespaces are closed where they are: inside the sandbox itself', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, 'user-namespace');
    const { stdout, ended } = await spawnSandboxed({
      sandbox,
      command: ['node', AS_USER],
      readOnlyPaths: [{ source: PROJECT, target: PROJECT }],
    }).catch((error) => ctx.skip(String(error)));
    let output = '';
    for await (const chunk of stdout) output += chunk;
    const end = await ended;
    if (/Permission denied/.test(end.stderrTail)) return ctx.skip('the repository is not readable for nobody');
    expect(JSON.parse(output)).toMatchObject({ sandbox: { available: false, code: 'NAMESPACES_CLOSED' } });
  });
});

describe('as an unprivileged user', () => {
  it.for([
    { file: 'pages.mjs', expected: { ok: true } },
    { file: 'forks-shell.sh', expected: { ok: false, code: 'TOO_MANY_PROCESSES' } },
  ])('$file gives the same result as for root', async ({ file, expected }, ctx) => {
    if (process.geteuid?.() !== 0) return ctx.skip('the whole suite runs as an unprivileged user already');
    const marker = `hallmark-test-${randomUUID()}`;
    const child = await run(process.execPath, [AS_USER, hostileServers, file, marker], {
      cwd: PROJECT,
      uid: NOBODY,
      gid: NOBODY,
      env: { PATH: process.env.PATH, NODE_ENV: 'test' },
    }).catch((error: Error & { stderr: string }) => error);
    const said = `${child.stderr}${child instanceof Error ? child.message : ''}`;
    if (/EACCES|Permission denied|Cannot find module/.test(said))
      return ctx.skip('the repository is not readable for nobody');
    const { sandbox, result } = JSON.parse((child as { stdout: string }).stdout);
    if (!sandbox.available) return ctx.skip(`nobody has no sandbox: ${sandbox.reason}`);
    expect(sandbox.mode).toBe('user-namespace');
    expect(result).toMatchObject(expected);
    expect(processesWith(marker)).toEqual([]);
  });
});

describe.each(SANDBOX_MODES)('a sandbox in mode %s', (mode) => {
  it('dies with the process that started it', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const marker = `hallmark-test-${randomUUID()}`;
    const script = `
      const { spawnSandboxed } = await import(${JSON.stringify(resolve(PROJECT, 'lib/scans/sandbox/index.ts'))});
      const run = await spawnSandboxed({ sandbox: ${JSON.stringify(sandbox)}, command: ['sh', '-c', 'echo up; sleep 300', '${marker}'] });
      run.stdout.pipe(process.stdout);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    expect(processesWith(marker).length).toBeGreaterThan(0);
    parent.kill('SIGKILL');
    await expect
      .poll(() => processesWith(marker).filter((line) => line.includes('sleep 300')), { timeout: 10_000 })
      .toEqual([]);
  });

  it('ends at once when the signal aborts', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const marker = `hallmark-test-${randomUUID()}`;
    const controller = new AbortController();
    const { stdout, ended } = await spawnSandboxed({
      sandbox,
      command: ['sh', '-c', 'echo up; sleep 300', marker],
      signal: controller.signal,
    });
    stdout.once('data', () => controller.abort());
    expect((await ended).kind).toBe('stopped');
    expect(processesWith(marker)).toEqual([]);
  });

  it('sees what a command tries: connections, look-ups of names, programs', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const script = `
      require('node:net').connect(443, '192.0.2.1').on('error', () => {});
      require('node:dns').lookup('tries.example', () => {});
      require('node:child_process').exec('sleep 0.6', () => process.exit());`;
    const { stdout, ended } = await spawnSandboxed({ sandbox, command: ['node', '-e', script] });
    stdout.resume();
    const { observed } = await ended;
    expect(observed.network?.unrouted).toBeGreaterThan(0);
    expect(observed.network?.datagrams).toBeGreaterThan(0);
    expect(observed.programs).toContain('sleep');
  });

  it('sees nothing where nothing is tried, also when it is stopped', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const script = `console.log('up'); setTimeout(() => {}, 60_000);`;
    const started = await spawnSandboxed({ sandbox, command: ['node', '-e', script] });
    started.stdout.once('data', () => started.stop());
    expect((await started.ended).observed.network).toEqual({ unrouted: 0, datagrams: 0 });
  });

  it('can be stopped before it has started', async (ctx) => {
    const marker = `hallmark-test-${randomUUID()}`;
    const started = await spawnSandboxed({
      sandbox: await sandboxOrSkip(ctx, mode),
      command: ['sleep', '300', marker],
    });
    started.stop();
    expect((await started.ended).kind).toBe('stopped');
    expect(processesWith(marker)).toEqual([]);
  });

  it('passes on no open file of this process', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    // A shell hands the test's child a descriptor that is not closed at exec, as a careless supervisor does.
    const script = `
      const { spawnSandboxed } = await import(${JSON.stringify(resolve(PROJECT, 'lib/scans/sandbox/index.ts'))});
      const run = await spawnSandboxed({ sandbox: ${JSON.stringify(sandbox)}, command: ['sh', '-c', 'for fd in /proc/self/fd/*; do readlink $fd; done'] });
      run.stdout.pipe(process.stdout);`;
    const secret = join(temporaryDirectory(), 'open-file-of-the-host');
    writeFileSync(secret, '');
    const fd = openSync(secret, 'r');
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit', ...Array.from({ length: 17 }, () => 'ignore' as const), fd],
    });
    let output = '';
    for await (const chunk of child.stdout ?? []) output += chunk;
    closeSync(fd);
    expect(output).toContain('/dev/null');
    expect(output).not.toContain('open-file-of-the-host');
  });

  it('hides a path below a system directory when asked', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const { stdout, ended } = await spawnSandboxed({
      sandbox,
      command: ['sh', '-c', 'ls /usr/share/doc | wc -l'],
      hiddenPaths: ['/usr/share/doc'],
    });
    let output = '';
    for await (const chunk of stdout) output += chunk;
    await ended;
    expect(output.trim()).toBe('0');
  });

  it('refuses a system call outside the filter and a socket outside the network namespace', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const { stdout, ended } = await spawnSandboxed({
      sandbox,
      command: [
        'sh',
        '-c',
        'unshare --user true || echo no namespace; unshare --net true || echo no network; command -v perl >/dev/null && perl -e \'socket(my $s, 40, 1, 0) or print "no vsock\\n"\' || echo no vsock',
      ],
    });
    let output = '';
    for await (const chunk of stdout) output += chunk;
    await ended;
    expect(output).toBe('no namespace\nno network\nno vsock\n');
  });

  it('says what the shell says when the program does not exist', async (ctx) => {
    const { stdout, ended } = await spawnSandboxed({
      sandbox: await sandboxOrSkip(ctx, mode),
      command: ['no-such-program'],
    });
    stdout.resume();
    expect(await ended).toMatchObject({
      kind: 'exited',
      exitCode: 127,
      stderrTail: expect.stringContaining('no-such-program'),
    });
  });
});

describe('the sandbox command', () => {
  const setting = async (mode: 'root' | 'user-namespace') => ({
    bwrap: '/usr/bin/bwrap',
    mode,
    limits: DEFAULT_SANDBOX_LIMITS,
    host: { ...(await readHost()), isRoot: mode === 'root' },
    sandboxId: 1_900_000_001,
  });

  it.each(['root', 'user-namespace'] as const)('never shares the network or a namespace: mode %s', async (mode) => {
    const { args, inputs } = sandboxCommand({ command: ['node', 'x.js'] }, await setting(mode));
    const options = String(inputs[0]).split('\0');
    for (const option of [
      '--unshare-net',
      '--unshare-pid',
      '--unshare-ipc',
      '--unshare-uts',
      '--new-session',
      '--die-with-parent',
      '--clearenv',
    ]) {
      expect(options).toContain(option);
    }
    expect(options).not.toContain('--share-net');
    expect([...options, ...args]).not.toContain('--bind');
  });

  it('gives the variables of a package to the package alone, not to the programs that set the sandbox up', async () => {
    const { args } = sandboxCommand({ command: ['node'], env: { LD_PRELOAD: '/app/evil.so' } }, await setting('root'));
    expect(args.indexOf('LD_PRELOAD=/app/evil.so')).toBeGreaterThan(args.indexOf('-i'));
    expect(args.filter((arg) => arg.includes('LD_PRELOAD'))).toHaveLength(1);
  });

  it.each<{ name: string; request: SandboxRequest }>([
    { name: 'an empty command', request: { command: [] } },
    { name: 'a program that env(1) would take for a variable', request: { command: ['A=b'] } },
    { name: 'a variable name with a space', request: { command: ['node'], env: { 'A B': '1' } } },
    { name: 'another PATH', request: { command: ['node'], env: { PATH: '/app' } } },
    { name: 'a NUL in a path', request: { command: ['node'], readOnlyPaths: [{ source: '/a\0/b', target: '/app' }] } },
  ])('refuses $name', async ({ request }) => {
    const given = await setting('user-namespace');
    expect(() => sandboxCommand(request, given)).toThrow();
  });

  it.each([
    { map: '         0          0 4294967295', expected: true },
    { map: '0 100000 65536', expected: false },
    { map: '0 1000 1\n1 100000 65536', expected: false },
    { map: '', expected: false },
  ])('knows from $map whether high ids exist', ({ map, expected }) => {
    expect(mapsHighIds(map)).toBe(expected);
  });
});

describe('the system call filter', () => {
  it.each(['x64', 'arm64'] as const)(
    'is a well-formed program for %s: every jump stays inside, the end is a return',
    (arch) => {
      const filter = systemCallFilter(arch);
      const length = filter.length / 8;
      expect(Number.isInteger(length)).toBe(true);
      for (let index = 0; index < length; index += 1) {
        const isJump = (filter.readUInt16LE(index * 8) & 0x07) === 0x05;
        const furthest = isJump ? Math.max(filter.readUInt8(index * 8 + 2), filter.readUInt8(index * 8 + 3)) : 0;
        expect(index + 1 + furthest).toBeLessThanOrEqual(isJump ? length - 1 : length);
      }
      expect(filter.readUInt16LE(filter.length - 8)).toBe(0x06);
    },
  );

  it('does not exist for other processors', () => {
    expect(hasSystemCallFilter('mips')).toBe(false);
    expect(() => systemCallFilter('mips')).toThrow(/mips/);
  });
});

it.each([
  { available: 1_000_000, total: 8_000_000, expected: false },
  { available: 399_999, total: 8_000_000, expected: true },
])('takes $available of $total kB for low: $expected', ({ available, total, expected }) => {
  const meminfo = `MemTotal:       ${total} kB\nMemFree:        1 kB\nMemAvailable:   ${available} kB\n`;
  expect(isMemoryLow(meminfo)).toBe(expected);
});

it('does not take an unreadable number for low memory', () => {
  expect(isMemoryLow('')).toBe(false);
});

it('lists no descriptor that Node closes itself', () => {
  const before = leakedDescriptors();
  const fd = openSync('/dev/null', 'r');
  expect(leakedDescriptors()).toEqual(before);
  closeSync(fd);
});
