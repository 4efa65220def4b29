import type { Tx } from '#lib/db/db.ts';
import { enqueuePolicyTasks } from '#lib/orgs/policy/enqueue-policy-tasks.ts';

/**
 * Mirrored versions of servers that an organization uses or was asked for go the way of those that are published here: they
 * are run in the sandbox, so that their tools are seen, and considered when that is done. Of everything else a mirror reads
 * the manifest only. `withOtherStatus`: versions that are here, whose status the upstream changed.
 */
export async function followUsed(
  tx: Tx,
  { versionIds, withOtherStatus, now }: { versionIds: string[]; withOtherStatus: string[]; now: Date },
): Promise<void> {
  await enqueuePolicyTasks(tx, { versionIds: withOtherStatus, occasion: 'status', now });
  await enqueuePolicyTasks(tx, { versionIds, occasion: 'publication', now });
  if (versionIds.length === 0) return;
  // After the static scan of the same moment: it is the last one that says whether a version is still being scanned.
  const createdAt = new Date(now.getTime() + 1);
  await tx.$executeRaw`
    insert into "Scan" (id, "versionId", reason, "createdAt")
    select gen_random_uuid()::text, v.id, 'an organization uses the server', ${createdAt}::timestamptz
    from "Version" v
    where v.id = any(${versionIds}) and v.status = 'active' and (
      exists (select 1 from "AllowlistEntry" e where e."serverId" = v."serverId" and e.state <> 'revoked')
      or exists (select 1 from "ApprovalRequest" r where r."serverId" = v."serverId" and r.state in ('open', 'asked')))`;
}
