import { appendEvent, lockChain } from '#lib/audit/append-event.ts';
import { log } from '#lib/config/log.ts';
import type { EntryState } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { approvedSnapshot, currentSnapshot, type StoredSnapshot } from '#lib/scans/snapshots.ts';
import {
  compareSnapshots,
  DRIFT_CLASS_WORDS,
  DRIFT_CLASSES,
  type Drift,
  type DriftClass,
} from '#scanners/drift/index.ts';
import { sha256 } from '#scanners/drift/same-json.ts';
import { actOnDrift, closeDriftRequests } from './act-on-drift.ts';

const ACTOR = { type: 'system', name: 'Hallmark' } as const;
/** What is suspended waits for a review, which wants to know what it is by then. */
export const STANDING = { in: ['approved', 'suspended'] } satisfies { in: EntryState[] };
/** Of a version that nobody approved only this much is news: most releases change words and parameters. */
const NEWS_OF_ANOTHER_VERSION: DriftClass = 'new-tool';

/** What an `allowlist.drift` event carries beside its subject `{server, version}`. */
export type DriftEventData = {
  /** The approved version that was compared; the subject's own when the server answers differently. */
  approved: string;
  worst: DriftClass;
  says: string;
  changes: number;
  /** Fingerprint of the comparison: the same drift is told once. */
  drift: string;
};

/**
 * Tells every organization that approved one of these servers what the scans that now count saw: a version that is not any more
 * what they approved, or a newer one that can do more than theirs. Call it in the transaction that makes the scans the current
 * ones, with the rows of the versions locked: an approval at the same time waits (`approveVersion` takes the row too), so
 * neither misses the other. The same drift is told once; that it is over is told too.
 */
export async function noteOrgDrift(
  tx: Tx,
  { versionIds, now }: { versionIds: readonly string[]; now: Date },
): Promise<void> {
  const versions = await tx.version.findMany({
    where: {
      id: { in: [...versionIds] },
      status: { not: 'deleted' },
      server: { allowlist: { some: { state: STANDING } } },
    },
    orderBy: { id: 'asc' },
    select: { id: true, serverId: true, serverName: true, version: true, publishedAt: true },
  });
  if (versions.length === 0) return;
  await lockApprovers(tx, [...new Set(versions.map(({ serverId }) => serverId))]);
  const news: News[] = [];
  for (const version of versions) news.push(...(await newsOf(tx, version)));
  // In one order everywhere, as their chains are locked.
  news.sort((a, b) => (a.orgId < b.orgId ? -1 : a.orgId > b.orgId ? 1 : 0));
  for (const one of news) await tell(tx, one, now);
}

/**
 * Locks the chains of all organizations that approved the servers, in one order, before anything is said in any of them: what
 * follows of the same scan (new accusations, requests, a suspension) never waits for a chain while it holds a later one.
 */
async function lockApprovers(tx: Tx, serverIds: string[]): Promise<void> {
  const rows = await tx.allowlistEntry.findMany({
    where: { serverId: { in: serverIds }, state: STANDING },
    distinct: ['orgId'],
    select: { orgId: true },
  });
  for (const orgId of rows.map((row) => row.orgId).sort()) await lockChain(tx, orgId);
}

type VersionRow = { id: string; serverId: string; serverName: string; version: string; publishedAt: Date };
type News = {
  orgId: string;
  serverId: string;
  subject: { server: string; version: string };
  approval: { version: string; approvedAt: Date; isSame: boolean };
  result: Compared;
};

/** How the version compares with what each organization approved: of it, or of the newest one published before it. */
async function newsOf(tx: Tx, version: VersionRow): Promise<News[]> {
  const approvals = await tx.allowlistVersion.findMany({
    where: { state: STANDING, entry: { serverId: version.serverId, state: STANDING } },
    select: {
      versionId: true,
      feedEntry: true,
      approvedAt: true,
      entry: { select: { orgId: true } },
      version: { select: { version: true, publishedAt: true } },
    },
  });
  const after = await currentSnapshot(tx, version.id);
  if (after === null) return [];
  const news: News[] = [];
  const compared = new Map<string, Compared>();
  for (const [orgId, own] of Map.groupBy(approvals, ({ entry }) => entry.orgId)) {
    const same = own.find((one) => one.versionId === version.id);
    const approval =
      same ??
      own
        .filter((one) => one.version.publishedAt < version.publishedAt)
        .sort((a, b) => b.version.publishedAt.getTime() - a.version.publishedAt.getTime())[0];
    if (approval === undefined) continue;
    const pinned = approval.feedEntry as unknown as FeedServerVersion;
    const key = JSON.stringify([approval.versionId, pinned.manifestSha256, pinned.toolsDigest]);
    let result = compared.get(key);
    if (result === undefined) {
      result = compare(await approvedSnapshot(tx, { ...approval, pinned }), after);
      compared.set(key, result);
    }
    news.push({
      orgId,
      serverId: version.serverId,
      subject: { server: version.serverName, version: version.version },
      approval: { version: approval.version.version, approvedAt: approval.approvedAt, isSame: same !== undefined },
      result,
    });
  }
  return news;
}

type Compared = { worst: DriftClass | null; changes: number; fingerprint: string };

/** A comparison that fails must not lose the scan: then all that is said is that something differs. */
function compare(before: StoredSnapshot | null, after: StoredSnapshot): Compared {
  const unknown: Compared = { worst: 'interface', changes: 1, fingerprint: sha256('not compared') };
  if (before === null) return unknown;
  try {
    const drift: Drift = compareSnapshots(before.snapshot, after.snapshot);
    return { worst: drift.worst, changes: drift.changes.length + drift.cut, fingerprint: drift.fingerprint };
  } catch (error) {
    log.error({ err: error }, 'two snapshots could not be compared');
    return unknown;
  }
}

async function tell(
  tx: Tx,
  { orgId, serverId, subject, approval, result: { worst, changes, fingerprint } }: News,
  now: Date,
): Promise<void> {
  const last = await tx.auditEvent.findFirst({
    where: {
      chain: orgId,
      kind: { in: ['allowlist.drift', 'allowlist.drift-ended'] },
      subject: { equals: subject },
      at: { gte: approval.approvedAt },
    },
    orderBy: { seq: 'desc' },
    select: { kind: true, data: true },
  });
  const told = last?.kind === 'allowlist.drift' ? (last.data as unknown as DriftEventData) : null;
  const isNews = worst !== null && (approval.isSame || isAtLeast(worst, NEWS_OF_ANOTHER_VERSION));
  const event = { orgId, actor: ACTOR, subject, now };
  if (!isNews) {
    if (told === null) return;
    await appendEvent(tx, { ...event, kind: 'allowlist.drift-ended' });
    await closeDriftRequests(tx, { orgId, serverId, ...subject, now });
    return;
  }
  if (told?.drift === fingerprint) return;
  const says = DRIFT_CLASS_WORDS[worst];
  const data: DriftEventData = { approved: approval.version, worst, says, changes, drift: fingerprint };
  await appendEvent(tx, { ...event, kind: 'allowlist.drift', data: data as unknown as JsonObject });
  if (approval.isSame) await actOnDrift(tx, { orgId, serverId, ...subject, worst, says, now });
}

const isAtLeast = (a: DriftClass, b: DriftClass): boolean => DRIFT_CLASSES.indexOf(a) <= DRIFT_CLASSES.indexOf(b);
