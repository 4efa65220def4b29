import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { type Outbound, outbound as ownOutbound } from '#lib/outbound/index.ts';
import { explainRemoteFailure } from './explain-remote.ts';
import { readLists } from './read-lists.ts';
import { RemoteSession } from './remote-session.ts';
import {
  DEFAULT_INTROSPECT_LIMITS,
  type IntrospectFailure,
  type Introspection,
  type IntrospectLimits,
} from './types.ts';

/** `any`: streamable HTTP, and server-sent events where the server knows no such thing. */
export type RemoteKind = 'streamable-http' | 'sse' | 'any';

export type IntrospectRemoteOptions = {
  url: string;
  kind: RemoteKind;
  outbound?: Outbound;
  /** Origins that the person who asks named herself: http and private addresses are allowed there. */
  trustedOrigins?: readonly string[];
  limits?: Partial<IntrospectLimits>;
  signal?: AbortSignal;
};

/** How long a server gets to hear that we leave. */
const GOODBYE_MS = 2_000;
/** Statuses after which a client may try the older transport (MCP 2025-11-25, "Backwards Compatibility"). */
const OLDER_TRANSPORT = [400, 404, 405];

/**
 * Asks a remote server, as an MCP client that has no capabilities and no credentials, for everything that it tells a model.
 * One session, no second try. Only https to public addresses, limited in time, requests and bytes; redirects are followed
 * within the origin only. Never rejects for what a server does.
 */
export async function introspectRemote(options: IntrospectRemoteOptions): Promise<Introspection> {
  if (options.kind !== 'any') return ask({ ...options, kind: options.kind });
  const answer = await ask({ ...options, kind: 'streamable-http' });
  const isOlder = !answer.ok && answer.status !== null && OLDER_TRANSPORT.includes(answer.status);
  if (!isOlder) return answer;
  const older = await ask({ ...options, kind: 'sse' });
  return older.ok ? older : answer;
}

type Answer =
  | Extract<Introspection, { ok: true }>
  | (Extract<Introspection, { ok: false }> & { status: number | null });

async function ask({
  url,
  kind,
  outbound = ownOutbound(),
  trustedOrigins = [],
  limits: overrides = {},
  signal,
}: IntrospectRemoteOptions & { kind: 'streamable-http' | 'sse' }): Promise<Answer> {
  const limits = { ...DEFAULT_INTROSPECT_LIMITS, ...overrides };
  const stopped = (message: string): Answer => ({ ok: false, code: 'ABORTED', message, stderr: [], status: null });
  if (signal?.aborted) return stopped('The introspection was stopped.');
  if (!URL.canParse(url)) {
    const message = 'This is not an address.';
    return { ok: false, code: 'ADDRESS_REFUSED', message, stderr: [], status: null };
  }
  const wallMs = limits.initializeMs + limits.listsMs;
  const late = AbortSignal.timeout(wallMs);
  const over = new AbortController();
  const ends = AbortSignal.any([late, over.signal, ...(signal ? [signal] : [])]);
  const session = new RemoteSession({ outbound, kind, signal: ends, timeoutMs: wallMs, trustedOrigins });
  const transport =
    kind === 'sse'
      ? new SSEClientTransport(new URL(url), { fetch: session.fetch })
      : new StreamableHTTPClientTransport(new URL(url), {
          fetch: session.fetch,
          reconnectionOptions: {
            maxRetries: 0,
            initialReconnectionDelay: 1_000,
            maxReconnectionDelay: 1_000,
            reconnectionDelayGrowFactor: 1,
          },
        });
  const client = new Client({ name: 'hallmark-scan', version: '1.0.0' }, { capabilities: {} });
  client.onerror = () => {};
  const close = () => void transport.close().catch(() => {});
  session.onFault = () => over.abort();
  ends.addEventListener('abort', close, { once: true });

  const explain = async (error: unknown, asked: string): Promise<IntrospectFailure> =>
    explainRemoteFailure({ error, session, asked, isAborted: signal?.aborted ?? false, isLate: late.aborted });
  try {
    try {
      await connect(client, transport, { ends, ms: limits.initializeMs });
    } catch (error) {
      return { ok: false, ...(await explain(error, 'initialize')), status: session.status };
    }
    const protocolVersion = 'protocolVersion' in transport ? (transport.protocolVersion ?? null) : null;
    return (await readLists(client, { protocolVersion, limits, explain })) as Answer;
  } finally {
    if (transport instanceof StreamableHTTPClientTransport && session.fault === null && !ends.aborted) {
      await Promise.race([transport.terminateSession().catch(() => {}), pause(GOODBYE_MS)]);
    }
    ends.removeEventListener('abort', close);
    await client.close().catch(() => {});
    over.abort();
  }
}

/** The SDK limits the request alone; a server may also be slow before it and after it. */
async function connect(
  client: Client,
  transport: SSEClientTransport | StreamableHTTPClientTransport,
  { ends, ms }: { ends: AbortSignal; ms: number },
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = new AbortController();
  const gaveUp = new Promise<never>((_, reject) => {
    const late = () => reject(new McpError(ErrorCode.RequestTimeout, 'It took too long.'));
    timer = setTimeout(late, ms);
    ends.addEventListener('abort', late, { once: true, signal: onAbort.signal });
  });
  gaveUp.catch(() => {});
  const connecting = client.connect(transport, { timeout: ms });
  connecting.catch(() => {});
  try {
    await Promise.race([connecting, gaveUp]);
  } finally {
    clearTimeout(timer);
    onAbort.abort();
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
