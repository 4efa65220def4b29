import { appendEvent } from '#lib/audit/append-event.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '#lib/orgs/org-transaction.ts';
import { publicFeedKey } from '../keys/pinned-key.ts';
import { openKey } from '../keys/sealed-key.ts';
import { changeKeys, type KeyChange, type KeyKeeper, pickKey, shortId, speaking } from './change-keys.ts';
import { keysInUse, masterKeyBytes, storeKey } from './keys.ts';

/**
 * Takes over the public half of a recovery key that was made elsewhere (`hallmark keys recovery generate`). The next root
 * names it beside the root keys so far, which sign it; `retireKey` ends them, with the private
 * half of the new one.
 */
export async function adoptRecoveryKey({
  keeper,
  publicPem,
  rootKeyPem,
  now = new Date(),
}: {
  keeper: KeyKeeper;
  publicPem: string;
  rootKeyPem?: string | undefined;
  now?: Date;
}): Promise<{ keyid: string; serial: number }> {
  const { org, actor } = keeper;
  if (/PRIVATE KEY/.test(publicPem)) {
    throw new DomainError(
      'UNPROCESSABLE',
      'This is a private key. Give only the public half; the private one stays with you.',
    );
  }
  const { keyid, serial } = await changeKeys({
    keeper,
    rootKeyPem,
    now,
    change: async (tx): Promise<KeyChange & { keyid: string }> => {
      const key = publicFeedKey({ publicPem, role: 'root' });
      await storeKey(tx, { orgId: org.id, key, provider: 'offline', now });
      await appendEvent(tx, {
        orgId: org.id,
        kind: 'feed.key-added',
        actor,
        subject: { role: 'root', key: shortId(key.id), provider: 'offline' },
        data: { keyid: key.id },
        now,
      });
      return { reason: 'recovery key added', keyid: key.id };
    },
  });
  return { keyid, serial };
}

/**
 * The recovery kit: the private half of a sealed root key, once. It is deleted here in the same transaction; from then
 * on changes of keys need it from outside. `keep` is called before that: when it fails, the key stays here.
 * Throws CONFLICT when it is not here, KEYS_UNAVAILABLE.
 */
export async function takeRecoveryKit({
  keeper: { org, actor },
  keep = async () => {},
  now = new Date(),
}: {
  keeper: KeyKeeper;
  keep?: (kit: { keyid: string; pem: string }) => Promise<void>;
  now?: Date;
}): Promise<{ keyid: string; pem: string }> {
  return speaking(() =>
    orgTransaction(org.id, async (tx) => {
      const row = (await keysInUse(tx, org.id)).find(({ role, provider }) => role === 'root' && provider === 'sealed');
      if (!row?.sealed) {
        throw new DomainError('CONFLICT', 'The private half of the root key is not on this instance any more.');
      }
      const privateKey = openKey({
        sealed: row.sealed,
        org: org.slug,
        keyid: row.keyid,
        role: 'root',
        masterKey: await masterKeyBytes(),
      });
      await tx.feedKey.update({ where: { id: row.id }, data: { provider: 'offline', sealed: null } });
      await appendEvent(tx, {
        orgId: org.id,
        kind: 'feed.key-taken-offline',
        actor,
        subject: { role: 'root', key: shortId(row.keyid) },
        data: { keyid: row.keyid },
        now,
      });
      const kit = { keyid: row.keyid, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
      await keep(kit);
      return kit;
    }),
  );
}

/** The private half of any sealed key, for an operator who moves it elsewhere. It stays here. Throws NOT_FOUND, CONFLICT. */
export async function exportKey({
  keeper: { org, actor },
  keyid,
  now = new Date(),
}: {
  keeper: KeyKeeper;
  keyid: string;
  now?: Date;
}): Promise<{ keyid: string; role: string; pem: string }> {
  return speaking(() =>
    db().$transaction(async (tx) => {
      const row = pickKey(await keysInUse(tx, org.id), keyid);
      if (!row.sealed)
        throw new DomainError('CONFLICT', `The private half of this key is not in the database (${row.provider}).`);
      const privateKey = openKey({
        sealed: row.sealed,
        org: org.slug,
        keyid: row.keyid,
        role: row.role,
        masterKey: await masterKeyBytes(),
      });
      await appendEvent(tx, {
        orgId: org.id,
        kind: 'feed.key-exported',
        actor,
        subject: { role: row.role, key: shortId(row.keyid) },
        data: { keyid: row.keyid },
        now,
      });
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      return { keyid: row.keyid, role: row.role, pem };
    }),
  );
}
