import { timingSafeEqual } from 'node:crypto';
import { bearerOf, findToken } from '#lib/auth/tokens.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type OpenFeed, openFeedBySlug } from './open-feeds.ts';

/** A token is asked for again after this: the longest that a revoked one still reads. */
const CACHE_MS = 1000;
const MAX_TOKENS = 5000;

export type GatewayToken = { id: string; orgId: string; expiresAt: number };
type Known = Map<string, { token: GatewayToken; readAt: number; database: unknown }>;

const shared = globalThis as typeof globalThis & { hallmarkGatewayTokens?: Known };
shared.hallmarkGatewayTokens ??= new Map();

/** The feed when the request may read it, by path key or by gateway token. A wrong key and an unknown organization look the same. */
export async function admit(
  request: Request,
  { slug, key }: { slug: string; key: string | null },
): Promise<{ feed: OpenFeed; token: GatewayToken | null }> {
  if (key !== null) {
    const feed = await openFeedBySlug(slug);
    if (!feed || !sameText(key, feed.pathKey)) throw noFeed();
    return { feed, token: null };
  }
  return admitToken(request, slug);
}

/** As `admit`, for what needs to know which gateway it is. */
export async function admitToken(request: Request, slug: string): Promise<{ feed: OpenFeed; token: GatewayToken }> {
  const secret = bearerOf(request);
  if (!secret)
    throw new DomainError('UNAUTHENTICATED', 'This feed needs a gateway token: Authorization: Bearer <token>.');
  const token = await gatewayToken(secret, new Date());
  if (!token) throw new DomainError('UNAUTHENTICATED', 'The gateway token is not valid, expired or revoked.');
  const feed = await openFeedBySlug(slug);
  if (!feed || token.orgId !== feed.orgId) throw noFeed();
  return { feed, token };
}

/** Secrets stay in memory for a second; ones that are not valid are looked up each time. */
async function gatewayToken(secret: string, now: Date): Promise<GatewayToken | null> {
  const known = shared.hallmarkGatewayTokens!;
  const cached = known.get(secret);
  const isFresh = cached?.database === db() && performance.now() - cached.readAt < CACHE_MS;
  if (cached && isFresh && cached.token.expiresAt > now.getTime()) return cached.token;
  known.delete(secret);
  const readAt = performance.now();
  const found = await findToken({ secret, kind: 'gateway', now });
  if (!found?.orgId) return null;
  const token = { id: found.id, orgId: found.orgId, expiresAt: found.expiresAt.getTime() };
  if (known.size >= MAX_TOKENS) known.clear();
  known.set(secret, { token, readAt, database: db() });
  return token;
}

const noFeed = () =>
  new DomainError('NOT_FOUND', 'There is no feed at this address. Check the baseUrl of the trust file.');

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
