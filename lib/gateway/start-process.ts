import { type FeedError, type FeedTrust, loadAcceptedFeed, pullFeed, watchHints } from '#lib/feed/client/index.ts';
import { createOutbound } from '#lib/outbound/index.ts';
import { auditLog } from './audit/audit.ts';
import { GatewayMetrics } from './audit/metrics.ts';
import { NO_SCOPE, type Scope } from './decisions/scope.ts';
import { FeedWatch } from './feed/feed-watch.ts';
import { reportFeed } from './feed/report-feed.ts';
import type { GatewayContext } from './sessions/open-server.ts';
import { DEFAULT_RULES, type SessionRules } from './sessions/rules.ts';
import type { UpstreamSettings } from './upstreams/open-upstream.ts';

export const NPM_REGISTRY = 'https://registry.npmjs.org';

export type ProcessOptions = {
  trust: FeedTrust;
  stateDir: string;
  /** Seconds between refreshes; the head's own wish when null. */
  refreshSeconds?: number | null;
  /** Listens to the feed's event stream beside polling. */
  hints?: boolean;
  /** A gateway token: reads a feed whose address has no key, and acknowledges what is applied. */
  feedToken?: string | null;
  scope?: Scope;
  rules?: Partial<SessionRules>;
  settings?: Partial<UpstreamSettings>;
  fetch?: typeof globalThis.fetch;
  now?: () => Date;
  random?: () => number;
};

export type GatewayProcess = {
  context: GatewayContext;
  scope: Scope;
  metrics: GatewayMetrics;
  /** Why the feed could not be refreshed at the start; the accepted one may serve all the same. */
  failure: FeedError | null;
  stop(): void;
};

/** What every kind of gateway needs: the feed, read once and watched from then on, the log, the limits. */
export async function startProcess({
  options,
  write,
  canLog,
  about,
}: {
  options: ProcessOptions;
  /** Takes one line of the audit log. */
  write: (line: string) => void;
  canLog: () => boolean;
  /** What every line of the log names. */
  about: Record<string, unknown>;
}): Promise<GatewayProcess> {
  const { trust, stateDir, now = () => new Date(), random = Math.random, scope = NO_SCOPE } = options;
  const fetch = options.fetch ? { fetch: options.fetch } : {};
  const rules = { ...DEFAULT_RULES, ...options.rules };
  const log = auditLog({
    write,
    now,
    context: () => ({ ...about, ...(watch.current ? { serial: watch.current.head.serial } : {}) }),
  });
  const metrics: GatewayMetrics = new GatewayMetrics({ feed: () => watch.current, now });
  const audit = metrics.count(log);
  const watch: FeedWatch = new FeedWatch({
    pull: () => pullFeed({ trust, stateDir, token: options.feedToken ?? undefined, now: now(), ...fetch }),
    audit,
    refreshSeconds: options.refreshSeconds ?? null,
    random,
  });
  if (options.feedToken) reportFeed({ watch, trust, token: options.feedToken, stateDir, scope, audit, now, ...fetch });
  const failure = await watch.refresh();
  if (failure) watch.current = await loadAcceptedFeed({ trust, stateDir, now: now() }).catch(() => null);
  watch.start();

  const ending = new AbortController();
  if (options.hints) {
    const token = options.feedToken ?? undefined;
    void watchHints({ trust, token, onHint: () => watch.hint(), signal: ending.signal, random, ...fetch });
  }
  const settings: UpstreamSettings = {
    outbound: createOutbound(),
    trustedOrigins: [],
    packageCheck: 'check',
    npmRegistry: process.env.npm_config_registry ?? NPM_REGISTRY,
    callTimeoutMs: rules.callTimeoutMs,
    env: process.env,
    ...options.settings,
  };
  return {
    context: { watch, audit, canLog, now, rules, settings },
    scope,
    metrics,
    failure,
    stop: () => {
      ending.abort();
      watch.stop();
    },
  };
}
