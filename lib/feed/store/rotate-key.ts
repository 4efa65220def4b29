import { appendEvent } from '#lib/audit/append-event.ts';
import type { FeedKey } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { FeedKeyAlgorithm } from '../keys/key-algorithm.ts';
import type { FeedKeyRole, KeyProvider } from '../keys/key-provider.ts';
import { changeKeys, type KeyChange, type KeyKeeper, shortId, speaking } from './change-keys.ts';
import { type FoundKey, findKey } from './key-providers.ts';
import { createSealedKey, openFeedKeys, storeKey } from './keys.ts';

const DAY_MS = 86_400_000;

/** How long old and new key sign together, in days. Gateways that know only the old one learn of the new one meanwhile. */
export const OVERLAP_DAYS: Record<FeedKeyRole, number> = { feed: 30, freshness: 1, root: 90 };
export const MAX_OVERLAP_DAYS = 365;

/**
 * A new key in place of those of its role: sealed in the database, or at `place` (`findKey`). Old and new sign until the
 * overlap ends, then `retireDueKeys` ends the old ones. The next root names both. Returns the id of the new key.
 * Throws KEYS_UNAVAILABLE, CONFLICT, UNPROCESSABLE.
 */
export async function rotateKey({
  keeper,
  role,
  place,
  algorithm = 'ed25519',
  overlapDays = OVERLAP_DAYS[role],
  rootKeyPem,
  now = new Date(),
}: {
  keeper: KeyKeeper;
  role: FeedKeyRole;
  place?: string | undefined;
  algorithm?: FeedKeyAlgorithm;
  /** 0 ends the old keys at once. */
  overlapDays?: number;
  rootKeyPem?: string | undefined;
  now?: Date;
}): Promise<{ keyid: string; until: Date; serial: number }> {
  if (!Number.isInteger(overlapDays) || overlapDays < 0 || overlapDays > MAX_OVERLAP_DAYS) {
    throw new DomainError(
      'UNPROCESSABLE',
      `Both keys sign for 0 to ${MAX_OVERLAP_DAYS} days; ${overlapDays} is not that.`,
    );
  }
  const { org, actor } = keeper;
  // Before the transaction: a service may take its time.
  const found = place === undefined ? null : await speaking(() => findKey({ place, role }));
  const until = new Date(now.getTime() + overlapDays * DAY_MS);
  const { keyid, serial } = await changeKeys({
    keeper,
    rootKeyPem,
    now,
    change: async (tx, rows): Promise<KeyChange & { keyid: string }> => {
      const added = await addKey(tx, { org, role, algorithm, found, now });
      const old = rows.filter((row) => row.role === role);
      // A key that was replaced before keeps its own, earlier end.
      const ends = {
        signsUntil: until,
        ...(overlapDays === 0 ? { retiredAt: now, retiredReason: 'replaced', sealed: null } : {}),
      };
      await tx.feedKey.updateMany({
        where: {
          id: { in: old.map(({ id }) => id) },
          ...(overlapDays === 0 ? {} : { OR: [{ signsUntil: null }, { signsUntil: { gt: until } }] }),
        },
        data: ends,
      });
      await appendEvent(tx, {
        orgId: org.id,
        kind: 'feed.key-rotated',
        actor,
        subject: { role, from: old.map((row) => shortId(row.keyid)).join(', '), to: shortId(added.row.keyid) },
        data: { until: until.toISOString(), keyid: added.row.keyid, provider: added.row.provider },
        now,
      });
      const newRootKeys = role === 'root' ? added.signers : [];
      return { reason: `${role} key replaced`, keyid: added.row.keyid, newRootKeys };
    },
  });
  return { keyid, until, serial };
}

/** The row of a new key, and what signs with it. */
export async function addKey(
  tx: Tx,
  {
    org,
    role,
    algorithm,
    found,
    now,
  }: {
    org: KeyKeeper['org'];
    role: FeedKeyRole;
    algorithm: FeedKeyAlgorithm;
    found: FoundKey | null;
    now: Date;
  },
): Promise<{ row: FeedKey; signers: KeyProvider[] }> {
  const row = found
    ? await storeKey(tx, { orgId: org.id, key: found.key, provider: found.provider, reference: found.reference, now })
    : await createSealedKey(tx, { orgId: org.id, org: org.slug, role, algorithm, now });
  return { row, signers: (await openFeedKeys([row], org.slug, [role]))[role] };
}
