import type { AcceptedFeed } from '#lib/feed/client/index.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { decide } from './decide.ts';
import { GatewayError } from './reasons.ts';

export type ServerReference = { server: string; version: string | null };

/** Reads `com.example/name` or `com.example/name@1.2.3`. Server names contain no `@`. */
export function parseServerReference(text: string): ServerReference {
  const at = text.indexOf('@');
  if (at === -1) return { server: text, version: null };
  return { server: text.slice(0, at), version: text.slice(at + 1) || null };
}

/**
 * The version to run: the one asked for, else the one approved last that is not revoked. When none is allowed, one
 * that shows why: the caller's decision about it is the refusal.
 */
export function selectVersion({ feed, server, version }: ServerReference & { feed: AcceptedFeed | null }): string {
  if (version !== null) return version;
  const listed = feed?.allowlist.servers.find(({ name }) => name === server);
  const newestFirst = [...(listed?.versions ?? [])].reverse().map((entry) => entry.version);
  const allowed = newestFirst.find(
    (candidate) =>
      feed && decide({ allowlist: feed.allowlist, revocations: feed.revocations, server, version: candidate }).allow,
  );
  return allowed ?? newestFirst[0] ?? '(any)';
}

/**
 * The command line that starts this version: the operator's own, or the allowlist's, and then the operator's further
 * arguments. Throws `NO_COMMAND`.
 */
export function commandOf({
  entry,
  exec,
  args,
}: {
  entry: FeedServerVersion;
  exec: string[] | null;
  args: string[];
}): [string, ...string[]] {
  const listed = entry.packages.find((candidate) => candidate.command !== null)?.command;
  const [program, ...rest] = exec ?? listed ?? [];
  if (program === undefined) {
    throw new GatewayError(
      'NO_COMMAND',
      `The allowlist names no command that starts version ${entry.version}. Give one after the name: --exec COMMAND…`,
    );
  }
  return [program, ...rest, ...args];
}
