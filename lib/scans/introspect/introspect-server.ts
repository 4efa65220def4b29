import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { SandboxEnd } from '../sandbox/types.ts';
import { explainFailure } from './explain-failure.ts';
import { readLists } from './read-lists.ts';
import { type ServerProcess, StdioTransport } from './stdio-transport.ts';
import {
  DEFAULT_INTROSPECT_LIMITS,
  type IntrospectFailure,
  type Introspection,
  type IntrospectLimits,
} from './types.ts';

/** How long the end of a server may take to be reported after its pipes closed. */
const END_MS = 1_000;

/**
 * Starts a server, asks it as an MCP client with no capabilities of its own for everything it tells a model, and ends
 * it. Lists that could not be read to their end are null in `definitions` with a reason in `failures`; `ok` is false
 * only where `initialize` failed. Never rejects for what a server does; nothing of the server is left afterwards.
 */
export async function introspectServer({
  spawn,
  limits: overrides = {},
  signal,
  needsInput = false,
}: {
  spawn: () => Promise<ServerProcess>;
  limits?: Partial<IntrospectLimits>;
  signal?: AbortSignal;
  /** Whether the manifest asks for input that only a user can give; decides how an early exit is named. */
  needsInput?: boolean;
}): Promise<Introspection> {
  const limits = { ...DEFAULT_INTROSPECT_LIMITS, ...overrides };
  if (signal?.aborted) return { ok: false, code: 'ABORTED', message: 'The introspection was stopped.', stderr: [] };
  const server = await spawn();
  const transport = new StdioTransport(server, limits);
  const client = new Client({ name: 'hallmark-scan', version: '1.0.0' }, { capabilities: {} });
  client.onerror = () => {};
  let end: SandboxEnd | null = null;
  server.ended.then((value) => {
    end = value;
  });
  const onAbort = () => server.stop();
  signal?.addEventListener('abort', onAbort, { once: true });

  const explain = async (error: unknown, asked: string): Promise<IntrospectFailure> => {
    // A closed pipe is seen a moment before the end of the process that explains it.
    if (!isAnswered(error)) await Promise.race([server.ended, pause(END_MS)]);
    const { isGarbage, garbageLines, messages } = transport;
    const stderrTail = end?.stderrTail ?? server.stderrTail();
    const isAborted = signal?.aborted ?? false;
    return explainFailure({ error, end, stderrTail, isAborted, isGarbage, garbageLines, messages, asked, needsInput });
  };

  try {
    try {
      await client.connect(transport, { timeout: limits.initializeMs });
    } catch (error) {
      return { ok: false, ...(await explain(error, 'initialize')) };
    }
    return await readLists(client, { protocolVersion: transport.protocolVersion, limits, explain });
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await client.close().catch(() => {});
    server.stop();
    await server.ended;
  }
}

/** Whether an error is the server's own answer, so that its process is still of interest to nobody. */
function isAnswered(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'number' && code !== -32000;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
