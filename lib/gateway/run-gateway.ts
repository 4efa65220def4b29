import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { FeedError } from '#lib/feed/client/index.ts';
import { auditWith } from './audit/audit.ts';
import type { ServerReference } from './decisions/select-version.ts';
import { type MetricsPlace, serveMetrics } from './http/serve-metrics.ts';
import { Aggregate } from './sessions/aggregate.ts';
import { openServer, type ServerPlan } from './sessions/open-server.ts';
import { refuseStart } from './sessions/refuse-start.ts';
import { type GatewayProcess, type ProcessOptions, startProcess } from './start-process.ts';
import { NO_CREDENTIALS } from './upstreams/credentials.ts';
import type { Reach } from './upstreams/open-upstream.ts';

/** Exit codes of the gateway's process. */
export const GATEWAY_EXIT = {
  /** The client closed the connection, or the operator ended it. */
  closed: 0,
  /** The feed did not verify, and nothing was accepted before. */
  feedRefused: 1,
  /** The command line, the configuration or the trust file is wrong. */
  usage: 2,
  /** The feed could not be reached, and nothing was accepted before. */
  feedUnreachable: 3,
  /** The feed does not allow the server, or no longer does. */
  denied: 4,
  /** The server ended by itself. */
  serverEnded: 5,
} as const;

export type StdioEnds = {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** Takes the audit log instead of `stderr`. */
  writeAudit?: (line: string) => void;
  /** Ends the session, as a closed stdin does. */
  signal?: AbortSignal;
  /** Only a place with a port is used. */
  metrics?: MetricsPlace | null;
};

export type GatewayOptions = ServerReference &
  ProcessOptions &
  StdioEnds & {
    /** The environment of the server's process, complete but for credentials. */
    env: Record<string, string>;
    /** The rest of how the server is reached. */
    exec?: string[] | null;
    args?: string[];
    reach?: Partial<Reach>;
  };

export type GatewayResult = { exitCode: number; message: string };

/** Text of the server's stderr that may wait for a slow reader, in bytes, before more is dropped. */
const MAX_STDERR_WAITING = 1024 * 1024;

/** On stdio the process is the person's own: credentials in its environment are theirs. */
const LOCAL_CALLER = { headers: {}, isLocal: true };

/**
 * Serves one server to one MCP client on `stdin`/`stdout`, under its own names, until the client leaves, the server ends,
 * or the feed ends the session. Never throws for what feed, server or client do; the result says how it ended.
 */
export async function runGateway(options: GatewayOptions): Promise<GatewayResult> {
  const { server, version, env, exec = null, args = [], stdin, stdout } = options;
  const gateway = await startStdio(options, { server, version });
  const { context, scope, failure } = gateway;
  const reach: Reach = { exec, args, env, remote: null, credentials: NO_CREDENTIALS, ...options.reach };
  const plan: ServerPlan = { alias: server, server, version, reach };
  const client = stdioClient(options);
  const sendToClient = client.send;
  const { opened, ...refused } = await openServer({
    plan,
    context,
    identity: { scope, caller: LOCAL_CALLER },
    sendToClient,
  });
  if (!opened) {
    gateway.stop();
    const { refusal, subject } = refused as Extract<Awaited<ReturnType<typeof openServer>>, { opened: null }>;
    const { code, message } = failure && !context.watch.current ? failure : refusal;
    await refuseStart({ stdin, stdout, code, message, subject });
    return { exitCode: context.watch.current ? GATEWAY_EXIT.denied : exitCodeOf(failure), message };
  }
  const { proxy, subject } = opened;
  const ended = await Promise.race([
    client.serve((message) => proxy.fromClient(message)),
    opened.ended.then(() => 'server' as const),
  ]);
  const refusal = proxy.stopped;
  gateway.stop();
  await opened.close();
  await client.close();
  if (refusal && ended === 'server' && !proxy.wasAsked) await refuseStart({ stdin, stdout, subject, ...refusal });
  const message = refusal?.message ?? 'The client closed the connection.';
  auditWith(context.audit, subject)({ event: 'end', message });
  if (ended === 'server') return { exitCode: GATEWAY_EXIT.serverEnded, message };
  return { exitCode: refusal ? GATEWAY_EXIT.denied : GATEWAY_EXIT.closed, message };
}

/** Serves several servers as one to one MCP client on `stdin`/`stdout`. What is refused is told in the answers. */
export async function runAggregate(
  options: ProcessOptions & StdioEnds & { plans: ServerPlan[]; onStart?: (gateway: GatewayProcess) => void },
): Promise<GatewayResult> {
  const gateway = await startStdio(options, {});
  options.onStart?.(gateway);
  const { context, scope, failure } = gateway;
  const client = stdioClient(options);
  const front = new Aggregate({
    plans: options.plans,
    context,
    identity: { scope, caller: LOCAL_CALLER },
    sendToClient: client.send,
  });
  await client.serve((message) => front.fromClient(message));
  gateway.stop();
  await front.close();
  await client.close();
  const message = 'The client closed the connection.';
  context.audit({ event: 'end', message });
  if (failure && !context.watch.current) return { exitCode: exitCodeOf(failure), message: failure.message };
  return { exitCode: GATEWAY_EXIT.closed, message };
}

export function exitCodeOf(failure: FeedError | null): number {
  return failure?.code === 'FEED_UNREACHABLE' ? GATEWAY_EXIT.feedUnreachable : GATEWAY_EXIT.feedRefused;
}

async function startStdio(
  options: ProcessOptions & StdioEnds,
  about: Record<string, unknown>,
): Promise<GatewayProcess> {
  const { stderr, metrics: place } = options;
  const gateway = await startProcess({
    options,
    write: options.writeAudit ?? ((line) => void stderr.write(line)),
    canLog: () => stderr.writableLength < MAX_STDERR_WAITING,
    about,
  });
  gateway.metrics.sessions.set(1);
  if (!place || place.port === null) return gateway;
  // A second gateway on this machine may have the port; a client's session does not end for that.
  const listener = await serveMetrics({ ...place, port: place.port, metrics: gateway.metrics }).catch(
    (error: Error) => {
      gateway.context.audit({ event: 'http', code: 'METRICS_UNAVAILABLE', text: error.message });
      return null;
    },
  );
  const stop = () => {
    gateway.stop();
    void listener?.close();
  };
  return { ...gateway, stop };
}

/** The client at the other end of stdin and stdout. `serve` resolves when it leaves. */
function stdioClient({ stdin, stdout, signal }: StdioEnds) {
  // The SDK's transport waits for `drain` once a message when the client is slow.
  stdout.setMaxListeners(0);
  const transport = new StdioServerTransport(stdin, stdout);
  type Message = Parameters<typeof transport.send>[0];
  return {
    // A client that went away is not told.
    send: (message: Message) => transport.send(message).catch(() => {}),
    serve: (onMessage: (message: Message) => void) =>
      new Promise<'client'>((resolve) => {
        const left = () => resolve('client');
        transport.onmessage = onMessage;
        for (const event of ['end', 'close']) stdin.once(event, left);
        transport.onclose = left;
        if (signal?.aborted) left();
        signal?.addEventListener('abort', left, { once: true });
        void transport.start();
      }),
    close: () => transport.close(),
  };
}
