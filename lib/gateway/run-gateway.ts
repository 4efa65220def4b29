import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { type FeedError, type FeedTrust, loadAcceptedFeed, pullFeed } from '#lib/feed/client/index.ts';
import { type Audit, auditLog } from './audit.ts';
import { ChildServer } from './child-server.ts';
import type { Decision } from './decide.ts';
import { FeedWatch } from './feed-watch.ts';
import { GatewayProxy } from './proxy.ts';
import { GatewayError } from './reasons.ts';
import { refuseStart } from './refuse-start.ts';
import { commandOf, type ServerReference, selectVersion } from './select-version.ts';
import { sessionDecision } from './session-decision.ts';

/** Exit codes of the gateway's process. */
export const GATEWAY_EXIT = {
  /** The client closed the connection. */
  closed: 0,
  /** The feed did not verify, and nothing was accepted before. */
  feedRefused: 1,
  /** The command line or the trust file is wrong. */
  usage: 2,
  /** The feed could not be reached, and nothing was accepted before. */
  feedUnreachable: 3,
  /** The feed does not allow the server, or no longer does. */
  denied: 4,
  /** The server ended by itself. */
  serverEnded: 5,
} as const;

export type GatewayOptions = ServerReference & {
  trust: FeedTrust;
  stateDir: string;
  /** The operator's own command instead of the allowlist's. */
  exec?: string[] | null;
  /** Further arguments for the server's command. */
  args?: string[];
  /** The environment of the server's process, complete. */
  env: Record<string, string>;
  /** Seconds between refreshes; the head's own wish when null. */
  refreshSeconds?: number | null;
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** Ends the session, as a closed stdin does. */
  signal?: AbortSignal;
  fetch?: typeof globalThis.fetch;
  now?: () => Date;
  random?: () => number;
  listTimeoutMs?: number;
};

export type GatewayResult = { exitCode: number; message: string };

/** Text of the server's stderr that may wait for a slow reader, in bytes, before more is dropped. */
const MAX_STDERR_WAITING = 1024 * 1024;
/** Lines of garbage that are logged one by one; later only every thousandth. */
const GARBAGE_LOGGED = 20;

/**
 * Serves one MCP client on `stdin`/`stdout` until it leaves, the server ends, or the feed ends the session.
 * Never throws for what feed, server or client do; the result says how it ended.
 */
export async function runGateway(options: GatewayOptions): Promise<GatewayResult> {
  const { trust, stateDir, server, stdin, stdout, stderr, now = () => new Date(), random = Math.random } = options;
  const write = (line: string) => void stderr.write(line);
  const early = auditLog({ write, now, context: { server, version: options.version } });
  const watch = new FeedWatch({
    pull: () => pullFeed({ trust, stateDir, now: now(), ...(options.fetch ? { fetch: options.fetch } : {}) }),
    audit: early,
    refreshSeconds: options.refreshSeconds ?? null,
    random,
  });
  const failure = await watch.refresh();
  if (failure) watch.current = await loadAcceptedFeed({ trust, stateDir, now: now() }).catch(() => null);

  const version = selectVersion({ feed: watch.current, server, version: options.version });
  const subject = { server, version };
  const audit = auditLog({ write, now, context: subject });
  const admission = sessionDecision({ feed: watch.current, session: 'new', now: now(), ...subject });
  const start = startCommand(admission, options);
  if ('code' in start) {
    const { code, message } = failure && !watch.current ? failure : start;
    audit({ event: 'start', decision: 'deny', code, message });
    await refuseStart({ stdin, stdout, code, message, subject });
    return { exitCode: watch.current ? GATEWAY_EXIT.denied : exitCodeOf(failure), message };
  }
  audit({ event: 'start', decision: 'allow', code: admission.code, message: admission.message });
  return serve({ options, watch, subject, audit, command: start.command, now });
}

async function serve({
  options,
  watch,
  subject,
  audit,
  command,
  now,
}: {
  options: GatewayOptions;
  watch: FeedWatch;
  subject: { server: string; version: string };
  audit: Audit;
  command: [string, ...string[]];
  now: () => Date;
}): Promise<GatewayResult> {
  const { stdin, stdout, stderr, env, signal, listTimeoutMs } = options;
  const child = new ChildServer({ command, env });
  // The SDK's transport waits for `drain` once a message when the client is slow.
  stdout.setMaxListeners(0);
  const client = new StdioServerTransport(stdin, stdout);
  const proxy = new GatewayProxy({
    sendToClient: (message) => client.send(message),
    upstream: child,
    decide: (asked) => sessionDecision({ feed: watch.current, session: 'running', now: now(), ...subject, ...asked }),
    audit,
    subject,
    ...(listTimeoutMs === undefined ? {} : { listTimeoutMs }),
  });
  watch.onattempt = () => proxy.feedChanged();

  let garbage = 0;
  child.onmessage = (message) => proxy.fromUpstream(message);
  child.ongarbage = (error) => {
    garbage += 1;
    if (garbage > GARBAGE_LOGGED && garbage % 1000 !== 0) return;
    const message = `A line that is no JSON-RPC message was dropped (${garbage} so far).`;
    audit({ event: 'upstream', code: 'UPSTREAM_MALFORMED', message, text: error.message.slice(0, 300) });
  };
  child.onstderr = (text) => {
    if (stderr.writableLength < MAX_STDERR_WAITING) audit({ event: 'upstream-stderr', text });
  };
  client.onmessage = (message) => proxy.fromClient(message);
  client.onerror = (error) => audit({ event: 'request', code: 'REQUEST_MALFORMED', text: error.message });

  const ended = await new Promise<'client' | 'server'>((resolve) => {
    child.onclose = (description) => {
      audit({ event: 'upstream', message: `The server ${description}.` });
      // A server that the gateway ended leaves the client connected, so that it can be told why.
      if (!proxy.stopped) {
        proxy.upstreamEnded(description);
        resolve('server');
      }
    };
    for (const event of ['end', 'close']) stdin.once(event, () => resolve('client'));
    client.onclose = () => resolve('client');
    if (signal?.aborted) resolve('client');
    signal?.addEventListener('abort', () => resolve('client'), { once: true });
    child.start();
    void client.start();
    watch.start();
  });

  const refusal = proxy.stopped;
  watch.stop();
  child.onclose = () => {};
  await child.close();
  await client.close();
  if (refusal && ended === 'server' && !proxy.wasAsked) await refuseStart({ stdin, stdout, subject, ...refusal });
  const message = refusal?.message ?? 'The client closed the connection.';
  audit({ event: 'end', message });
  if (ended === 'server') return { exitCode: GATEWAY_EXIT.serverEnded, message };
  return { exitCode: refusal ? GATEWAY_EXIT.denied : GATEWAY_EXIT.closed, message };
}

function startCommand(
  admission: Decision,
  { exec = null, args = [] }: GatewayOptions,
): { command: [string, ...string[]] } | { code: string; message: string } {
  if (!admission.allow) return { code: admission.code, message: admission.message };
  try {
    return { command: commandOf({ entry: admission.entry, exec, args }) };
  } catch (error) {
    if (error instanceof GatewayError) return { code: error.code, message: error.message };
    throw error;
  }
}

function exitCodeOf(failure: FeedError | null): number {
  return failure?.code === 'FEED_UNREACHABLE' ? GATEWAY_EXIT.feedUnreachable : GATEWAY_EXIT.feedRefused;
}
