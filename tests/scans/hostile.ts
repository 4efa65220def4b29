import { randomUUID } from 'node:crypto';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, type TestContext } from 'vitest';
import { introspectServer } from '#lib/scans/introspect/introspect-server.ts';
import type { Introspection, IntrospectLimits } from '#lib/scans/introspect/types.ts';
import { detectSandbox, type SandboxLimits, type SandboxMode, spawnSandboxed } from '#lib/scans/sandbox/index.ts';
import type { AvailableSandbox, SandboxAvailability, SandboxEnd } from '#lib/scans/sandbox/types.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures/hostile-servers');

/** Both ways in which the sandbox can get its privileges, as far as this user has them. */
export const SANDBOX_MODES: readonly SandboxMode[] =
  process.geteuid?.() === 0 ? ['root', 'user-namespace'] : ['user-namespace'];

const detected = new Map<SandboxMode, Promise<SandboxAvailability>>();

/** The sandbox in this mode; skips the test, with the reason, where there is none. */
export async function sandboxOrSkip(ctx: TestContext, mode: SandboxMode): Promise<AvailableSandbox> {
  const availability = detected.get(mode) ?? detectSandbox({ mode });
  detected.set(mode, availability);
  const sandbox = await availability;
  if (!sandbox.available) return ctx.skip(`no sandbox: ${sandbox.reason}`);
  return sandbox;
}

/** A directory that every user may read and that is gone after the test file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hallmark-test-'));
  chmodSync(directory, 0o755);
  temporary.push(directory);
  return directory;
}
const temporary: string[] = [];
afterAll(() => {
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true });
});

/** The fixtures where every user may read them, wherever the repository is. */
export const hostileServers = temporaryDirectory();
cpSync(FIXTURES, hostileServers, { recursive: true });

export type HostileRun = { result: Introspection; end: SandboxEnd; leftovers: string[] };

/** Runs one fixture in the sandbox as a scan would, then looks for processes that it left behind. */
export async function runHostile(
  sandbox: AvailableSandbox,
  file: string,
  {
    args = [],
    env = {},
    limits = {},
    sandboxLimits = {},
    needsInput = false,
  }: {
    args?: string[];
    env?: Record<string, string>;
    limits?: Partial<IntrospectLimits>;
    sandboxLimits?: Partial<SandboxLimits>;
    needsInput?: boolean;
  } = {},
): Promise<HostileRun> {
  const marker = `hallmark-test-${randomUUID()}`;
  const program = file.endsWith('.sh') ? 'sh' : 'node';
  let end: Promise<SandboxEnd> | undefined;
  const result = await introspectServer({
    spawn: async () => {
      const run = await spawnSandboxed({
        sandbox,
        command: [program, `/app/${file}`, ...args, marker],
        readOnlyPaths: [{ source: hostileServers, target: '/app' }],
        env,
        limits: sandboxLimits,
      });
      end = run.ended;
      return run;
    },
    limits: { initializeMs: 8_000, requestMs: 1_500, ...limits },
    needsInput,
  });
  if (!end) throw new Error('The server was not started.');
  return { result, end: await end, leftovers: processesWith(marker) };
}

/** Command lines of the processes of this machine that contain `marker`. */
export function processesWith(marker: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(marker));
}
