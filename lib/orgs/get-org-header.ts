import { type OrgRole, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

/** What stands above every part of an organization's console. */
export type OrgHeader = {
  id: string;
  slug: string;
  displayName: string;
  role: OrgRole;
  approvedServers: number;
  /** Requests that wait for a reviewer. */
  openRequests: number;
  serial: number;
  lockdownReason: string | null;
};

/** For a member; null for everybody else, as if it did not exist. */
export async function getOrgHeader({
  viewer,
  slug,
}: {
  viewer: Viewer | null;
  slug: string;
}): Promise<OrgHeader | null> {
  const membership = memberOf(viewer, slug);
  if (!membership) return null;
  const { id, displayName, role } = membership;
  const [feed, approvedServers, openRequests] = await Promise.all([
    db().feed.findUniqueOrThrow({ where: { orgId: id } }),
    db().allowlistEntry.count({ where: { orgId: id, state: 'approved' } }),
    db().approvalRequest.count({ where: { orgId: id, state: 'open' } }),
  ]);
  return {
    id,
    slug: membership.slug,
    displayName,
    role,
    approvedServers,
    openRequests,
    serial: feed.serial,
    lockdownReason: feed.mode === 'lockdown' ? (feed.lockdownReason ?? 'No reason given.') : null,
  };
}

function memberOf(viewer: Viewer | null, slug: string) {
  try {
    return requireOrg(viewer, slug, 'org.read');
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
