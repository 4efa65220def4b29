import { requireAdmin } from '#lib/auth/admin-tokens.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';

/** A finding that a publisher or an organization says is wrong, and that no admin has decided about since. */
export type OpenDispute = {
  serverName: string;
  version: string;
  fingerprint: string;
  ruleId: string;
  title: string;
  by: string;
  party: 'publisher' | 'organization';
  reason: string;
  at: string;
  /** The scan that counts of that version still has the finding; without it there is nothing to decide. */
  isCurrent: boolean;
};

const SHOWN = 100;

/** The disputes that wait for a decision, oldest first, at most 100. Throws FORBIDDEN. */
export async function listDisputes(viewer: Viewer): Promise<OpenDispute[]> {
  requireAdmin(viewer);
  const rows = await db().$queryRaw<(Omit<OpenDispute, 'at'> & { at: Date })[]>`
    select s.name as "serverName", a.version, a.fingerprint, a."ruleId", a.title, a."byName" as by,
           a.party::text as party, a.reason, a."answeredAt" as at,
           coalesce(c.findings @> jsonb_build_array(jsonb_build_object('fingerprint', a.fingerprint)), false) as "isCurrent"
    from "FindingAnswer" a
    join "Server" s on s.id = a."serverId"
    left join "Version" v on v."serverName" = s.name and v.version = a.version
    left join "Scan" c on c.id = v."currentScanId"
    where a.kind = 'disputed' and a."supersededAt" is null
      and not exists (
        select 1 from "FindingAnswer" d
        where d."serverId" = a."serverId" and d.fingerprint = a.fingerprint and d.party = 'admin'
          and d."supersededAt" is null and d.kind <> 'cleared'
          and (d."answeredAt" >= a."answeredAt" or d.kind = 'withdrawn'))
    order by a."answeredAt", a.id limit ${SHOWN}`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
