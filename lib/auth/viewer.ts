import { getServerSession } from 'next-auth';
import type { Actor } from '#lib/audit/events.ts';
import { personName } from '#lib/auth/person-name.ts';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { authOptions } from './auth-options.ts';

export type OrgRole = 'owner' | 'reviewer' | 'requester' | 'auditor';
export type PublisherRole = 'owner' | 'maintainer';

/** The signed-in person with what they may do. */
export type Viewer = {
  id: string;
  name: string;
  email: string | null;
  isInstanceAdmin: boolean;
  orgs: { id: string; slug: string; displayName: string; role: OrgRole }[];
  publishers: { id: string; slug: string; displayName: string; role: PublisherRole; namespaces: string[] }[];
};

/** Groups that were last named before are not relied on any more. */
const groupsLastSince = (now: Date) => new Date(now.getTime() - config().OIDC_GROUPS_HOURS * 3_600_000);

/**
 * Whether the person belongs to the organization by a group that has to be confirmed by a new sign-in: then it is hidden until they
 * sign in again.
 */
export async function hasLapsedMembership(viewer: Viewer, slug: string): Promise<boolean> {
  if (viewer.orgs.some((org) => org.slug === slug)) return false;
  const lapsed = await db().orgMember.count({ where: { userId: viewer.id, source: 'group', org: { slug } } });
  return lapsed > 0;
}

/** Loads a person by id; null when the account is gone. Memberships by groups that were not confirmed lately are left out. */
export async function loadViewer(userId: string, now = new Date()): Promise<Viewer | null> {
  const user = await db().user.findUnique({
    where: { id: userId },
    include: {
      groups: { where: { seenAt: { gt: groupsLastSince(now) } }, take: 1 },
      orgMembers: { include: { org: true }, orderBy: { org: { slug: 'asc' } } },
      publisherMembers: {
        include: { publisher: { include: { namespaces: true } } },
        orderBy: { publisher: { slug: 'asc' } },
      },
    },
  });
  if (!user) return null;
  return {
    id: user.id,
    name: personName(user),
    email: user.email,
    isInstanceAdmin: user.isInstanceAdmin,
    orgs: user.orgMembers
      .filter(({ source }) => source === 'manual' || user.groups.length > 0)
      .map(({ org, role }) => ({ id: org.id, slug: org.slug, displayName: org.displayName, role })),
    publishers: user.publisherMembers.map(({ publisher, role }) => ({
      id: publisher.id,
      slug: publisher.slug,
      displayName: publisher.displayName,
      role,
      namespaces: publisher.namespaces.map((namespace) => namespace.name),
    })),
  };
}

/** The person of the request that is being answered, inside Next's pages and actions; null when nobody is signed in. */
export async function getViewer(): Promise<Viewer | null> {
  const session = await getServerSession(authOptions());
  const id = (session?.user as { id?: string } | undefined)?.id;
  return id ? loadViewer(id) : null;
}

export const actorOf = (viewer: Viewer): Actor => ({ type: 'user', id: viewer.id, name: viewer.name });

/** What each role of an organization may do (DESIGN §5.8). */
export const ORG_PERMISSIONS = {
  'org.read': ['owner', 'reviewer', 'requester', 'auditor'],
  'allowlist.decide': ['owner', 'reviewer'],
  /** Ask for a server, for oneself or a team. */
  'request.make': ['owner', 'reviewer', 'requester'],
  'feed.trust': ['owner', 'reviewer'],
  /** Registry view, exports and their addresses. */
  'exports.read': ['owner', 'reviewer', 'auditor'],
  'audit.read': ['owner', 'reviewer', 'auditor'],
  'finding.answer': ['owner', 'reviewer'],
  /** Change the policy, teams' lists and agent groups. */
  'policy.edit': ['owner'],
  'policy.read': ['owner', 'reviewer', 'auditor'],
  'team.manage': ['owner', 'reviewer'],
  'keys.manage': ['owner'],
  'webhook.manage': ['owner'],
  'org.manage': ['owner'],
} as const satisfies Record<string, readonly OrgRole[]>;

export type OrgPermission = keyof typeof ORG_PERMISSIONS;

