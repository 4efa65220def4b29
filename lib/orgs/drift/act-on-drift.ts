import type { Tx } from '#lib/db/db.ts';
import type { DriftClass } from '#scanners/drift/index.ts';
import { suspendInTransaction } from '../allowlist/suspend-entry.ts';
import { tryPublish } from '../allowlist/try-publish.ts';
import { closeSuperseded, openRequestInTransaction } from '../requests/open-request.ts';
import { type OrgSettings, orgSettings } from '../settings.ts';

const ACTOR = { type: 'system', name: 'Hallmark' } as const;
const DAY_MS = 86_400_000;

/** An approved version that is not what was approved any more. */
export type DriftedVersion = {
  orgId: string;
  serverId: string;
  server: string;
  version: string;
  worst: DriftClass;
  /** The rest of a sentence. */
  says: string;
};

const INCREASES: ReadonlySet<DriftClass> = new Set(['accusation', 'permission-increase', 'origin']);

/** Whether the organization wants a version with such a change off the list at once. */
export function suspendsFor({ suspendOnDrift }: Pick<OrgSettings, 'suspendOnDrift'>, worst: DriftClass): boolean {
  if (suspendOnDrift === 'never') return false;
  if (suspendOnDrift === 'accusation') return worst === 'accusation';
  return suspendOnDrift === 'any' || INCREASES.has(worst);
}

/**
 * Sends an approved version that changed back to review and, where the organization says so, suspends it at once and publishes its
 * feed. For the transaction of a scan, which holds the version's row and the organization's chain: an approval that holds the feed's
 * row may wait for this one's version, so the feed is taken only where it is free; else `suspendDrifted` of the job does it, which
 * finds the request. That the feed cannot be signed never fails the scan.
 */
export async function actOnDrift(
  tx: Tx,
  { orgId, serverId, server, version, worst, says, now }: DriftedVersion & { now: Date },
): Promise<void> {
  const { settings: stored } = await tx.org.findUniqueOrThrow({ where: { id: orgId }, select: { settings: true } });
  const settings = orgSettings(stored);
  await openRequestInTransaction(tx, {
    orgId,
    serverId,
    serverName: server,
    version,
    kind: 'drift',
    reason: `It is not what was approved: ${says}`,
    requester: null,
    dueAt: new Date(now.getTime() + settings.reviewDays * DAY_MS),
    now,
  });
  if (!suspendsFor(settings, worst)) return;
  const free = await tx.$queryRaw<unknown[]>`select 1 from "Feed" where "orgId" = ${orgId} for update skip locked`;
  if (free.length === 0) return;
  await suspendDriftedVersion(tx, { orgId, server, version, says, now });
}

/** With the feed's row held. */
export async function suspendDriftedVersion(
  tx: Tx,
  { orgId, server, version, says, now }: Pick<DriftedVersion, 'orgId' | 'server' | 'version' | 'says'> & { now: Date },
): Promise<void> {
  const reason = `It is not what was approved: ${says}`;
  const suspended = await suspendInTransaction(tx, { orgId, actor: ACTOR, serverName: server, version, reason, now });
  if (suspended.length > 0)
    await tryPublish(tx, { orgId, reason: `suspended ${server} ${version}`, actor: ACTOR, now });
}

/** The version is again what was approved: nobody has to look at it. One that was suspended stays so until somebody reinstates it. */
export async function closeDriftRequests(
  tx: Tx,
  { orgId, serverId, server, version, now }: Omit<DriftedVersion, 'worst' | 'says'> & { now: Date },
): Promise<void> {
  const open = await tx.approvalRequest.findMany({
    where: { orgId, serverId, kind: 'drift', version, state: { in: ['open', 'asked'] } },
    select: { id: true },
  });
  for (const { id } of open)
    await closeSuperseded(tx, {
      id,
      orgId,
      serverName: server,
      version,
      reason: 'it is again as it was approved',
      now,
    });
}
