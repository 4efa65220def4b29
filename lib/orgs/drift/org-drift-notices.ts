import { db } from '#lib/db/db.ts';
import type { DriftClass } from '#scanners/drift/index.ts';
import { type DriftEventData, STANDING } from './org-drift.ts';

/** Drift that an organization was told of and has not decided about. */
export type OrgDriftNotice = {
  /** The version that differs. */
  version: string;
  approved: string;
  worst: DriftClass;
  says: string;
  changes: number;
  at: string;
};

/** Events looked at, the newest first: older drift than that has been overtaken or lies among hundreds of others. */
const MAX_EVENTS = 1_000;

/**
 * What is open for each server of an organization's allowlist, newest first: the last word on a version counts, an approval of
 * it or a revocation of the version that it was compared with settles it.
 */
export async function orgDriftNotices(orgId: string): Promise<Map<string, OrgDriftNotice[]>> {
  const events = await db().auditEvent.findMany({
    where: { chain: orgId, kind: { in: ['allowlist.drift', 'allowlist.drift-ended'] } },
    orderBy: { seq: 'desc' },
    take: MAX_EVENTS,
    select: { kind: true, subject: true, data: true, at: true },
  });
  if (events.length === 0) return new Map();
  const names = [...new Set(events.map(({ subject }) => (subject as { server: string }).server))];
  const approved = await db().allowlistVersion.findMany({
    where: { state: STANDING, entry: { orgId, state: STANDING, server: { name: { in: names } } } },
    select: { approvedAt: true, version: { select: { serverName: true, version: true } } },
  });
  const approvedAt = new Map(
    approved.map((row) => [keyOf(row.version.serverName, row.version.version), row.approvedAt]),
  );
  const seen = new Set<string>();
  const notices = new Map<string, OrgDriftNotice[]>();
  for (const { kind, subject, data, at } of events) {
    const { server, version } = subject as { server: string; version: string };
    const key = keyOf(server, version);
    if (seen.has(key)) continue;
    seen.add(key);
    if (kind !== 'allowlist.drift') continue;
    const { approved: compared, worst, says, changes } = data as unknown as DriftEventData;
    const settledAt = approvedAt.get(key);
    const isSettled = settledAt !== undefined && settledAt > at;
    if (isSettled || !approvedAt.has(keyOf(server, compared))) continue;
    const notice = { version, approved: compared, worst, says, changes, at: at.toISOString() };
    notices.set(server, [...(notices.get(server) ?? []), notice]);
  }
  return notices;
}

const keyOf = (server: string, version: string): string => JSON.stringify([server, version]);
