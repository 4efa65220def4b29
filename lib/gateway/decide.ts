import type { AllowlistDocument, FeedServerVersion, RevocationsDocument } from '#lib/feed/documents.ts';
import type { GatewayReason } from './reasons.ts';

export type Decision =
  | { allow: true; code: 'ALLOWED' | 'FEED_STALE_KEPT'; message: string; entry: FeedServerVersion }
  | { allow: false; code: GatewayReason; message: string };

export type DecideInput = {
  allowlist: AllowlistDocument;
  revocations: RevocationsDocument;
  server: string;
  version: string;
  /** Given for a tool; then `digest` is the digest of the definition that the running server lists under that name. */
  tool?: string;
  /** null or missing when the server does not list the tool, or lists it with more than one definition. */
  digest?: string | null;
};

/**
 * Whether the signed documents allow this server, version and tool. Names and digests are compared exactly; what is
 * not named is refused. A revocation wins over the allowlist, lockdown over both. Pure; age is not looked at here,
 * see `sessionDecision`.
 */
export function decide({ allowlist, revocations, server, version, tool, digest }: DecideInput): Decision {
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
  if (!listed) return refuse('SERVER_UNKNOWN', `${server} is not on the allowlist of ${org}.`);
  const entry = listed.versions.find((candidate) => candidate.version === version);
  if (!entry) return refuse('VERSION_UNKNOWN', `${server} is on the allowlist of ${org}, but not version ${version}.`);
  if (tool === undefined) return { allow: true, code: 'ALLOWED', message: `${org} allows ${label}.`, entry };

  const approved = entry.tools.allow.filter(({ name }) => name === tool);
  if (approved.length === 0) {
    return refuse('TOOL_NOT_ALLOWED', `${org} does not allow the tool ${quote(tool)} of ${label}.`);
  }
  if (!digest) {
    return refuse(
      'TOOL_UNSEEN',
      `${label} does not list the tool ${quote(tool)} in one form that can be compared with what ${org} approved.`,
    );
  }
  if (!approved.every((candidate) => candidate.digest === digest)) {
    return refuse(
      'TOOL_DRIFTED',
      `The tool ${quote(tool)} of ${label} is not the one that ${org} approved: its definition has changed. Ask for a new review.`,
    );
  }
  return { allow: true, code: 'ALLOWED', message: `${org} allows the tool ${quote(tool)} of ${label}.`, entry };
}

function refuse(code: GatewayReason, message: string): Decision {
  return { allow: false, code, message };
}

/** A tool's name is the server's text: shown as JSON, control characters escaped, and cut. */
function quote(name: string): string {
  return JSON.stringify(name.length > 128 ? `${name.slice(0, 128)}…` : name);
}
