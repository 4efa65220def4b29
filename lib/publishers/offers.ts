import { DomainError } from '#lib/http/domain-error.ts';

/** How long an offer of a namespace or a server waits for the other side. */
export const OFFER_DAYS = 14;
export const MAX_OFFER_MESSAGE = 500;

export type OfferState = 'offered' | 'accepted' | 'declined' | 'cancelled';

export const offerEnd = (now: Date): Date => new Date(now.getTime() + OFFER_DAYS * 86_400_000);

type Offer = { state: OfferState; expiresAt: Date; decidedById?: string | null };

/** An offer as pages show it: one whose time is over, and that nobody decided, has expired. */
export function offerState({ state, expiresAt, decidedById }: Offer, now: Date): OfferState | 'expired' {
  if (state === 'offered') return expiresAt <= now ? 'expired' : 'offered';
  return state === 'cancelled' && decidedById === null ? 'expired' : state;
}

/** Throws CONFLICT when the offer was ended, OFFER_EXPIRED when its time is over. */
export function requireOpen(offer: Offer, now: Date): void {
  const state = offerState(offer, now);
  if (state === 'offered') return;
  if (state === 'expired') {
    throw new DomainError('OFFER_EXPIRED', `This offer is older than ${OFFER_DAYS} days. Ask for a new one.`);
  }
  throw new DomainError('CONFLICT', `This offer was ${state} already.`);
}

/** The trimmed message to the other side, which may be empty. Throws UNPROCESSABLE. */
export function requireOfferMessage(message: string): string {
  const trimmed = message.trim();
  if (trimmed.length > MAX_OFFER_MESSAGE || /(?!\n)[\p{Cc}\p{Cf}\p{Co}]/u.test(trimmed) || !trimmed.isWellFormed()) {
    throw new DomainError(
      'UNPROCESSABLE',
      `The message has ${MAX_OFFER_MESSAGE} characters at most, and no invisible ones.`,
    );
  }
  return trimmed;
}
