import { createHash, randomBytes } from 'node:crypto';

/** Days for which an invitation can be accepted, to a publisher or to an organization. */
export const INVITE_DAYS = 7;

/** The secret of a link and what is kept of it: hex sha256. */
export function newInviteSecret(now: Date): { secret: string; hash: string; expiresAt: Date } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, hash: hashInvite(secret), expiresAt: new Date(now.getTime() + INVITE_DAYS * 86_400_000) };
}

export const hashInvite = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export type InviteState = 'open' | 'expired' | 'revoked' | 'used';

export function inviteState(
  invite: { acceptedAt: Date | null; revokedAt: Date | null; expiresAt: Date },
  now: Date,
): InviteState {
  if (invite.acceptedAt) return 'used';
  if (invite.revokedAt) return 'revoked';
  return invite.expiresAt <= now ? 'expired' : 'open';
}

/** Why an invitation that is over cannot be accepted. */
export const INVITE_ENDED: Record<Exclude<InviteState, 'open'>, string> = {
  used: 'This invitation was accepted already. It works once; ask for another one.',
  revoked: 'This invitation was taken back. Ask for another one.',
  expired: `This invitation is older than ${INVITE_DAYS} days. Ask for another one.`,
};
