import { staleDecision } from '#lib/feed/client/index.ts';
import type { KnownClient } from './http/client-tokens.ts';
import { HttpSessions, type OpenFront } from './http/http-sessions.ts';
import type { Listener } from './http/listen.ts';
import { type Readiness, serveHttp } from './http/serve-http.ts';
import { type MetricsPlace, serveMetrics } from './http/serve-metrics.ts';
import { Aggregate } from './sessions/aggregate.ts';
import { openSingle } from './sessions/front.ts';
import type { GatewayContext, ServerPlan } from './sessions/open-server.ts';
import { type GatewayProcess, type ProcessOptions, startProcess } from './start-process.ts';

export type HttpGatewayOptions = ProcessOptions & {
  plans: ServerPlan[];
  host: string;
  /** 0 for any that is free. */
  port: number;
  allowedHosts?: string[];
  allowedOrigins?: string[];
  clients?: KnownClient[];
  limits?: { sessions: number; idleMs: number; requestBytes: number };
  metrics?: MetricsPlace | null;
  writeAudit: (line: string) => void;
  canLog?: () => boolean;
};

export type HttpGateway = GatewayProcess & { port: number; metricsPort: number | null; close(): Promise<void> };

const LIMITS = { sessions: 100, idleMs: 1_800_000, requestBytes: 4 * 1024 * 1024 };

/**
 * The gateway over streamable HTTP. It starts whatever the feed says, also when none could be read yet: it refuses, says
 * so at `/readyz`, and serves once a feed is accepted. Rejects when it cannot listen.
 */
export async function runHttpGateway(options: HttpGatewayOptions): Promise<HttpGateway> {
  const { plans, host, limits = LIMITS, writeAudit, canLog = () => true } = options;
  const gateway = await startProcess({ options, write: writeAudit, canLog, about: {} });
  const { context, scope, metrics } = gateway;
  const { audit } = context;
  const sessions = new HttpSessions({
    limit: limits.sessions,
    idleMs: limits.idleMs,
    maxRequestBytes: limits.requestBytes,
    audit,
    onCount: (count) => metrics.sessions.set(count),
  });
  const listeners: Listener[] = [];
  const own = options.metrics?.port ?? null;
  try {
    const main = await serveHttp({
      host,
      port: options.port,
      allowedHosts: options.allowedHosts ?? [],
      allowedOrigins: options.allowedOrigins ?? [],
      clients: options.clients ?? [],
      scope,
      aliases: plans.map(({ alias }) => alias),
      credentialHeaders: plans.flatMap(({ reach }) => Object.keys(reach.credentials.personal)),
      sessions,
      frontFor: (alias) => frontFor({ alias, plans, context }),
      readiness: () => readiness(context),
      metrics: options.metrics && own === null ? { metrics, path: options.metrics.path } : null,
      audit,
    });
    listeners.push(main);
    if (options.metrics && own !== null) {
      listeners.push(await serveMetrics({ ...options.metrics, port: own, metrics }));
    }
  } catch (error) {
    gateway.stop();
    await Promise.all(listeners.map((listener) => listener.close()));
    throw error;
  }
  const close = async () => {
    gateway.stop();
    await Promise.all(listeners.map((listener) => listener.close()));
    audit({ event: 'end', message: 'The gateway was stopped.' });
  };
  return { ...gateway, port: listeners[0]!.port, metricsPort: listeners[1]?.port ?? null, close };
}

function frontFor({
  alias,
  plans,
  context,
}: {
  alias: string | null;
  plans: ServerPlan[];
  context: GatewayContext;
}): OpenFront {
  return async ({ sendToClient, audit, client, headers }) => {
    const identity = { scope: client.scope, caller: { headers, isLocal: false } };
    const asked = { context: { ...context, audit }, identity, sendToClient };
    const plan = plans.find((candidate) => candidate.alias === alias);
    return plan ? openSingle({ plan, ...asked }) : new Aggregate({ plans, ...asked });
  };
}

/** Ready while the accepted feed lets new sessions start. */
function readiness({ watch, now }: GatewayContext): Readiness {
  const feed = watch.current;
  const { serve, code, message } = staleDecision({
    freshUntil: feed?.freshUntil ?? null,
    onStale: feed?.allowlist.onStale ?? 'deny',
    graceSeconds: feed?.allowlist.graceSeconds ?? 0,
    session: 'new',
    now: now(),
  });
  if (serve && feed?.allowlist.mode === 'lockdown') {
    return { isReady: false, code: 'LOCKDOWN', message: 'The organization has locked everything down.' };
  }
  return { isReady: serve, code, message };
}
