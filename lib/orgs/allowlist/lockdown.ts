import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { lockFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { changeAndPublish } from '../change-and-publish.ts';
import { orgTransaction } from '../org-transaction.ts';
import { requireReason } from './approve-version.ts';
import { tryPublish } from './try-publish.ts';

/**
 * Has every gateway refuse everything, with the next publication. Reads nothing but the feed's row, so that it works when the list
 * itself is broken. Where the feed cannot be signed now, the lockdown stands all the same, `serial` is null, and the job publishes
 * it as soon as it can. Throws LOCKDOWN when it is locked down already.
 */
export async function startLockdown({
  viewer,
  orgSlug,
  reason,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  reason: string;
  now?: Date;
}): Promise<{ serial: number | null }> {
  const org = requireOrg(viewer, orgSlug, 'allowlist.decide');
  const why = requireReason(reason);
  return orgTransaction(org.id, async (tx) => {
    const feed = await lockFeed(tx, org.id);
    if (feed.mode === 'lockdown')
      throw new DomainError('LOCKDOWN', `${org.displayName} is locked down already: "${feed.lockdownReason ?? ''}".`);
    const actor = actorOf(viewer);
    await tx.feed.update({ where: { orgId: org.id }, data: { mode: 'lockdown', lockdownReason: why } });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'lockdown.started',
      actor,
      subject: { org: org.slug },
      data: { reason: why },
      now,
    });
    return { serial: await tryPublish(tx, { orgId: org.id, reason: 'lockdown', actor, now }) };
  });
}

/** Publishes the list as it is now. Throws CONFLICT when there is no lockdown, KEYS_UNAVAILABLE. */
export async function endLockdown({
  viewer,
  orgSlug,
  reason,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  reason: string;
  now?: Date;
}): Promise<{ serial: number }> {
  return changeAndPublish({ viewer, orgSlug, permission: 'allowlist.decide', now }, async (tx, org) => {
    const why = requireReason(reason);
    const feed = await lockFeed(tx, org.id);
    if (feed.mode !== 'lockdown') throw new DomainError('CONFLICT', `${org.displayName} is not locked down.`);
    await tx.feed.update({ where: { orgId: org.id }, data: { mode: 'allowlist', lockdownReason: null } });
    return { kind: 'lockdown.ended', subject: { org: orgSlug }, data: { reason: why }, reason: 'lockdown ended' };
  });
}
