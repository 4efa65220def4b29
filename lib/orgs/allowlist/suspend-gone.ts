import { db } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { suspendsFor } from '../drift/act-on-drift.ts';
import { orgTransaction } from '../org-transaction.ts';
import { openRequestInTransaction } from '../requests/open-request.ts';
import { orgSettings } from '../settings.ts';
import { suspendInTransaction } from './suspend-entry.ts';
import type { Attempt } from './tend-allowlist.ts';
import { tryPublish } from './try-publish.ts';

const ACTOR = { type: 'system', name: 'Hallmark' } as const;
const DAY_MS = 86_400_000;

type Row = {
  orgId: string;
  serverId: string;
  server: string;
  version: string;
  status: string;
  statusMessage: string | null;
  signatureState: string;
  signer: FeedServerVersion['signer'];
  hasRequest: boolean;
};

/**
 * Approved versions that the catalog does not stand for any more. One that was deleted is suspended, whatever the settings. One whose
 * pinned signature is not good any more goes back to review, and is suspended where changes of origin are.
 */
export async function suspendGone({ now, attempt }: { now: Date; attempt: Attempt }): Promise<number> {
  const rows = await db().$queryRaw<Row[]>`
    select e."orgId", e."serverId", v."serverName" as server, v.version, v.status::text, v."statusMessage",
      v."signatureState"::text, a."feedEntry"->'signer' as signer,
      exists (select 1 from "ApprovalRequest" r where r."orgId" = e."orgId" and r."serverId" = e."serverId"
        and r.kind = 'drift' and r.version = v.version and r.state in ('open', 'asked')) as "hasRequest"
    from "AllowlistVersion" a
    join "AllowlistEntry" e on e.id = a."entryId"
    join "Version" v on v.id = a."versionId"
    where a.state = 'approved' and e.state = 'approved'
      and (v.status = 'deleted'
        or (v."signatureState" <> 'signed' and jsonb_typeof(a."feedEntry"->'signer') = 'object'))
    order by e."orgId", v."serverName", v.version`;
  let suspended = 0;
  for (const [orgId, own] of Map.groupBy(rows, (row) => row.orgId)) {
    await attempt(orgId, async () => {
      suspended += await suspendOf({ orgId, rows: own, now });
    });
  }
  return suspended;
}

async function suspendOf({ orgId, rows, now }: { orgId: string; rows: Row[]; now: Date }): Promise<number> {
  const { settings: stored } = await db().org.findUniqueOrThrow({ where: { id: orgId }, select: { settings: true } });
  const settings = orgSettings(stored);
  const due = rows.filter((row) => row.status === 'deleted' || suspendsFor(settings, 'origin') || !row.hasRequest);
  if (due.length === 0) return 0;
  return orgTransaction(orgId, async (tx) => {
    let suspended = 0;
    for (const { serverId, server, version, status, statusMessage, signatureState } of due) {
      const isDeleted = status === 'deleted';
      const said = statusMessage === null ? '' : `: ${statusMessage.slice(0, 300)}`;
      const reason = isDeleted
        ? `Its publisher deleted it${said}`
        : `The signature that it was approved with is ${signatureState.replace('_', ' ')} now`;
      if (isDeleted || suspendsFor(settings, 'origin'))
        suspended += (await suspendInTransaction(tx, { orgId, actor: ACTOR, serverName: server, version, reason, now }))
          .length;
      // What is deleted cannot be approved again: there is nothing to review.
      if (isDeleted) continue;
      await openRequestInTransaction(tx, {
        orgId,
        serverId,
        serverName: server,
        version,
        kind: 'drift',
        reason,
        requester: null,
        dueAt: new Date(now.getTime() + settings.reviewDays * DAY_MS),
        now,
      });
    }
    if (suspended > 0) {
      const about = due.length === 1 ? `${due[0]!.server} ${due[0]!.version}` : `${suspended} versions`;
      await tryPublish(tx, { orgId, reason: `suspended ${about}`, actor: ACTOR, now });
    }
    return suspended;
  });
}
