import type { AcceptedFeed } from '#lib/feed/client/index.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { decide } from './decide.ts';
import { GatewayError } from './reasons.ts';
import type { Scope } from './scope.ts';

export type ServerReference = { server: string; version: string | null };

/** Reads `com.example/name` or `com.example/name@1.2.3`. Server names contain no `@`. */
export function parseServerReference(text: string): ServerReference {
  const at = text.indexOf('@');
  if (at === -1) return { server: text, version: null };
  return { server: text.slice(0, at), version: text.slice(at + 1) || null };
}

/**
 * The version to run: the one asked for, else the one approved last that is allowed here. When none is allowed, one
 * that shows why: the caller's decision about it is the refusal.
 */
export function selectVersion({
  feed,
  server,
  version,
  now,
  scope,
}: ServerReference & { feed: AcceptedFeed | null; now: Date; scope?: Scope }): string {
  if (version !== null) return version;
  const listed = feed?.allowlist.servers.find(({ name }) => name === server);
  const newestFirst = [...(listed?.versions ?? [])].reverse().map((entry) => entry.version);
  const asked = { server, now, ...(scope ? { scope } : {}) };
  const allowed = newestFirst.find(
    (candidate) =>
      feed && decide({ allowlist: feed.allowlist, revocations: feed.revocations, version: candidate, ...asked }).allow,
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
  const listed = packageOf(entry)?.command;
  const [program, ...rest] = exec ?? listed ?? [];
  if (program === undefined) {
    throw new GatewayError(
      'NO_COMMAND',
      `The allowlist names no command that starts version ${entry.version}. Give one after the name: --exec COMMAND…`,
    );
  }
  return [program, ...rest, ...args];
}

/** The package whose command is started: the first that has one. */
export function packageOf(entry: FeedServerVersion): FeedServerVersion['packages'][number] | null {
  return entry.packages.find((candidate) => candidate.command !== null) ?? null;
}

/**
 * The address of a remote server: the one that is configured, which must be approved letter by letter, or the first
 * approved one without variables. Throws `REMOTE_NOT_ALLOWED`.
 */
export function remoteOf({ entry, url }: { entry: FeedServerVersion; url: string | null }): string {
  if (url !== null && !entry.remotes.includes(url)) {
    throw new GatewayError(
      'REMOTE_NOT_ALLOWED',
      `${url} is not an approved address of version ${entry.version}; approved: ${entry.remotes.join(', ') || 'none'}.`,
    );
  }
  const found = url ?? entry.remotes.find((candidate) => !candidate.includes('{'));
  if (found === undefined) {
    throw new GatewayError('REMOTE_NOT_ALLOWED', `The allowlist names no address of version ${entry.version}.`);
  }
  return found;
}
