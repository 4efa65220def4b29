import { createHash, randomBytes } from 'node:crypto';
import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { type Db, db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

export type TokenKind = 'publish' | 'gateway' | 'admin' | 'view';

/** A recognisable prefix lets secret scanners find a leaked token. */
const PREFIX: Record<TokenKind, string> = {
  publish: 'hmk_pub_',
  gateway: 'hmk_gw_',
  admin: 'hmk_adm_',
  view: 'hmk_view_',
};
export const MAX_TOKEN_DAYS = 366;

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex');

/** Makes a token; `secret` is in the answer only, never in the database. */
export async function issueToken(
  tx: Tx,
  {
    kind,
    name,
    expiresInDays,
    createdById,
    publisherId,
    orgId,
    teamId,
    actor,
    now,
  }: {
    kind: TokenKind;
    name: string;
    /** 1 to 366. */
    expiresInDays: number;
    createdById: string;
    publisherId?: string;
    orgId?: string;
    /** Of that organization: what the token reads is no more than the team's. */
    teamId?: string;
    actor: Actor;
    now: Date;
  },
): Promise<{ id: string; secret: string }> {
  if (!name.trim() || name.length > 100)
    throw new DomainError(
      'UNPROCESSABLE',
      'Give the token a name of 1 to 100 characters, such as the place where it is used.',
    );
  if (!Number.isInteger(expiresInDays) || expiresInDays < 1 || expiresInDays > MAX_TOKEN_DAYS) {
    throw new DomainError(
      'UNPROCESSABLE',
      `A token lives 1 to ${MAX_TOKEN_DAYS} days; ${expiresInDays} is not in that range.`,
    );
  }
  const secret = PREFIX[kind] + randomBytes(32).toString('base64url');
  const token = await tx.accessToken.create({
    data: {
      kind,
      name: name.trim(),
      hash: hashOf(secret),
      prefix: secret.slice(0, PREFIX[kind].length + 4),
      expiresAt: new Date(now.getTime() + expiresInDays * 86_400_000),
      createdAt: now,
      createdById,
      publisherId,
      orgId,
      teamId,
    },
  });
  await appendEvent(tx, {
    orgId: orgId ?? null,
    kind: 'token.issued',
    actor,
    subject: { token: name.trim(), kind },
    data: { id: token.id },
    now,
  });
  return { id: token.id, secret };
}

/** The secret of an `Authorization: Bearer` header, or null when there is no header. Throws UNAUTHENTICATED for another scheme. */
export function bearerOf(request: Request): string | null {
  const header = request.headers.get('authorization');
  if (header === null) return null;
  const match = /^Bearer ([^\s]+)$/i.exec(header.trim());
  if (!match)
    throw new DomainError('UNAUTHENTICATED', "Invalid Authorization header format. Expected 'Bearer <token>'");
  return match[1]!;
}

/** The token that a secret belongs to, when it is of this kind, not expired and not revoked; else null. */
export async function findToken(
  { secret, kind, now }: { secret: string; kind: TokenKind; now: Date },
  database: Db = db(),
) {
  if (!secret.startsWith(PREFIX[kind])) return null;
  const token = await database.accessToken.findUnique({
    where: { hash: hashOf(secret) },
    include: { publisher: { include: { namespaces: true } }, org: true, team: true, createdBy: true },
  });
  if (!token || token.kind !== kind || token.revokedAt || token.expiresAt <= now) return null;
  // Coarse on purpose: a busy gateway must not write a row with every poll.
  if (!token.lastUsedAt || now.getTime() - token.lastUsedAt.getTime() > 60_000) {
    await database.accessToken.update({ where: { id: token.id }, data: { lastUsedAt: now } });
  }
  return token;
}
