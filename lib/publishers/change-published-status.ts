import { publishPermissions } from '#lib/auth/permissions.ts';
import { actorOf, requirePublisher, type Viewer } from '#lib/auth/viewer.ts';
import { changeServerStatus, changeVersionStatus } from '#lib/catalog/change-status.ts';
import type { VersionStatus } from '#lib/catalog/views.ts';
import { db } from '#lib/db/db.ts';

/**
 * Deprecates, deletes or restores what a publisher published: one version, or all of a server when `version` is null.
 * Returns how many versions changed. Throws FORBIDDEN, NOT_FOUND, BAD_REQUEST, STATUS_UNCHANGED, REMOTE_TAKEN.
 */
export async function changePublishedStatus({
  viewer,
  publisherSlug,
  serverName,
  version,
  status,
  statusMessage,
  now = new Date(),
}: {
  viewer: Viewer;
  publisherSlug: string;
  serverName: string;
  version: string | null;
  status: VersionStatus;
  /** Left out with `active`, which clears it. */
  statusMessage: string;
  now?: Date;
}): Promise<number> {
  const { id } = await requirePublisher(viewer, publisherSlug, 'version.status');
  const held = await db().namespace.findMany({ where: { publisherId: id }, select: { name: true } });
  const change = {
    serverName,
    status,
    statusMessage: status === 'active' ? null : statusMessage.trim() || null,
    permissions: publishPermissions(held.map(({ name }) => name)),
    publisherIds: [id],
    actor: actorOf(viewer),
    now,
  };
  if (version === null) return (await changeServerStatus(change)).length;
  await changeVersionStatus({ ...change, version });
  return 1;
}
