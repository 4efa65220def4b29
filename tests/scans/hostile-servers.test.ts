import { describe, expect, it } from 'vitest';
import type { IntrospectErrorCode, IntrospectLimits, ListKind } from '#lib/scans/introspect/types.ts';
import type { SandboxLimits } from '#lib/scans/sandbox/index.ts';
import { processesWith, runHostile, SANDBOX_MODES, sandboxOrSkip } from './hostile.ts';

type Case = {
  file: string;
  code: IntrospectErrorCode;
  message: RegExp;
  limits?: Partial<IntrospectLimits>;
  sandboxLimits?: Partial<SandboxLimits>;
};

const NEVER_STARTS: Case[] = [
  {
    file: 'hangs.mjs',
    code: 'SERVER_HANGS',
    message: /did not answer initialize within 1 s/,
    limits: { initializeMs: 1_000 },
  },
  { file: 'hangs.mjs', code: 'TIME', message: /time limit/, sandboxLimits: { wallMs: 500 } },
  { file: 'floods-output.mjs', code: 'OUTPUT_FLOOD', message: /More than 32768 KiB of output/ },
  { file: 'floods-one-line.mjs', code: 'OUTPUT_FLOOD', message: /of output/ },
  { file: 'floods-errors.mjs', code: 'OUTPUT_FLOOD', message: /More than 4096 KiB of error output/ },
  { file: 'forks.mjs', code: 'TOO_MANY_PROCESSES', message: /more than 6 processes/i, sandboxLimits: { processes: 6 } },
  { file: 'forks-shell.sh', code: 'TOO_MANY_PROCESSES', message: /processes/i },
  {
    file: 'threads.mjs',
    code: 'TOO_MANY_PROCESSES',
    message: /limit of/,
    sandboxLimits: { tasks: 60, dataBytesPerProcess: 2 ** 36 },
  },
  { file: 'allocates.mjs', code: 'MEMORY', message: /memory/ },
  { file: 'allocates-heap.mjs', code: 'MEMORY', message: /memory/ },
  { file: 'garbage.mjs', code: 'GARBAGE_OUTPUT', message: /lines that are no JSON-RPC messages/ },
  { file: 'wrong-initialize.mjs', code: 'PROTOCOL_ERROR', message: /answer to initialize is not usable/ },
  { file: 'unknown-protocol.mjs', code: 'PROTOCOL_ERROR', message: /1999-01-01/ },
  { file: 'exits.mjs', code: 'SERVER_EXITED', message: /ended with code 7 before it answered initialize/ },
  { file: 'exits-without-key.mjs', code: 'MISSING_CONFIGURATION', message: /configuration that only a user has/ },
  { file: 'no-such-file.mjs', code: 'SERVER_EXITED', message: /ended with code 1/ },
];

type ListCase = Omit<Case, 'message'> & { list: ListKind; message: RegExp };
const BREAKS_WHILE_LISTING: ListCase[] = [
  {
    file: 'hangs-on-tools.mjs',
    list: 'tools',
    code: 'SERVER_HANGS',
    message: /did not answer the request for its tools/,
  },
  { file: 'hangs-on-prompts.mjs', list: 'prompts', code: 'SERVER_HANGS', message: /for its prompts/ },
  { file: 'exits-while-listing.mjs', list: 'tools', code: 'SERVER_EXITED', message: /code 3/ },
  { file: 'huge-list.mjs', list: 'tools', code: 'TOO_MANY_ITEMS', message: /more than 10000 entries/ },
  { file: 'endless-pages.mjs', list: 'tools', code: 'TOO_MANY_ITEMS', message: /more than 200 pages/ },
  { file: 'same-cursor.mjs', list: 'tools', code: 'TOO_MANY_ITEMS', message: /cursor "again" came twice/ },
];

