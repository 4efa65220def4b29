import { namespaceOf } from '#lib/manifest/index.ts';
import { matchesGlob } from '#lib/orgs/allowlist/matches-glob.ts';
import type { VersionStatus } from '../views.ts';
import type { PageItem, UpstreamFacts } from './read-item.ts';
import type { SkipReason, SyncFilters } from './types.ts';

/** What is here of a version that an upstream has. */
export type StoredVersion = {
  id: string;
  serverId: string;
  serverName: string;
  version: string;
  manifestSha256: string;
  source: string | null;
  status: VersionStatus;
  statusMessage: string | null;
  statusChangedAt: Date;
  publishedAt: Date;
  isSigned: boolean;
  isMirrored: boolean;
};

/** What is here of a server. `sources` are those of its mirrored versions. */
export type StoredServer = { versions: number; isOurs: boolean; sources: string[] };

export type Surroundings = {
  /** Base address of the upstream. */
  source: string;
  filters: SyncFilters;
  existing: StoredVersion | null;
  server: StoredServer | null;
  /** Who holds the namespace here. */
  holder: string | null;
  isBlocked: boolean;
  /** Names of the other upstreams of this registry by their base address. */
  others: ReadonlyMap<string, string>;
  maxVersions: number;
};

export type Decision =
  | { action: 'insert' }
  | { action: 'unchanged' }
  | { action: 'filter' }
  /** Other facts, under the same bytes. */
  | { action: 'update'; existing: StoredVersion; hasNewStatus: boolean }
  /** Other bytes; the old ones are kept as a revision. */
  | { action: 'replace'; existing: StoredVersion; hasNewStatus: boolean }
  | { action: 'skip'; code: SkipReason; message: string };

const skip = (code: SkipReason, message: string): Decision => ({ action: 'skip', code, message });

/** What becomes of an item. Pure. */
export function decideItem(item: PageItem, around: Surroundings): Decision {
  const { existing, server, filters } = around;
  const namespace = namespaceOf(item.name);
  if (!isWantedName(item.name, filters)) return { action: 'filter' };
  if (around.isBlocked) return skip('NAMESPACE_BLOCKED', `nothing is taken under ${namespace} on this registry`);
  // What was mirrored before somebody held the namespace here still ends where it ends upstream: a deletion is mostly
  // moderation.
  if (existing?.isMirrored && existing.source === around.source && (around.holder !== null || server?.isOurs)) {
    const hasNewStatus = isNewStatus(existing, item.facts, around.source);
    return hasNewStatus ? { action: 'update', existing, hasNewStatus } : { action: 'unchanged' };
  }
  if (around.holder !== null) {
    return skip(
      'NAMESPACE_HELD',
      `${namespace} is held by ${around.holder} on this registry; only they publish under it`,
    );
  }
  if (server?.isOurs) return skip('PUBLISHED_HERE', `${item.name} was published on this registry`);
  const other = server?.sources.find((source) => source !== around.source && around.others.has(source));
  if (other) return skip('OTHER_SOURCE', `${item.name} comes from ${around.others.get(other)}, which had it first`);

  if (!existing) {
    if (filters.statuses.length > 0 && !filters.statuses.includes(item.facts.status)) return { action: 'filter' };
    if (server && server.versions >= around.maxVersions) {
      return skip('TOO_MANY_VERSIONS', `${item.name} has ${around.maxVersions} versions, which is the limit`);
    }
    return { action: 'insert' };
  }
  const hasNewStatus = isNewStatus(existing, item.facts, around.source);
  if (existing.manifestSha256 !== item.manifestSha256) {
    if (existing.isSigned) return skip('SIGNED_HERE', 'it has signatures over other bytes on this registry');
    return { action: 'replace', existing, hasNewStatus };
  }
  const { publishedAt } = item.facts;
  const isOtherwiseNew =
    existing.source !== around.source ||
    (publishedAt !== null && publishedAt.getTime() !== existing.publishedAt.getTime());
  return hasNewStatus || isOtherwiseNew ? { action: 'update', existing, hasNewStatus } : { action: 'unchanged' };
}

export function isWantedName(name: string, { names, exclude }: Pick<SyncFilters, 'names' | 'exclude'>): boolean {
  if (exclude.some((glob) => matchesGlob(glob, name))) return false;
  return names.length === 0 || names.some((glob) => matchesGlob(glob, name));
}

/**
 * Whether the upstream's status is to be taken over. One that is older than ours is not: an admin of this registry may
 * have deleted the version since, and that holds until the upstream changes its own mind. A version from a file has no
 * status of its own before that.
 */
function isNewStatus(existing: StoredVersion, facts: UpstreamFacts, source: string): boolean {
  const isSame = facts.status === existing.status && facts.statusMessage === existing.statusMessage;
  const ours = existing.statusChangedAt.getTime();
  if (isSame && (facts.statusChangedAt === null || facts.statusChangedAt.getTime() === ours)) return false;
  if (existing.source !== source && existing.status === 'active') return true;
  const since = facts.statusChangedAt ?? facts.updatedAt;
  return since === null || since.getTime() >= ours;
}
