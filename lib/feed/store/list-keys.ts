import { db } from '#lib/db/db.ts';
import type { FeedKeyRole } from '../keys/key-provider.ts';

export type FeedKeyView = {
  keyid: string;
  role: FeedKeyRole;
  algorithm: string;
  provider: string;
  /** Where it is, for providers that have a place: a path, a name, never a secret. */
  place: string | null;
  createdAt: string;
  signsUntil: string | null;
  endedAt: string | null;
  isCompromised: boolean;
  /** In words. */
  state: string;
};

const ORDER: FeedKeyRole[] = ['root', 'feed', 'freshness'];

/** The keys of a feed, by role and age. */
export async function listFeedKeys(orgId: string, { withRetired }: { withRetired: boolean }): Promise<FeedKeyView[]> {
  const rows = await db().feedKey.findMany({
    where: { orgId, ...(withRetired ? {} : { retiredAt: null }) },
    orderBy: { createdAt: 'asc' },
    omit: { sealed: true },
  });
  return rows
    .sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role))
    .map(
      ({
        keyid,
        role,
        algorithm,
        provider,
        reference,
        createdAt,
        signsUntil,
        retiredAt,
        retiredReason,
        compromisedAt,
      }) => ({
        keyid,
        role,
        algorithm,
        provider,
        place: reference ? Object.values(reference as Record<string, unknown>).join(' ') : null,
        createdAt: createdAt.toISOString(),
        signsUntil: signsUntil?.toISOString() ?? null,
        endedAt: retiredAt?.toISOString() ?? null,
        isCompromised: compromisedAt !== null,
        state: compromisedAt
          ? `compromised: ${retiredReason}`
          : retiredAt
            ? `retired: ${retiredReason}`
            : signsUntil
              ? `signs until ${signsUntil.toISOString().slice(0, 10)}`
              : provider === 'offline'
                ? 'kept offline'
                : 'in use',
      }),
    );
}
