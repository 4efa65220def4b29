import { appendEvent } from '#lib/audit/append-event.ts';
import type { FeedKey } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { TrustKey } from '../documents.ts';
import type { FeedKeyRole, KeyProvider } from '../keys/key-provider.ts';
import { changeKeys, type KeyChange, type KeyKeeper, pickKey, shortId, speaking } from './change-keys.ts';
import { findKey } from './key-providers.ts';
import { keysInUse } from './keys.ts';
import { addKey } from './rotate-key.ts';

/**
 * The drill for stolen keys, in one transaction (reference of the feed, §6.6):
 * the keys named count for nothing from now on; new keys take their place, and a new freshness key in any case, so that
 * TUF readers forget what a stolen one told them (specification 1.0.31 §5.3.11); a new root names the new keys. For a
 * feed or root key a new epoch begins besides, with a head that the root key signed and that names revoked and new keys:
 * readers whose serial was burnt come back.
 * A stolen root key can be replaced for readers that come before the thief; give out new trust files all the same.
 * Throws as `changeKeys`, NOT_FOUND for a key that is not in use.
 */
export async function declareCompromised({
  keeper,
  keyids,
  reason,
  rootKeyPem,
  feedKeyPlace,
  now = new Date(),
}: {
  keeper: KeyKeeper;
  /** Ids, or beginnings of ids, of keys in use. */
  keyids: string[];
  reason: string;
  rootKeyPem?: string | undefined;
  /** Where the new feed key is; sealed in the database unless given. */
  feedKeyPlace?: string | undefined;
  now?: Date;
}): Promise<{ epoch: number | null; serial: number; added: { role: FeedKeyRole; keyid: string }[] }> {
  const { org, actor } = keeper;
  if (keyids.length === 0 || !reason.trim()) {
    throw new DomainError('UNPROCESSABLE', 'Name the keys that are compromised, and say what happened.');
  }
  const found = feedKeyPlace ? await speaking(() => findKey({ place: feedKeyPlace, role: 'feed' })) : null;
  const changed = await changeKeys({
    keeper,
    rootKeyPem,
    now,
    change: async (tx, rows) => {
      const stolen = keyids.map((keyid) => pickKey(rows, keyid));
      const roles = new Set<FeedKeyRole>(['freshness', ...stolen.map(({ role }) => role)]);
      await end(tx, { rows, stolen, reason, now });
      const added: { row: FeedKey; signers: KeyProvider[] }[] = [];
      for (const role of roles) {
        added.push(await addKey(tx, { org, role, algorithm: 'ed25519', found: role === 'feed' ? found : null, now }));
      }
      for (const { role, keyid } of stolen) {
        await appendEvent(tx, {
          orgId: org.id,
          kind: 'feed.key-compromised',
          actor,
          subject: { role, key: shortId(keyid) },
          data: { reason, keyid },
          now,
        });
      }
      const isRecovery = roles.has('feed') || roles.has('root');
      const { epoch } = await tx.feed.findUniqueOrThrow({ where: { orgId: org.id }, select: { epoch: true } });
      if (isRecovery) {
        await appendEvent(tx, {
          orgId: org.id,
          kind: 'feed.recovered',
          actor,
          subject: { epoch: epoch + 1 },
          data: { reason, added: added.map(({ row }) => row.keyid) },
          now,
        });
      }
      const change: KeyChange = {
        reason: 'keys declared compromised',
        newRootKeys: added.filter(({ row }) => row.role === 'root').flatMap(({ signers }) => signers),
        ...(isRecovery ? { recovery: await statement(tx, org.id) } : {}),
      };
      return {
        ...change,
        epoch: isRecovery ? epoch + 1 : null,
        added: added.map(({ row: { role, keyid } }) => ({ role, keyid })),
      };
    },
  });
  return { epoch: changed.epoch, serial: changed.serial, added: changed.added };
}

/** The stolen keys, and with them every freshness key: what they may have told TUF readers is forgotten with them. */
async function end(
  tx: Tx,
  { rows, stolen, reason, now }: { rows: FeedKey[]; stolen: FeedKey[]; reason: string; now: Date },
): Promise<void> {
  await tx.feedKey.updateMany({
    where: { id: { in: stolen.map(({ id }) => id) } },
    data: { compromisedAt: now, retiredAt: now, retiredReason: reason, sealed: null },
  });
  const others = rows.filter((row) => row.role === 'freshness' && !stolen.includes(row));
  await tx.feedKey.updateMany({
    where: { id: { in: others.map(({ id }) => id) } },
    data: { retiredAt: now, retiredReason: 'replaced with compromised keys', sealed: null },
  });
}

/** What the recovery head says: every key that was ever declared compromised, and all that count now. */
async function statement(tx: Tx, orgId: string): Promise<KeyChange['recovery']> {
  const [revoked, current] = [
    await tx.feedKey.findMany({
      where: { orgId, role: { in: ['feed', 'root'] }, compromisedAt: { not: null } },
      orderBy: { compromisedAt: 'desc' },
      take: 50,
    }),
    await keysInUse(tx, orgId),
  ];
  return {
    revokedKeys: revoked.map(({ keyid }) => keyid),
    feedKeys: current.filter(({ role }) => role === 'feed').map(trustKey),
    recoveryKeys: current.filter(({ role }) => role === 'root').map(trustKey),
  };
}

/** A key as trust files and recovery heads name it. */
export const trustKey = ({ keyid, algorithm, publicPem, signsUntil }: FeedKey): TrustKey => ({
  keyid,
  algorithm: algorithm as TrustKey['algorithm'],
  pem: publicPem,
  ...(signsUntil ? { notAfter: signsUntil.toISOString() } : {}),
});
