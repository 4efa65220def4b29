import { getServerSession } from 'next-auth';
import type { Actor } from '#lib/audit/events.ts';
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

/** Loads a person by id; null when the account is gone. */
export async function loadViewer(userId: string): Promise<Viewer | null> {
  const user = await db().user.findUnique({
    where: { id: userId },
    include: {
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
    name: user.name ?? user.email ?? 'Unnamed',
    email: user.email,
    isInstanceAdmin: user.isInstanceAdmin,
    orgs: user.orgMembers.map(({ org, role }) => ({ id: org.id, slug: org.slug, displayName: org.displayName, role })),
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
  'feed.trust': ['owner', 'reviewer'],
  'org.manage': ['owner'],
} as const satisfies Record<string, readonly OrgRole[]>;

export type OrgPermission = keyof typeof ORG_PERMISSIONS;

/** The viewer's membership, when it carries the permission. An organization that the viewer is not in does not exist to them: NOT_FOUND. */
export function requireOrg(viewer: Viewer | null, slug: string, permission: OrgPermission) {
  if (!viewer) throw new DomainError('UNAUTHENTICATED', 'Sign in to see this organization.');
  const org = viewer.orgs.find((membership) => membership.slug === slug);
  if (!org) throw new DomainError('NOT_FOUND', `There is no organization "${slug}" that you belong to.`);
  if (!(ORG_PERMISSIONS[permission] as readonly OrgRole[]).includes(org.role)) {
    throw new DomainError(
      'FORBIDDEN',
      `Your role in ${org.displayName} is ${org.role}. This needs ${ORG_PERMISSIONS[permission].join(' or ')}.`,
    );
  }
  return org;
}
