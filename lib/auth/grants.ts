import type { Actor } from '#lib/audit/events.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { ProvenAuthority } from '#lib/publishers/proofs/types.ts';
import { isAdminAddress } from './is-admin-address.ts';
import { publishPermissions, type RegistryPermission } from './permissions.ts';
import { verifyRegistryToken } from './registry-token.ts';
import { bearerOf, findToken } from './tokens.ts';
import { actorOf, type Viewer } from './viewer.ts';

/** Who acts on the catalog, and what they may do there. */
export type Grant = {
  actor: Actor;
  permissions: RegistryPermission[];
  /** Publishers that it speaks for: it ends where they do not hold the namespace any more. Null: it is nobody's in particular. */
  publisherIds: string[] | null;
  /** The proof of namespace behind a registry token; what it publishes under a namespace without a holder gets one by it. */
  authority: ProvenAuthority | null;
};

/** The right to publish under namespaces, given by the program itself: examples, tests. */
export const grantFor = (actor: Actor, namespaces: readonly string[]): Grant => ({
  actor,
  permissions: publishPermissions(namespaces),
  publisherIds: null,
  authority: null,
});

/** What a signed-in person may do: publish for their publishers, and edit everything as an instance admin. */
export const grantOfViewer = (viewer: Viewer): Grant => ({
  actor: actorOf(viewer),
  permissions: [
    ...publishPermissions(viewer.publishers.flatMap(({ namespaces }) => namespaces)),
    ...(viewer.isInstanceAdmin ? [EDIT_ALL] : []),
  ],
  publisherIds: viewer.publishers.map(({ id }) => id),
  authority: null,
});

const EDIT_ALL: RegistryPermission = { action: 'edit', resource: '*' };

/**
 * The grant of a request's bearer token: a publish token of the console, an admin token, or a registry token of
 * `/auth/*`. Throws UNAUTHENTICATED in the words of the official registry, TOKEN_AUDIENCE.
 */
export async function grantOfRequest(request: Request, now = new Date()): Promise<Grant> {
  const secret = bearerOf(request);
  if (!secret) {
    throw new DomainError('UNAUTHENTICATED', "Invalid Authorization header format. Expected 'Bearer <token>'");
  }
  if (secret.startsWith('hmk_')) return grantOfToken(secret, now);
  const authority = await verifyRegistryToken({ token: secret, now });
  // It ends with its bearer's being an admin, as an admin token does.
  if (authority.method === 'oidc' && !(await isAdminAddress(authority.subject))) {
    throw new DomainError('UNAUTHENTICATED', 'Invalid or expired Registry JWT token: its bearer is no admin any more.');
  }
  return {
    actor: { type: 'token', id: `${authority.method}:${authority.subject}`, name: authority.subject },
    permissions: authority.permissions,
    publisherIds: null,
    authority,
  };
}

async function grantOfToken(secret: string, now: Date): Promise<Grant> {
  const publish = await findToken({ secret, kind: 'publish', now });
  if (publish?.publisher) {
    return {
      actor: { type: 'token', id: publish.id, name: publish.name },
      permissions: publishPermissions(publish.publisher.namespaces.map(({ name }) => name)),
      publisherIds: [publish.publisher.id],
      authority: null,
    };
  }
  const admin = await findToken({ secret, kind: 'admin', now });
  if (admin?.createdBy.isInstanceAdmin) {
    const actor: Actor = { type: 'token', id: admin.id, name: admin.name };
    return { actor, permissions: [EDIT_ALL], publisherIds: null, authority: null };
  }
  throw new DomainError(
    'UNAUTHENTICATED',
    'Invalid or expired Registry JWT token. Issue a publish token in the publisher console.',
  );
}
