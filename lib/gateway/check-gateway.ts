import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { quote } from './decisions/quote.ts';
import { GatewayError } from './decisions/reasons.ts';
import type { Scope } from './decisions/scope.ts';
import { commandOf, remoteOf, selectVersion } from './decisions/select-version.ts';
import { sessionDecision } from './decisions/session-decision.ts';
import { exposedName } from './sessions/aggregate-names.ts';
import type { GatewayContext, ServerPlan } from './sessions/open-server.ts';
import { checkPackage } from './upstreams/check-package.ts';
import { isRemote, type Reach, type UpstreamSettings } from './upstreams/open-upstream.ts';

export type CheckedServer = {
  alias: string;
  server: string;
  version: string;
  allowed: boolean;
  code: string;
  message: string;
  /** What would be started or asked. */
  command: string[] | null;
  remote: string | null;
  /** Tools that would be shown if the server still lists them as they were approved. */
  tools: { name: string; exposed: string; ask: boolean; readOnly: boolean }[];
  /** Approved tools that are refused here, with the code. */
  refused: { name: string; code: string }[];
  warnings: string[];
};

/** What a gateway would serve now, server by server, without starting any. */
export async function checkGateway({
  plans,
  context,
  scope,
}: {
  plans: ServerPlan[];
  context: Pick<GatewayContext, 'watch' | 'now' | 'settings'>;
  scope: Scope;
}): Promise<CheckedServer[]> {
  return Promise.all(plans.map((plan) => checkServer({ plan, context, scope })));
}

async function checkServer({
  plan,
  context,
  scope,
}: {
  plan: ServerPlan;
  context: Pick<GatewayContext, 'watch' | 'now' | 'settings'>;
  scope: Scope;
}): Promise<CheckedServer> {
  const { watch, now, settings } = context;
  const { alias, server, reach } = plan;
  const version = selectVersion({ feed: watch.current, server, version: plan.version, now: now(), scope });
  const asked = { feed: watch.current, server, version, scope, session: 'new' as const, now: now() };
  const decision = sessionDecision(asked);
  const nothing = { command: null, remote: null, tools: [], refused: [], warnings: [] };
  const about = { alias, server, version };
  if (!decision.allow) {
    return { ...about, allowed: false, code: decision.code, message: decision.message, ...nothing };
  }
  const { entry, code, message } = decision;
  try {
    const how = await reachOf({ entry, reach, settings });
    const tools: CheckedServer['tools'] = [];
    const refused: CheckedServer['refused'] = [];
    for (const { name, digest, readOnly = false } of entry.tools.allow) {
      const tool = sessionDecision({ ...asked, tool: name, digest });
      if (tool.allow) tools.push({ name, exposed: exposedName(alias, name), ask: tool.ask === true, readOnly });
      else refused.push({ name, code: tool.code });
    }
    const noTools = tools.length === 0 ? ['No tool may be used here.'] : [];
    const conditions = entry.conditions ? [`Condition of the approval: ${quote(entry.conditions, 500)}`] : [];
    const warnings = [...how.warnings, ...noTools, ...conditions];
    return { ...about, allowed: true, code, message, ...how, tools, refused, warnings };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { ...about, allowed: false, code: error.code, message: error.message, ...nothing };
  }
}

async function reachOf({
  entry,
  reach,
  settings,
}: {
  entry: FeedServerVersion;
  reach: Reach;
  settings: UpstreamSettings;
}): Promise<{ command: string[] | null; remote: string | null; warnings: string[] }> {
  if (isRemote(entry, reach)) {
    const url = typeof reach.remote === 'string' ? reach.remote : null;
    return { command: null, remote: remoteOf({ entry, url }), warnings: [] };
  }
  const command = commandOf({ entry, exec: reach.exec, args: reach.args });
  if (reach.exec !== null) {
    return { command, remote: null, warnings: ['The command is the configured one, not the approved one.'] };
  }
  const { packageCheck: mode, npmRegistry: registry, outbound } = settings;
  const unchecked = await checkPackage({ entry, mode, registry, outbound });
  return { command, remote: null, warnings: unchecked ? [unchecked] : [] };
}
