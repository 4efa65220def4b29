import { appendEvent } from '#lib/audit/append-event.ts';
import type { EventKind } from '#lib/audit/events.ts';
import { actorOf, type OrgPermission, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { Tx } from '#lib/db/db.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { orgTransaction } from './org-transaction.ts';

export type PublishedChange = {
  kind: EventKind;
  subject: JsonObject;
  data?: JsonObject;
  /** Of the publication. */
  reason: string;
};

/** A change of what is allowed by somebody who may: done, told and published in one transaction. Returns the new serial. */
export async function changeAndPublish(
  {
    viewer,
    orgSlug,
    permission,
    now = new Date(),
  }: { viewer: Viewer; orgSlug: string; permission: OrgPermission; now?: Date },
  work: (tx: Tx, org: { id: string; displayName: string }) => Promise<PublishedChange>,
): Promise<{ serial: number }> {
  const org = requireOrg(viewer, orgSlug, permission);
  return orgTransaction(org.id, async (tx) => {
    const { kind, subject, data = {}, reason } = await work(tx, org);
    const actor = actorOf(viewer);
    await appendEvent(tx, { orgId: org.id, kind, actor, subject, data, now });
    return { serial: await publishFeed(tx, { orgId: org.id, reason, actor, now }) };
  });
}
