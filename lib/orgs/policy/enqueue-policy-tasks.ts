import { Prisma, type Tx } from '#lib/db/db.ts';
import type { Occasion } from './schema.ts';

/** Organizations whose policy has to look at every latest version of the catalog. */
const WATCHES_CATALOG = Prisma.sql`
  o.settings->>'policyScope' = 'catalog' and (
    select p.mode from "OrgPolicy" p where p."orgId" = o.id order by p.version desc limit 1) = 'automatic'`;

/**
 * Has the policies of all organizations that use these servers, were asked for them, or watch the whole catalog, look at versions.
 * Call it in the transaction that changes what a policy sees: both are committed or neither.
 */
export async function enqueuePolicyTasks(
  tx: Tx,
  { versionIds, occasion, now }: { versionIds: readonly string[]; occasion: Occasion; now: Date },
): Promise<void> {
  if (versionIds.length === 0) return;
  await tx.$executeRaw(Prisma.sql`
    insert into "PolicyTask" ("orgId", "versionId", occasion, "dueAt", attempts)
    select o.id, v.id, ${occasion}::text, ${now}::timestamptz, 0
    from "Version" v cross join "Org" o
    where v.id = any(${[...versionIds]}) and (
      exists (select 1 from "AllowlistEntry" e
        where e."orgId" = o.id and e."serverId" = v."serverId" and e.state <> 'revoked')
      or exists (select 1 from "ApprovalRequest" r
        where r."orgId" = o.id and r."serverId" = v."serverId" and r.state in ('open', 'asked'))
      or (v."isLatest" and ${WATCHES_CATALOG}))
    order by o.id, v.id
    on conflict ("orgId", "versionId") do update set occasion = excluded.occasion, attempts = 0,
      "dueAt" = least("PolicyTask"."dueAt", excluded."dueAt")`);
}

/**
 * Has a policy that was just saved look at what it is about: what is approved, what waits, the latest versions of servers that are in
 * use and, where it watches the catalog, of all servers.
 */
export async function enqueueOrgPolicyTasks(tx: Tx, { orgId, now }: { orgId: string; now: Date }): Promise<number> {
  return tx.$executeRaw(Prisma.sql`
    insert into "PolicyTask" ("orgId", "versionId", occasion, "dueAt", attempts)
    select o.id, v.id, 'policy-change', ${now}::timestamptz, 0
    from "Org" o cross join "Version" v
    where o.id = ${orgId} and v.status = 'active' and (
      exists (select 1 from "AllowlistVersion" a join "AllowlistEntry" e on e.id = a."entryId"
        where e."orgId" = o.id and a."versionId" = v.id and a.state = 'approved')
      or exists (select 1 from "ApprovalRequest" r where r."orgId" = o.id and r."serverId" = v."serverId"
        and r.version = v.version and r.state in ('open', 'asked'))
      or (v."isLatest" and exists (select 1 from "AllowlistEntry" e
        where e."orgId" = o.id and e."serverId" = v."serverId" and e.state <> 'revoked'))
      or (v."isLatest" and ${WATCHES_CATALOG}))
    order by v.id
    on conflict ("orgId", "versionId") do update set occasion = excluded.occasion, attempts = 0,
      "dueAt" = least("PolicyTask"."dueAt", excluded."dueAt")`);
}
