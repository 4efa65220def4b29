import type { Actor } from '#lib/audit/events.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { FeedKey } from '#lib/db/client/client.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '#lib/orgs/org-transaction.ts';
import type { FeedHead } from '../documents.ts';
import { KeyError } from '../keys/key-error.ts';
import type { KeyProvider } from '../keys/key-provider.ts';
import { localKey } from '../keys/local-key.ts';
import { parsePrivatePem } from '../keys/pem-file-key.ts';
import { keysInUse, openFeedKeys } from './keys.ts';
import { publishFeed } from './publish-feed.ts';

/** Whose keys are changed, and who does it: an owner in the console, or an operator on the machine. */
export type KeyKeeper = { org: { id: string; slug: string }; actor: Actor };

/** Throws NOT_FOUND, FORBIDDEN or UNAUTHENTICATED. */
export function keyKeeperOf(viewer: Viewer | null, orgSlug: string): KeyKeeper {
  const { id, slug } = requireOrg(viewer, orgSlug, 'keys.manage');
  return { org: { id, slug }, actor: actorOf(viewer!) };
}

/** For commands, which run with the database's rights. Throws NOT_FOUND. */
export async function operatorKeeper(orgSlug: string): Promise<KeyKeeper> {
  const org = await db().org.findUnique({ where: { slug: orgSlug }, select: { id: true, slug: true } });
  if (!org) throw new DomainError('NOT_FOUND', `There is no organization "${orgSlug}".`);
  return { org, actor: { type: 'system', name: 'hallmark keys' } };
}

export type KeyChange = {
  /** Why, in the list of publications. */
  reason: string;
  /** New root keys that sign the next root beside the ones that were in use. */
  newRootKeys?: KeyProvider[];
  /** Begins a new epoch. */
  recovery?: Pick<FeedHead, 'revokedKeys' | 'feedKeys' | 'recoveryKeys'>;
};

/**
 * Changes keys and signs what follows from it, in one transaction: the next root by the root keys, then a publication.
 * `rootKeyPem` is the private half of a root key that is kept offline; it is used here and not stored.
 * Throws KEYS_UNAVAILABLE when no root key can sign, UNPROCESSABLE for a PEM that is not a root key of the organization.
 */
export async function changeKeys<T extends KeyChange>({
  keeper: { org, actor },
  rootKeyPem,
  now,
  change,
}: {
  keeper: KeyKeeper;
  rootKeyPem?: string | undefined;
  now: Date;
  change: (tx: Tx, rows: FeedKey[]) => Promise<T>;
}): Promise<T & { serial: number }> {
  return speaking(() =>
    orgTransaction(org.id, async (tx) => {
      const rows = await keysInUse(tx, org.id);
      const current = await openRootKeys({ rows, org: org.slug, rootKeyPem });
      if (current.length === 0) {
        throw new DomainError(
          'KEYS_UNAVAILABLE',
          'The root key of this feed is kept offline, and a change of keys needs its signature: give its private part (PEM; --root-key on the command line).',
        );
      }
      const changed = await change(tx, rows);
      const { reason, newRootKeys = [], recovery } = changed;
      const rootSigners = [...current, ...newRootKeys];
      const serial = await publishFeed(tx, {
        orgId: org.id,
        reason,
        actor,
        now,
        rootSigners,
        ...(recovery ? { recovery } : {}),
      });
      return { ...changed, serial };
    }),
  );
}

/** Root keys that can sign now: those on this instance, and the one that somebody brought. */
export async function openRootKeys({
  rows,
  org,
  rootKeyPem,
}: {
  rows: FeedKey[];
  org: string;
  rootKeyPem?: string | undefined;
}): Promise<KeyProvider[]> {
  const { root } = await openFeedKeys(rows, org, ['root']);
  if (!rootKeyPem?.trim()) return root;
  const brought = localKey({ privateKey: parsePrivatePem(rootKeyPem, 'What was given'), role: 'root' });
  if (!rows.some(({ role, keyid }) => role === 'root' && keyid === brought.id)) {
    throw new DomainError(
      'UNPROCESSABLE',
      `The key ${brought.id.slice(0, 12)} is no root key of ${org}. Its root keys are ${
        rows
          .filter(({ role }) => role === 'root')
          .map(({ keyid }) => keyid.slice(0, 12))
          .join(', ') || 'none'
      }.`,
    );
  }
  return [...root.filter(({ id }) => id !== brought.id), brought];
}

/** Faults of keys are the caller's: a wrong file, a service that is away. */
export async function speaking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KeyError) throw new DomainError('UNPROCESSABLE', error.message, { key: error.code });
    throw error;
  }
}

/** The row of a key of the organization by its id or the beginning of it. Throws NOT_FOUND or CONFLICT. */
export function pickKey(rows: FeedKey[], keyid: string): FeedKey {
  const found = rows.filter((row) => keyid.length >= 6 && row.keyid.startsWith(keyid.toLowerCase()));
  if (found.length === 1) return found[0]!;
  throw new DomainError(
    found.length === 0 ? 'NOT_FOUND' : 'CONFLICT',
    found.length === 0 ? `There is no key in use whose id begins with ${keyid}.` : `Several keys begin with ${keyid}.`,
  );
}

export const shortId = (keyid: string): string => keyid.slice(0, 12);
