import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { acquirePypiPackage } from '#lib/scans/acquire/pypi-package.ts';
import { findPythonHost, type PythonHost, pythonHost } from '#lib/scans/acquire/python-host.ts';
import { acquireSnapshot } from '#lib/scans/acquire/snapshot.ts';
import { SANDBOX_MODES, sandboxOrSkip } from './hostile.ts';
import { SERVER_PY, startIndex, type TestIndex } from './python-index.ts';

const scripts = { 'good-server': 'good_server:main' };
const helper = { name: 'helper', version: '2.0.0', files: { 'helper.py': 'NAME = "hello"\n' } };
let index: TestIndex;
let workDir: string;

beforeAll(async () => {
  workDir = mkdtempSync(join(tmpdir(), 'hallmark-pypi-'));
  index = await startIndex(
    [
      helper,
      {
        name: 'good-server',
        version: '1.0.0',
        files: { 'good_server.py': SERVER_PY },
        requires: ['helper>=1'],
        scripts,
      },
      { name: 'several', version: '1.0.0', scripts: { one: 'a:b', two: 'a:b' } },
      { name: 'none', version: '1.0.0' },
      { name: 'tampered', version: '1.0.0', scripts, sha256: 'a1'.repeat(32) },
      { name: 'needs-gone', version: '1.0.0', scripts, requires: ['gone-helper'] },
      {
        name: 'needs-inside',
        version: '1.0.0',
        scripts,
        requires: ['inside @ http://10.11.12.13/inside-1.0-py3-none-any.whl'],
      },
      {
        name: 'needs-local',
        version: '1.0.0',
        scripts,
        requires: ['inside @ http://localhost:9/inside-1.0-py3-none-any.whl'],
      },
      { name: 'big', version: '1.0.0', files: { 'big.py': '#'.repeat(3_000_000) }, scripts: { big: 'big:main' } },
    ],
    ['source-only'],
  );
});
afterAll(async () => {
  await index.close();
  rmSync(workDir, { recursive: true, force: true });
});

async function pythonOrSkip(ctx: TestContext): Promise<PythonHost> {
  const host = await pythonHost();
  return 'missing' in host ? ctx.skip(host.missing) : host;
}
const acquire = (identifier: string, version = '1.0.0', options = {}) =>
  acquirePypiPackage({ identifier, version, workDir, index: index.url, ...options });

describe('a PyPI package', () => {
  it('is installed with what it needs, and says how it starts', async (ctx) => {
    await pythonOrSkip(ctx);
    const acquired = await acquire('good-server');
    if (!acquired.ok) throw new Error(acquired.message);
    expect(acquired).toMatchObject({
      integrity: expect.stringMatching(/^sha256-/),
      metadata: { name: 'good-server', version: '1.0.0', license: 'MIT', bin: scripts },
      tree: [
        { name: 'good-server', version: '1.0.0', parent: null },
        { name: 'helper', version: '2.0.0', parent: 0 },
      ],
    });
    rmSync(acquired.dir, { recursive: true });
  });

  it('runs in the sandbox with its arguments', async (ctx) => {
    await pythonOrSkip(ctx);
    const sandbox = await sandboxOrSkip(ctx, SANDBOX_MODES[0] ?? 'user-namespace');
    const snapshot = await acquireSnapshot({
      manifest: {
        $schema: '',
        name: 'com.example/good',
        description: '',
        version: '1.0.0',
        packages: [
          {
            registryType: 'pypi',
            identifier: 'good-server',
            version: '1.0.0',
            transport: { type: 'stdio' },
            packageArguments: [{ type: 'positional', value: '--quiet' }],
          },
        ],
      },
      sandbox,
      workDir,
      pypiIndex: index.url,
    });
    expect(snapshot).toMatchObject({
      definitionsOrigin: 'live',
      definitions: { tools: [{ name: 'hello', description: 'good-server --quiet' }] },
      coverage: { live: { covered: true }, package: { covered: true } },
      packageFacts: { registryType: 'pypi', packages: 2 },
    });
    expect(readdirSync(workDir)).toEqual([]);
  });

  it.for([
    ['../evil', '1.0.0', 'IDENTIFIER_INVALID'],
    ['--index-url=http://evil', '1.0.0', 'IDENTIFIER_INVALID'],
    ['good-server', '>=1.0', 'VERSION_NOT_EXACT'],
    ['good-server', '2.0.0', 'VERSION_NOT_FOUND'],
    ['gone', '1.0.0', 'VERSION_NOT_FOUND'],
    ['source-only', '1.0.0', 'VERSION_NOT_FOUND'],
    ['several', '1.0.0', 'NO_EXECUTABLE'],
    ['none', '1.0.0', 'NO_EXECUTABLE'],
    ['tampered', '1.0.0', 'INTEGRITY_MISMATCH'],
    ['needs-gone', '1.0.0', 'DEPENDENCY_NOT_FOUND'],
    ['needs-inside', '1.0.0', 'DEPENDENCY_REFUSED'],
    ['needs-local', '1.0.0', 'DEPENDENCY_REFUSED'],
  ] as const)('%s %s is %s, and leaves nothing', async ([identifier, version, code], ctx) => {
    if (!/INVALID|EXACT/.test(code)) await pythonOrSkip(ctx);
    expect(await acquire(identifier, version)).toMatchObject({ ok: false, code });
    expect(index.requests.filter((path) => path.endsWith('.tar.gz'))).toEqual([]);
    expect(readdirSync(workDir)).toEqual([]);
  });

  it('over the limits is TOO_LARGE', async (ctx) => {
    await pythonOrSkip(ctx);
    const limits = { unpackedBytes: 1_000_000 };
    expect(await acquire('big', '1.0.0', { limits })).toMatchObject({ ok: false, code: 'TOO_LARGE' });
  });

  it('whose index does not answer is REGISTRY_UNREACHABLE', async (ctx) => {
    await pythonOrSkip(ctx);
    const gone = await acquire('good-server', '1.0.0', { index: 'http://127.0.0.1:9/simple' });
    expect(gone).toMatchObject({ ok: false, code: 'REGISTRY_UNREACHABLE' });
  });

  it('is not fetched without Python, pip or uv, and the reason says what to install', async () => {
    const empty = join(workDir, 'empty');
    mkdirSync(empty);
    const host = await findPythonHost({ path: empty, uvPath: empty });
    expect(host).toMatchObject({ missing: expect.stringMatching(/Install python3/) });
    expect(await acquire('good-server', '1.0.0', { host })).toMatchObject({ ok: false, code: 'NO_INSTALLER' });
    rmSync(empty, { recursive: true });
  });

  it('is installed by uv where Python has no pip', async () => {
    const bin = join(workDir, 'bin');
    mkdirSync(bin);
    const log = join(bin, 'log');
    writeFileSync(join(bin, 'python3'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    writeFileSync(join(bin, 'uv'), `#!/bin/sh\necho "$@" >> ${log}\nexit 0\n`, { mode: 0o755 });
    const host = await findPythonHost({ path: bin, uvPath: bin });
    expect(host).toMatchObject({ installer: { kind: 'uv' } });
    expect(await acquire('good-server', '1.0.0', { host })).toMatchObject({ ok: false, code: 'INSTALL_FAILED' });
    expect(existsSync(log)).toBe(true);
    rmSync(bin, { recursive: true });
  });
});