/** Whether somebody with this role may do it. For pages: what to offer. */
export const mayInOrg = (role: OrgRole, permission: OrgPermission): boolean =>
  (ORG_PERMISSIONS[permission] as readonly OrgRole[]).includes(role);

/** The viewer's membership, when it carries the permission. An organization that the viewer is not in does not exist to them: NOT_FOUND. */
export function requireOrg(viewer: Viewer | null, slug: string, permission: OrgPermission) {
  if (!viewer) throw new DomainError('UNAUTHENTICATED', 'Sign in to see this organization.');
  const org = viewer.orgs.find((membership) => membership.slug === slug);
  if (!org) throw new DomainError('NOT_FOUND', `There is no organization "${slug}" that you belong to.`);
  if (!mayInOrg(org.role, permission)) {
    throw new DomainError(
      'FORBIDDEN',
      `Your role in ${org.displayName} is ${org.role}. This needs ${ORG_PERMISSIONS[permission].join(' or ')}.`,
    );
  }
  return org;
}

/**
 * What each role of a publisher may do (DESIGN §5.8). A maintainer does the daily work: publish, sign, change a status,
 * issue tokens and end their own. What decides whose word counts (members, namespaces, signers, names) is for owners. An
 * instance admin may do for any publisher what an owner may, except to consent in its place: a transfer or a move needs
 * somebody who belongs to it.
 */
export const PUBLISHER_PERMISSIONS = {
  'publisher.read': ['owner', 'maintainer', 'admin'],
  'version.publish': ['owner', 'maintainer'],
  'version.status': ['owner', 'maintainer', 'admin'],
  'signature.add': ['owner', 'maintainer'],
  // Not an admin: who decides about disputes does not raise them.
  'finding.answer': ['owner', 'maintainer'],
  'token.issue': ['owner', 'maintainer', 'admin'],
  'token.revoke-own': ['owner', 'maintainer', 'admin'],
  'token.revoke-any': ['owner', 'admin'],
  'signer.manage': ['owner', 'admin'],
  'namespace.claim': ['owner', 'admin'],
  'namespace.grant': ['admin'],
  'namespace.transfer': ['owner'],
  'server.move': ['owner'],
  'member.manage': ['owner', 'admin'],
  'publisher.rename': ['owner', 'admin'],
  'publisher.set-official': ['admin'],
} as const satisfies Record<string, readonly (PublisherRole | 'admin')[]>;

export type PublisherPermission = keyof typeof PUBLISHER_PERMISSIONS;

/** Whether somebody with this role, or an instance admin, may do it. For pages: what to offer. */
export const mayOnPublisher = (
  { role, isInstanceAdmin }: { role: PublisherRole | null; isInstanceAdmin: boolean },
  permission: PublisherPermission,
): boolean => {
  const admitted: readonly string[] = PUBLISHER_PERMISSIONS[permission];
  return (role !== null && admitted.includes(role)) || (isInstanceAdmin && admitted.includes('admin'));
};

/**
 * The publisher, when the viewer may do this for it. One that the viewer is not in does not exist to them: NOT_FOUND, also
 * when it does. Throws FORBIDDEN where the role does not carry the permission.
 */
export async function requirePublisher(
  viewer: Viewer,
  slug: string,
  permission: PublisherPermission,
): Promise<{ id: string; slug: string; displayName: string; role: PublisherRole | null }> {
  const own = viewer.publishers.find((membership) => membership.slug === slug);
  const any =
    own || !viewer.isInstanceAdmin
      ? null
      : await db().publisher.findUnique({ where: { slug }, select: { id: true, slug: true, displayName: true } });
  if (!own && !any) throw new DomainError('NOT_FOUND', `There is no publisher "${slug}" that you belong to.`);
  const role = own?.role ?? null;
  if (!mayOnPublisher({ role, isInstanceAdmin: viewer.isInstanceAdmin }, permission)) {
    const needed = PUBLISHER_PERMISSIONS[permission].map((name) => (name === 'admin' ? 'an instance admin' : name));
    const { displayName } = (own ?? any)!;
    throw new DomainError(
      'FORBIDDEN',
      `${role ? `Your role in ${displayName} is ${role}.` : `You do not belong to ${displayName}.`} This needs ${needed.join(' or ')}.`,
    );
  }
  const { id, displayName } = (own ?? any)!;
  return { id, slug, displayName, role };
}
