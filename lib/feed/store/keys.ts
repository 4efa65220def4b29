import path from 'node:path';
import { config } from '#lib/config/config.ts';
import type { FeedKey } from '#lib/db/client/client.ts';
import { Prisma, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { FeedKeyAlgorithm } from '../keys/key-algorithm.ts';
import { FEED_KEY_ROLES, type FeedKeyRole, type KeyProvider } from '../keys/key-provider.ts';
import { generateLocalKey, type LocalKey } from '../keys/local-key.ts';
import { loadMasterKey, type MasterKey } from '../keys/master-key.ts';
import type { PublicFeedKey } from '../keys/pinned-key.ts';
import { sealKey } from '../keys/sealed-key.ts';
import type { FeedKeys } from '../tuf/root.ts';
import { openKeyRow } from './key-providers.ts';

/** The key that seals all feed keys of this instance. `create` makes its file at first start; a web process never does. */
export function instanceMasterKey({ create = false } = {}): Promise<MasterKey> {
  const settings = config();
  return loadMasterKey({
    value: settings.HALLMARK_MASTER_KEY,
    file: settings.HALLMARK_MASTER_KEY_FILE ?? path.join(settings.dataDir, 'master.key'),
    create: create && !settings.HALLMARK_MASTER_KEY_FILE,
    // A file that the admin mounted has the modes of the mount; one that we made has 0600 or was tampered with.
    onExposed: settings.HALLMARK_MASTER_KEY_FILE ? 'warn' : 'refuse',
  });
}

export async function masterKeyBytes(): Promise<Buffer> {
  try {
    return (await instanceMasterKey()).key;
  } catch (error) {
    throw new DomainError(
      'KEYS_UNAVAILABLE',
      `The feed cannot be signed: ${error instanceof Error ? error.message : 'no master key'}`,
    );
  }
}

/** Makes one key per role for an organization and stores them sealed. */
export async function createFeedKeys(
  tx: Tx,
  { orgId, org, now }: { orgId: string; org: string; now: Date },
): Promise<void> {
  for (const role of FEED_KEY_ROLES) await createSealedKey(tx, { orgId, org, role, now });
}

/** A new key in the database, sealed with the master key. Throws KEYS_UNAVAILABLE. */
export async function createSealedKey(
  tx: Tx,
  {
    orgId,
    org,
    role,
    algorithm = 'ed25519',
    now,
  }: { orgId: string; org: string; role: FeedKeyRole; algorithm?: FeedKeyAlgorithm; now: Date },
): Promise<FeedKey> {
  const key = generateLocalKey({ role, algorithm });
  return storeKey(tx, { orgId, key, provider: 'sealed', sealed: await seal(key, org), now });
}

export async function seal({ privateKey, role }: LocalKey, org: string): Promise<Buffer> {
  return sealKey({ privateKey, org, role, masterKey: await masterKeyBytes() });
}

/** The row of a key, whichever its provider. A key that was here before comes back only under another id: CONFLICT. */
export async function storeKey(
  tx: Tx,
  {
    orgId,
    key,
    provider,
    reference,
    sealed,
    now,
  }: {
    orgId: string;
    key: PublicFeedKey;
    provider: string;
    reference?: Prisma.InputJsonObject | undefined;
    sealed?: Buffer | undefined;
    now: Date;
  },
): Promise<FeedKey> {
  const { role, id: keyid, algorithm } = key;
  const known = await tx.feedKey.findFirst({ where: { orgId, keyid } });
  if (known) {
    throw new DomainError(
      'CONFLICT',
      `The key ${keyid.slice(0, 12)} is or was the ${known.role} key of this organization. Use a new one: a key signs in one role and does not come back.`,
    );
  }
  return tx.feedKey.create({
    data: {
      orgId,
      role,
      keyid,
      algorithm,
      provider,
      reference: reference ?? Prisma.DbNull,
      publicPem: key.publicKey().export({ type: 'spki', format: 'pem' }).toString(),
      sealed: sealed ? new Uint8Array(sealed) : null,
      createdAt: now,
    },
  });
}

/** Keys that readers of the next root trust: neither retired nor compromised, oldest first. */
export function keysInUse(tx: Tx, orgId: string): Promise<FeedKey[]> {
  return tx.feedKey.findMany({
    where: { orgId, retiredAt: null, compromisedAt: null },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

/**
 * Signers of the roles that are asked for, wherever their keys are. Keys whose private half is not here are left out;
 * signing then fails where nobody is left. Throws KEYS_UNAVAILABLE when one that should be here cannot be opened.
 */
export async function openFeedKeys(
  rows: FeedKey[],
  org: string,
  roles: readonly FeedKeyRole[] = ['feed', 'freshness'],
): Promise<FeedKeys> {
  const keys: FeedKeys = { root: [], feed: [], freshness: [] };
  const wanted = rows.filter(({ role, provider }) => roles.includes(role) && provider !== 'offline');
  const masterKey = wanted.some(({ provider }) => provider === 'sealed') ? await masterKeyBytes() : null;
  for (const row of wanted) {
    try {
      keys[row.role].push(await openKeyRow({ row, org, masterKey }));
    } catch (error) {
      throw new DomainError(
        'KEYS_UNAVAILABLE',
        `The ${row.role} key of ${org} cannot be opened: ${error instanceof Error ? error.message : 'unknown reason'}`,
      );
    }
  }
  return withSpeakingErrors(keys, org);
}

/** A service that fails while it signs is a key that is not available, not a fault of ours. */
function withSpeakingErrors(keys: FeedKeys, org: string): FeedKeys {
  const speaking = (key: KeyProvider): KeyProvider => ({
    ...key,
    sign: async (bytes) => {
      try {
        return await key.sign(bytes);
      } catch (error) {
        throw new DomainError(
          'KEYS_UNAVAILABLE',
          `The ${key.role} key of ${org} cannot sign: ${error instanceof Error ? error.message : 'unknown reason'}`,
        );
      }
    },
  });
  return {
    root: keys.root.map(speaking),
    feed: keys.feed.map(speaking),
    freshness: keys.freshness.map(speaking),
  };
}
