import { db, type Tx } from '#lib/db/db.ts';
import type { DriftClass } from '#scanners/drift/index.ts';
import { suspendDriftedVersion, suspendsFor } from '../drift/act-on-drift.ts';
import { orgTransaction } from '../org-transaction.ts';
import { orgSettings } from '../settings.ts';
import type { Attempt } from './tend-allowlist.ts';

type Row = { orgId: string; server: string; version: string; settings: unknown };

/**
 * Suspends what a scan could not because the feed was held at that moment. Its request says which: as long as it is open, nobody has
 * looked at the change, and the organization's setting decides. What came after what is told by the chain: both take their time
 * before they wait for each other, so that an approval may carry a later one than the scan that came after it.
 */
export async function suspendDrifted({ now, attempt }: { now: Date; attempt: Attempt }): Promise<number> {
  const rows = await waiting(db(), null);
  let suspended = 0;
  for (const row of rows) {
    await attempt(row.orgId, async () => {
      const change = await lastChange(db(), row);
      if (change === null || !suspendsFor(orgSettings(row.settings), change.worst)) return;
      await orgTransaction(row.orgId, async (tx) => {
        if ((await waiting(tx, row)).length === 0) return;
        await suspendDriftedVersion(tx, { ...row, says: change.says, now });
        suspended += 1;
      });
    });
  }
  return suspended;
}

const waiting = (tx: Tx, only: Row | null) => tx.$queryRaw<Row[]>`
  select r."orgId", v."serverName" as server, v.version, o.settings
  from "ApprovalRequest" r
  join "Org" o on o.id = r."orgId"
  join "Version" v on v."serverId" = r."serverId" and v.version = r.version
  join "AllowlistEntry" e on e."orgId" = r."orgId" and e."serverId" = r."serverId" and e.state = 'approved'
  join "AllowlistVersion" a on a."entryId" = e.id and a."versionId" = v.id and a.state = 'approved'
  where r.kind = 'drift' and r.state in ('open', 'asked')
    and (${only?.orgId ?? null}::text is null or (r."orgId" = ${only?.orgId ?? null}
      and v."serverName" = ${only?.server ?? null} and v.version = ${only?.version ?? null}))
  order by r."orgId", v."serverName", v.version`;

/** What a person says of a version, after which older changes of it count for nothing. */
const LOOKED_AT = ['allowlist.approved', 'allowlist.reinstated'];

/** What was said last of the version since it was approved; null when nothing was, or it is over. */
async function lastChange(
  tx: Tx,
  { orgId, server, version }: Row,
): Promise<{ worst: DriftClass; says: string } | null> {
  const event = await tx.auditEvent.findFirst({
    where: {
      chain: orgId,
      kind: { in: [...LOOKED_AT, 'allowlist.drift', 'allowlist.drift-ended', 'allowlist.finding'] },
      OR: [
        { subject: { equals: { server, version } } },
        { kind: 'allowlist.reinstated', subject: { equals: { server } } },
      ],
    },
    orderBy: { seq: 'desc' },
    select: { kind: true, data: true },
  });
  if (!event || event.kind === 'allowlist.drift-ended' || LOOKED_AT.includes(event.kind)) return null;
  const data = event.data as { worst?: DriftClass; says?: string; rules?: string };
  if (event.kind === 'allowlist.finding') return { worst: 'accusation', says: `new accusations: ${data.rules ?? ''}` };
  return data.worst ? { worst: data.worst, says: data.says ?? 'it differs' } : null;
}
