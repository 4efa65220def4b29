import type {
  AllowlistDocument,
  FeedServerVersion,
  FeedTool,
  Narrowing,
  RevocationsDocument,
} from '#lib/feed/documents.ts';
import { quote } from './quote.ts';
import type { GatewayReason } from './reasons.ts';
import { NO_SCOPE, type Scope } from './scope.ts';

export type Allowed = {
  allow: true;
  /** What would have refused it, where a dry run let it pass. */
  code: GatewayReason;
  message: string;
  entry: FeedServerVersion;
  /** Not allowed: a dry run let it pass. */
  wouldDeny?: true;
  /** A person has to agree to this call. */
  ask?: true;
};

export type Refusal = {
  allow: false;
  code: GatewayReason;
  message: string;
  /** What the list says of the version, where it names it. */
  entry?: FeedServerVersion;
};

export type Decision = Allowed | Refusal;

export type DecideInput = {
  allowlist: AllowlistDocument;
  revocations: RevocationsDocument;
  server: string;
  version: string;
  now: Date;
  scope?: Scope;
  /** Given for a tool; then `digest` is the digest of the definition that the running server lists under that name. */
  tool?: string | undefined;
  /** null or missing when the server does not list the tool, or lists it with more than one definition. */
  digest?: string | null | undefined;
};

/**
 * Whether the signed documents allow this server, version and tool, in this environment, to this team and group. Names
 * and digests are compared exactly; what is not named is refused. A revocation wins over the allowlist, lockdown over
 * both. Pure; the age of the list is not looked at here, see `sessionDecision`.
 */
export function decide(input: DecideInput): Decision {
  const { allowlist, revocations, server, version, now, scope = NO_SCOPE, tool, digest } = input;
  const org = allowlist.org;
  const label = `${server} ${version}`;
  if (allowlist.mode === 'lockdown') {
    return refuse('LOCKDOWN', `${org} has locked everything down; no server may be used until it lifts that.`);
  }
  const revoked = revocations.revocations.filter(({ name }) => name === server);
  const wholly = revoked.find((revocation) => revocation.version === undefined);
  if (wholly) return refuse('SERVER_REVOKED', `${org} revoked ${server} on ${wholly.at}: ${wholly.reason}`);
  const one = revoked.find((revocation) => revocation.version === version);
  if (one) return refuse('VERSION_REVOKED', `${org} revoked ${label} on ${one.at}: ${one.reason}`);

  const listed = allowlist.servers.find(({ name }) => name === server);
  if (!listed) {
    const last = revoked.reduce<(typeof revoked)[number] | undefined>((a, b) => (a && a.at > b.at ? a : b), undefined);
    const why = last ? ` It revoked ${last.version} on ${last.at}: ${last.reason}` : '';
    return refuse('SERVER_UNKNOWN', `${server} is not on the allowlist of ${org}.${why}`);
  }
  const entry = listed.versions.find((candidate) => candidate.version === version);
  if (!entry) return refuse('VERSION_UNKNOWN', `${server} is on the allowlist of ${org}, but not version ${version}.`);

  // A date that cannot be read is no reason to serve for ever.
  if (entry.expiresAt !== undefined && !(now.getTime() < Date.parse(entry.expiresAt))) {
    return refuse('ENTRY_EXPIRED', `The approval of ${label} by ${org} ended at ${entry.expiresAt}.`, entry);
  }
  if (entry.environments && (scope.environment === null || !entry.environments.includes(scope.environment))) {
    const here = scope.environment === null ? 'this gateway was started for none' : `this is ${scope.environment}`;
    const where = entry.environments.join(', ') || 'no environment';
    return refuse('ENVIRONMENT_DENIED', `${org} allows ${label} in ${where} only, and ${here}.`, entry);
  }
  const approved = entry.tools.allow.filter(({ name }) => name === tool);
  const narrowed = narrow({ allowlist, scope, server, tool, approved });
  if ('allow' in narrowed) return { ...narrowed, entry };
  if (tool === undefined) return { allow: true, code: 'ALLOWED', message: `${org} allows ${label}.`, entry };

  const named = `the tool ${quote(tool)} of ${label}`;
  if (approved.length === 0) return refuse('TOOL_NOT_ALLOWED', `${org} does not allow ${named}.`, entry);
  if (scope.readOnly && !isReadOnly(approved)) {
    return refuse(
      'READ_ONLY',
      `Only tools that change nothing may be used here; ${named} may change something.`,
      entry,
    );
  }
  if (!digest) {
    return refuse(
      'TOOL_UNSEEN',
      `${label} does not list the tool ${quote(tool)} in one form that can be compared with what ${org} approved.`,
      entry,
    );
  }
  if (!approved.every((candidate) => candidate.digest === digest)) {
    return refuse(
      'TOOL_DRIFTED',
      `The tool ${quote(tool)} of ${label} is not the one that ${org} approved: its definition has changed. Ask for a new review.`,
      entry,
    );
  }
  const ask = narrowed.ask || approved.some((candidate) => candidate.ask) ? { ask: true as const } : {};
  return { allow: true, code: 'ALLOWED', message: `${org} allows ${named}.`, entry, ...ask };
}

/** What team and group take away of what the organization allows: all, or that nobody is asked. */
function narrow({
  allowlist,
  scope,
  server,
  tool,
  approved,
}: {
  allowlist: AllowlistDocument;
  scope: Scope;
  server: string;
  tool: string | undefined;
  approved: FeedTool[];
}): Refusal | { ask: boolean } {
  const parts = [
    { kind: 'team', name: scope.team, all: allowlist.teams, unknown: 'TEAM_UNKNOWN', denied: 'TEAM_DENIED' },
    { kind: 'group', name: scope.group, all: allowlist.groups, unknown: 'GROUP_UNKNOWN', denied: 'GROUP_DENIED' },
  ] as const;
  let ask = false;
  for (const { kind, name, all, unknown, denied } of parts) {
    if (name === null) continue;
    const found: Narrowing[] = all?.filter((candidate) => candidate.name === name) ?? [];
    if (found.length === 0) {
      return refuse(unknown, `The allowlist of ${allowlist.org} has no ${kind} ${quote(name)}, so it may use nothing.`);
    }
    for (const narrowing of found) {
      const part = narrowing.servers.find((candidate) => candidate.name === server);
      if (!part) return refuse(denied, `${allowlist.org} allows ${server}, but not to the ${kind} ${name}.`);
      if (tool === undefined || approved.length === 0) continue;
      if (part.tools && !part.tools.includes(tool)) {
        return refuse(denied, `The ${kind} ${name} may not use the tool ${quote(tool)} of ${server}.`);
      }
      ask ||= part.ask?.includes(tool) === true;
      if ((narrowing.readOnly || part.readOnly) && !isReadOnly(approved)) {
        const message = `The ${kind} ${name} may only read; the tool ${quote(tool)} of ${server} may change something.`;
        return refuse('READ_ONLY', message);
      }
    }
  }
  return { ask };
}

function isReadOnly(approved: FeedTool[]): boolean {
  return approved.length > 0 && approved.every((tool) => tool.readOnly === true);
}

function refuse(code: GatewayReason, message: string, entry?: FeedServerVersion): Refusal {
  return { allow: false, code, message, ...(entry ? { entry } : {}) };
}
