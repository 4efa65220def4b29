import { timingSafeEqual } from 'node:crypto';
import { bearerOf, findToken } from '#lib/auth/tokens.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { problemOf } from '#lib/http/respond.ts';

/** An organization that the request may read the view and exports of. */
export type OpenedOrg = {
  id: string;
  slug: string;
  /** Slug: the token is for this team, and what it reads is no more than the team's. */
  team: string | null;
};

/**
 * The organization of an address, for its view key or for a `view` or `gateway` token of it. A wrong key, an unknown
 * organization and the token of another one look the same: NOT_FOUND. Throws UNAUTHENTICATED without a token.
 */
export async function openOrg(request: Request, slug: string, viewKey: string | null): Promise<OpenedOrg> {
  const notFound = () =>
    new DomainError('NOT_FOUND', 'There is nothing at this address. Check the organization and the key in it.');
  if (viewKey !== null) {
    const org = await findOrg(slug);
    if (!org || !sameText(viewKey, org.viewKey)) throw notFound();
    return { id: org.id, slug: org.slug, team: null };
  }
  const secret = bearerOf(request);
  if (!secret) {
    throw new DomainError(
      'UNAUTHENTICATED',
      'This needs a token: Authorization: Bearer <token>. Clients that send none read it under the address with the view key.',
    );
  }
  const now = new Date();
  const token = (await findToken({ secret, kind: 'view', now })) ?? (await findToken({ secret, kind: 'gateway', now }));
  if (!token) throw new DomainError('UNAUTHENTICATED', 'The token is not valid, expired or revoked.');
  if (token.org?.slug !== slug) throw notFound();
  if (token.team?.archivedAt) throw notFound();
  return { id: token.org.id, slug, team: token.team?.slug ?? null };
}

const findOrg = (slug: string) =>
  db().org.findUnique({ where: { slug }, select: { id: true, slug: true, viewKey: true } });

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** A refusal; one for want of a token says which kind is wanted (RFC 6750 §3). */
export function refusalOf(error: unknown): Response {
  const response = problemOf(error);
  if (response.status === 401) {
    const isInvalid = error instanceof DomainError && error.message.includes('not valid');
    response.headers.set('www-authenticate', `Bearer realm="hallmark"${isInvalid ? ', error="invalid_token"' : ''}`);
  }
  return response;
}

/** Answers are for whoever holds the key or the token: a shared cache must not keep them. */
export const PRIVATE = 'private, no-cache';

export function withoutSharing(response: Response): Response {
  response.headers.append('vary', 'Authorization');
  response.headers.set('referrer-policy', 'no-referrer');
  response.headers.set('x-robots-tag', 'noindex');
  return response;
}
