import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { orgTransaction } from '../org-transaction.ts';
import { openRequestInTransaction } from '../requests/open-request.ts';
import { fallingOf } from './get-policy-page.ts';

/**
 * Sends what is approved and the policy in force denies back to review: a request of kind `drift` for each, with the decision beside
 * it, one a server at a time. Denying one revokes the version; approving it is an exception. Throws NOT_FOUND, FORBIDDEN. Returns how many were opened.
 */
export async function requestReviews({
  viewer,
  orgSlug,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  now?: Date;
}): Promise<number> {
  const org = requireOrg(viewer, orgSlug, 'allowlist.decide');
  const falling = (await fallingOf(org.id)).filter(({ isWaiting }) => !isWaiting);
  // A server has one such line in the queue at a time.
  const rows = [...new Map(falling.map((row) => [row.serverId, row])).values()];
  await orgTransaction(org.id, async (tx) => {
    for (const { serverId, serverName, version, reason, decisionId } of rows)
      await openRequestInTransaction(tx, {
        orgId: org.id,
        serverId,
        serverName,
        version,
        kind: 'drift',
        reason: `${actorOf(viewer).name} asks for a review: the policy denies what is approved. ${reason}`.slice(
          0,
          500,
        ),
        requester: null,
        decisionId,
        now,
      });
  });
  return rows.length;
}
