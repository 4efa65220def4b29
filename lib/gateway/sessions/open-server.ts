import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { type Audit, auditWith } from '../audit/audit.ts';
import type { Refusal } from '../decisions/decide.ts';
import { GatewayError } from '../decisions/reasons.ts';
import type { Scope } from '../decisions/scope.ts';
import { selectVersion } from '../decisions/select-version.ts';
import { sessionDecision } from '../decisions/session-decision.ts';
import type { FeedWatch } from '../feed/feed-watch.ts';
import type { Caller } from '../upstreams/credentials.ts';
import { openUpstream, type Reach, type UpstreamSettings } from '../upstreams/open-upstream.ts';
import type { Upstream } from '../upstreams/upstream.ts';
import type { SendToClient } from './client-sink.ts';
import type { Subject } from './messages.ts';
import { GatewayProxy } from './proxy.ts';
import type { SessionRules } from './rules.ts';

/** One server that the operator wants served. */
export type ServerPlan = {
  /** Its name at this gateway. */
  alias: string;
  server: string;
  /** null for the version approved last. */
  version: string | null;
  reach: Reach;
};

/** What all sessions of one gateway have in common. */
export type GatewayContext = {
  watch: FeedWatch;
  audit: Audit;
  /** Whether the log still takes what servers print; a slow reader must not fill the memory. */
  canLog: () => boolean;
  now: () => Date;
  rules: SessionRules;
  settings: UpstreamSettings;
};

/** Who opened a session. */
export type SessionIdentity = { scope: Scope; caller: Caller };

export type OpenedServer = {
  subject: Subject;
  proxy: GatewayProxy;
  /** What the list says of the running version now; null when it refuses it. */
  entry: () => FeedServerVersion | null;
  /** Resolves when the server ended by itself, with the rest of a sentence that begins with its name. */
  ended: Promise<string>;
  close(): Promise<void>;
};

/** Lines of garbage that are logged one by one; later only every thousandth. */
const GARBAGE_LOGGED = 20;

/**
 * Opens one server for one session: chooses the version, asks the feed, starts the server and puts a proxy before it.
 * `refusal` when it may not be or cannot be.
 */
export async function openServer({
  plan,
  context,
  identity,
  sendToClient,
}: {
  plan: ServerPlan;
  context: GatewayContext;
  identity: SessionIdentity;
  sendToClient: SendToClient;
}): Promise<{ opened: OpenedServer; refusal: null } | { opened: null; refusal: Refusal; subject: Subject }> {
  const { watch, now, rules, settings } = context;
  const { scope, caller } = identity;
  const { server } = plan;
  const version = selectVersion({ feed: watch.current, server, version: plan.version, now: now(), scope });
  const subject = { server, version };
  const audit = auditWith(context.audit, subject);
  const asked = { ...subject, scope, isDryRun: rules.isDryRun };
  const admission = sessionDecision({ feed: watch.current, session: 'new', now: now(), ...asked });
  const refuse = ({ code, message }: Pick<Refusal, 'code' | 'message'>) => {
    audit({ event: 'start', decision: 'deny', code, message });
    return { opened: null, refusal: { allow: false as const, code, message }, subject };
  };
  if (!admission.allow) return refuse(admission);
  let upstream: Upstream;
  try {
    upstream = await openUpstream({ entry: admission.entry, reach: plan.reach, caller, settings, audit });
  } catch (error) {
    if (error instanceof GatewayError) return refuse(error);
    throw error;
  }
  const { code, message, wouldDeny } = admission;
  audit({ event: 'start', decision: wouldDeny ? 'would-deny' : 'allow', code, message });

  const proxy = new GatewayProxy({
    sendToClient,
    upstream,
    decide: (about) => sessionDecision({ feed: watch.current, session: 'running', now: now(), ...asked, ...about }),
    audit,
    subject,
    org: () => watch.current?.allowlist.org ?? 'The organization',
    rules,
  });
  const stopListening = watch.onAttempt(() => proxy.feedChanged());
  const ended = connect({ upstream, proxy, audit, canLog: context.canLog });
  upstream.start();
  // A feed that changed while the package was compared is not heard of otherwise.
  proxy.feedChanged();
  const close = async () => {
    stopListening();
    upstream.onclose = () => {};
    proxy.close();
    await upstream.close();
  };
  const entry = () => {
    const decision = sessionDecision({ feed: watch.current, session: 'running', now: now(), ...asked });
    return decision.allow ? decision.entry : null;
  };
  return { opened: { subject, proxy, entry, ended, close }, refusal: null };
}

/** Joins server and proxy. Resolves when the server ended by itself. */
function connect({
  upstream,
  proxy,
  audit,
  canLog,
}: {
  upstream: Upstream;
  proxy: GatewayProxy;
  audit: Audit;
  canLog: () => boolean;
}): Promise<string> {
  let garbage = 0;
  upstream.onmessage = (message) => proxy.fromUpstream(message);
  upstream.ongarbage = (error) => {
    garbage += 1;
    if (garbage > GARBAGE_LOGGED && garbage % 1000 !== 0) return;
    const message = `Something that is no JSON-RPC message was dropped (${garbage} so far).`;
    audit({ event: 'upstream', code: 'UPSTREAM_MALFORMED', message, text: error.message.slice(0, 300) });
  };
  upstream.onstderr = (text) => {
    if (canLog()) audit({ event: 'upstream-stderr', text });
  };
  return new Promise((resolve) => {
    upstream.onclose = (description) => {
      audit({ event: 'upstream', message: `The server ${description}.` });
      // A server that the gateway ended leaves the client connected, so that it can be told why.
      if (proxy.stopped) return;
      proxy.upstreamEnded(description);
      resolve(description);
    };
  });
}