describe.each(SANDBOX_MODES)('hostile servers, sandbox in mode %s', (mode) => {
  it.for(NEVER_STARTS)('$file ends with $code', async ({ file, code, message, limits, sandboxLimits }, ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const { result, leftovers } = await runHostile(sandbox, file, {
      ...(limits ? { limits } : {}),
      ...(sandboxLimits ? { sandboxLimits } : {}),
    });
    expect(result).toMatchObject({ ok: false, code, message: expect.stringMatching(message) });
    expect(leftovers).toEqual([]);
  });

  it.for(BREAKS_WHILE_LISTING)('$file: $list fail with $code', async ({ file, list, code, message, limits }, ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const { result, leftovers } = await runHostile(sandbox, file, limits ? { limits } : {});
    if (!result.ok) throw new Error(`initialize failed: ${result.message}`);
    expect(result.definitions[list]).toBeNull();
    expect(result.failures[list]).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(leftovers).toEqual([]);
  });

  it('keeps the tools when only the prompts hang', async (ctx) => {
    const { result } = await runHostile(await sandboxOrSkip(ctx, mode), 'hangs-on-prompts.mjs');
    if (!result.ok) throw new Error(result.message);
    expect(result.definitions.tools?.map(({ name }) => name)).toEqual(['one']);
    expect(Object.keys(result.failures)).toEqual(['prompts']);
    expect(result.definitions.resources).toEqual([]);
  });

  it('keeps the prompts when only the tools hang', async (ctx) => {
    const { result } = await runHostile(await sandboxOrSkip(ctx, mode), 'hangs-on-tools.mjs');
    if (!result.ok) throw new Error(result.message);
    expect(result.definitions.tools).toBeNull();
    expect(result.definitions.prompts?.map(({ name }) => name)).toEqual(['hello']);
  });

  it('keeps valid definitions among invalid ones and names the others by their index', async (ctx) => {
    const { result } = await runHostile(await sandboxOrSkip(ctx, mode), 'wrong-types.mjs');
    if (!result.ok) throw new Error(result.message);
    expect(result.definitions.tools?.map(({ name }) => name)).toEqual(['good', 'fields', 'proto', 'last']);
    expect(result.definitions.tools?.[1]).toEqual({
      name: 'fields',
      inputSchema: {},
      annotations: { destructiveHint: true },
    });
    expect(Object.keys(result.definitions.tools?.[2]?.inputSchema ?? {})).toEqual(['type', '__proto__']);
    expect(result.dropped).toEqual({ tools: 7, resources: 1 });
    expect(result.issues.filter(({ list }) => list === 'tools').map(({ message }) => message)).toEqual([
      'invalid tool definition at index 1: is not an object',
      'invalid tool definition at index 2: is not an object',
      'invalid tool definition at index 3: "name" is not a text',
      'invalid tool definition at index 4: "title" is not a text',
      'invalid tool definition at index 4: "description" is not a text',
      'invalid tool definition at index 4: "inputSchema" is not an object',
      'invalid tool definition at index 4: "annotations.readOnlyHint" is not true or false',
      'invalid tool definition at index 5: "name" repeats that of an earlier one',
      'invalid tool definition at index 6: is nested more than 64 levels deep',
      'invalid tool definition at index 7: has a text that is not valid Unicode',
      'invalid tool definition at index 9: is not an object',
    ]);
    expect(result.failures.prompts).toMatchObject({ code: 'PROTOCOL_ERROR' });
    expect(result.definitions.resources).toEqual([{ uri: 'file:///a', name: 'file:///a' }]);
    expect(result.failures.resourceTemplates).toMatchObject({ code: 'PROTOCOL_ERROR' });
  });

  it('reads all pages of an honest list', async (ctx) => {
    const { result } = await runHostile(await sandboxOrSkip(ctx, mode), 'pages.mjs');
    expect(result.ok && result.definitions.tools?.map(({ name }) => name)).toEqual(['tool-0', 'tool-1', 'tool-2']);
  });

  it('tolerates a banner on standard output', async (ctx) => {
    const { result } = await runHostile(await sandboxOrSkip(ctx, mode), 'some-garbage.mjs');
    expect(result.ok && result.definitions.tools?.map(({ name }) => name)).toEqual(['one']);
  });

  it('refuses what a server asks of the client and goes on', async (ctx) => {
    const { result } = await runHostile(await sandboxOrSkip(ctx, mode), 'asks-back.mjs');
    expect(result.ok && result.definitions.tools?.map(({ name }) => name)).toEqual(['one']);
  });

  it('shows the last words of a server with control characters escaped', async (ctx) => {
    const { result } = await runHostile(await sandboxOrSkip(ctx, mode), 'exits.mjs');
    expect(!result.ok && result.stderr).toEqual(['\\u{1b}[31mgiving up\\u{1b}[0m']);
  });

  it('leaves nothing of a server that ignores every signal and hides a process in another session', async (ctx) => {
    const orphan = `hallmark-orphan-${process.pid}-${mode}`;
    const { result, leftovers } = await runHostile(await sandboxOrSkip(ctx, mode), 'ignores-sigterm.mjs', {
      args: [orphan],
    });
    expect(result.ok).toBe(true);
    expect(leftovers).toEqual([]);
    expect(processesWith(orphan)).toEqual([]);
  });

  it('bounds what can be written to memory-backed places', async (ctx) => {
    const { result } = await runHostile(await sandboxOrSkip(ctx, mode), 'fills-disk.mjs', {
      limits: { requestMs: 10_000 },
      sandboxLimits: { tmpBytes: 16 * 1024 * 1024, fileBytes: 4 * 1024 * 1024 },
    });
    if (!result.ok) throw new Error(result.message);
    const written = Object.fromEntries(
      result.definitions.tools?.map((tool) => [tool.name, Number(tool.description)]) ?? [],
    );
    expect(written).toEqual({
      '/tmp/fill': expect.closeTo(16, -1),
      '/home/sandbox/fill': expect.closeTo(16, -1),
      '/dev/shm/fill': expect.closeTo(16, -1),
      '/dev/fill': 0,
      '/fill': 0,
    });
  });

  it('serves an honest server while a fork bomb and a memory hog run beside it', async (ctx) => {
    const sandbox = await sandboxOrSkip(ctx, mode);
    const [honest, bomb, hog] = await Promise.all([
      runHostile(sandbox, 'pages.mjs'),
      runHostile(sandbox, 'forks-shell.sh'),
      runHostile(sandbox, 'allocates.mjs'),
    ]);
    expect(honest.result.ok).toBe(true);
    expect(bomb.result).toMatchObject({ ok: false, code: 'TOO_MANY_PROCESSES' });
    expect(hog.result).toMatchObject({ ok: false, code: 'MEMORY' });
  });
});
