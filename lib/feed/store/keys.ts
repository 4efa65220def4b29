import path from 'node:path';
import { config } from '#lib/config/config.ts';
import type { FeedKey } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { FEED_KEY_ROLES } from '../keys/key-provider.ts';
import { generateLocalKey, localKey } from '../keys/local-key.ts';
import { loadMasterKey, type MasterKey } from '../keys/master-key.ts';
import { openKey, sealKey } from '../keys/sealed-key.ts';
import type { FeedKeys } from '../tuf/root.ts';

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

async function masterKeyBytes(): Promise<Buffer> {
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
  const masterKey = await masterKeyBytes();
  for (const role of FEED_KEY_ROLES) {
    const key = generateLocalKey({ role });
    await tx.feedKey.create({
      data: {
        orgId,
        role,
        keyid: key.id,
        algorithm: key.algorithm,
        publicPem: key.publicKey().export({ type: 'spki', format: 'pem' }).toString(),
        sealed: new Uint8Array(sealKey({ privateKey: key.privateKey, org, role, masterKey })),
        createdAt: now,
      },
    });
  }
}

/** Opens the keys in use. Throws KEYS_UNAVAILABLE when the master key is missing or another one. */
export async function openFeedKeys(rows: FeedKey[], org: string): Promise<FeedKeys> {
  const masterKey = await masterKeyBytes();
  const keys: FeedKeys = { root: [], feed: [], freshness: [] };
  for (const row of rows) {
    if (!row.sealed) continue;
    try {
      keys[row.role].push(
        localKey({
          privateKey: openKey({ sealed: row.sealed, org, keyid: row.keyid, role: row.role, masterKey }),
          role: row.role,
        }),
      );
    } catch (error) {
      throw new DomainError(
        'KEYS_UNAVAILABLE',
        `The ${row.role} key of ${org} cannot be opened: ${error instanceof Error ? error.message : 'unknown reason'}`,
      );
    }
  }
  return keys;
}
