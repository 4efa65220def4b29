import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { log } from '#lib/config/log.ts';
import type { FeedKey } from '#lib/db/client/client.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '#lib/orgs/org-transaction.ts';
import { type KeyKeeper, openRootKeys, pickKey, shortId, speaking } from './change-keys.ts';
import { keysInUse } from './keys.ts';
import { publishFeed } from './publish-feed.ts';

/**
 * Ends a key: it signs no more, and the next root does not name it. Where the root key is offline and not given, it
 * stays in the root until the next change of keys, which only means that nobody uses it. The last key of a role cannot
 * be retired: CONFLICT. Throws NOT_FOUND, KEYS_UNAVAILABLE, UNPROCESSABLE.
 */
export async function retireKey({
  keeper: { org, actor },
  keyid,
  reason,
  rootKeyPem,
  now = new Date(),
}: {
  keeper: KeyKeeper;
  keyid: string;
  reason: string;
  rootKeyPem?: string | undefined;
  now?: Date;
}): Promise<{ serial: number; isInRoot: boolean }> {
  return speaking(() =>
    orgTransaction(org.id, async (tx) => {
      const key = pickKey(await keysInUse(tx, org.id), keyid);
      return retire(tx, { org, keys: [key], reason, rootKeyPem, actor, now });
    }),
  );
}

/** Ends the keys whose successor signs alone from now on. For the job that signs feeds anew. */
export async function retireDueKeys({ now = new Date() } = {}): Promise<number> {
  const due = await db().feedKey.findMany({
    where: { retiredAt: null, compromisedAt: null, signsUntil: { lte: now } },
    select: { orgId: true, org: { select: { slug: true } } },
    distinct: ['orgId'],
  });
  let retired = 0;
  for (const { orgId, org } of due) {
    try {
      retired += await orgTransaction(orgId, async (tx) => {
        const keys = (await keysInUse(tx, orgId)).filter(({ signsUntil }) => signsUntil && signsUntil <= now);
        if (keys.length === 0) return 0;
        const actor: Actor = { type: 'system', name: 'Hallmark' };
        await retire(tx, { org: { id: orgId, slug: org.slug }, keys, reason: 'its successor signs alone', actor, now });
        return keys.length;
      });
    } catch (error) {
      log.error({ org: org.slug, error: String(error) }, 'a key that was replaced could not be retired');
    }
  }
  return retired;
}

async function retire(
  tx: Tx,
  {
    org,
    keys,
    reason,
    rootKeyPem,
    actor,
    now,
  }: {
    org: KeyKeeper['org'];
    keys: FeedKey[];
    reason: string;
    rootKeyPem?: string | undefined;
    actor: Actor;
    now: Date;
  },
): Promise<{ serial: number; isInRoot: boolean }> {
  const rows = await keysInUse(tx, org.id);
  const ends = new Set(keys.map(({ id }) => id));
  for (const { role } of keys) {
    const remaining = rows.filter((row) => row.role === role && !ends.has(row.id));
    if (remaining.length === 0) {
      throw new DomainError(
        'CONFLICT',
        `This is the only ${role} key. Replace it instead: the old one is retired then.`,
      );
    }
  }
  // The keys that end may sign their own end: the readers of the current root ask for them.
  const rootSigners = await openRootKeys({ rows, org: org.slug, rootKeyPem });
  const canSignRoot = rootSigners.some((signer) => rows.some((row) => row.keyid === signer.id && !ends.has(row.id)));
  if (keys.some(({ role }) => role === 'root') && !canSignRoot) {
    throw new DomainError(
      'KEYS_UNAVAILABLE',
      'The root key that stays has to sign the root without the other one: give its private part (PEM; --root-key on the command line).',
    );
  }
  await tx.feedKey.updateMany({
    where: { id: { in: [...ends] } },
    data: { retiredAt: now, retiredReason: reason, sealed: null },
  });
  for (const { role, keyid } of keys) {
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'feed.key-retired',
      actor,
      subject: { role, key: shortId(keyid) },
      data: { reason, keyid },
      now,
    });
  }
  const serial = await publishFeed(tx, {
    orgId: org.id,
    reason: `${keys.map(({ role }) => role).join(', ')} key retired`,
    actor,
    now,
    ...(canSignRoot ? { rootSigners } : {}),
  });
  return { serial, isInRoot: !canSignRoot };
}
