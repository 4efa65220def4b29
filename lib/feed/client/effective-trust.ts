import { createPublicKey } from 'node:crypto';
import { type Metadata, MetadataKind, type Root } from '@tufjs/models';
import type { FeedTrust, TrustKey } from '../documents.ts';
import { verifySignatures } from '../dsse.ts';
import { FeedError } from '../feed-error.ts';
import { keyId } from '../keys/key-algorithm.ts';
import { parseHead, parseJson } from '../parse-documents.ts';
import { readRoot } from '../tuf/root.ts';

/** What the trust file says, brought up to date by what its own keys have signed since. */
export type EffectiveTrust = {
  trust: FeedTrust;
  /** Epoch that a recovery key raised the feed to; 0 when none ever did. */
  recoveryEpoch: number;
};

/**
 * The keys that count now:
 * 1. those of the trust file;
 * 2. once a newer TUF root than the pinned one was verified, the keys that it names for targets and for roots, in place
 *    of the trust file's feed and recovery keys: a rotation needs no new trust file, and a dropped key counts no more;
 * 3. recovery heads in the order of their acceptance: each names the feed keys from then on and the revoked ones.
 * `newestRoot` must have been verified from the pinned root. Throws FEED_SIGNATURE or FEED_RECOVERY for a recovery head
 * that no recovery key signed.
 */
export function effectiveTrust({
  trust,
  newestRoot,
  recoveries,
  now,
}: {
  trust: FeedTrust;
  newestRoot: Uint8Array | null;
  recoveries: Buffer[];
  now: Date;
}): EffectiveTrust {
  const pinned = readRoot(Buffer.from(JSON.stringify(trust.tufRoot), 'utf8'));
  const root = newestRoot ? readRoot(newestRoot) : null;
  let current = root && root.signed.version > pinned.signed.version ? withRootKeys(trust, root) : trust;
  let recoveryEpoch = 0;
  for (const envelope of recoveries) {
    const next = applyRecovery({ trust: current, envelope, now, above: recoveryEpoch });
    current = next.trust;
    recoveryEpoch = next.recoveryEpoch;
  }
  return { trust: current, recoveryEpoch };
}

/** The keys after a recovery head that a recovery key of `trust` signed. Its lease does not matter: it is a statement about keys. */
export function applyRecovery({
  trust,
  envelope,
  now,
  above,
}: {
  trust: FeedTrust;
  envelope: Buffer;
  now: Date;
  above: number;
}): EffectiveTrust {
  const { payload, recovered } = verifySignatures({ envelope: parseJson(envelope, 'The recovery head'), trust, now });
  if (!recovered) throw new FeedError('FEED_RECOVERY', 'No recovery key of the trust file signed the recovery head.');
  const head = parseHead(payload);
  if (head.org !== trust.org) {
    throw new FeedError('FEED_WRONG_ORG', `The recovery head is for ${head.org}, not for ${trust.org}.`);
  }
  if (head.epoch <= above) {
    throw new FeedError('FEED_ROLLBACK', `The recovery head is of epoch ${head.epoch}; epoch ${above} came after it.`);
  }
  const revoked = new Set(head.revokedKeys ?? []);
  const remaining = (keys: TrustKey[]) => keys.filter(({ keyid }) => !revoked.has(keyid));
  const feedKeys = remaining(head.feedKeys ?? trust.feedKeys);
  return {
    recoveryEpoch: head.epoch,
    trust: {
      ...trust,
      feedKeys,
      threshold: Math.max(1, Math.min(trust.threshold, feedKeys.length)),
      recoveryKeys: remaining(head.recoveryKeys ?? trust.recoveryKeys ?? []),
    },
  };
}

/**
 * The next root, when `previous` vouches for it: one version higher, signed as both ask (specification 1.0.31 §5.3).
 * Null when it does not.
 */
export function followRoot(previous: Uint8Array, next: Uint8Array): Buffer | null {
  try {
    const [before, after] = [readRoot(previous), readRoot(next)];
    if (after.signed.version !== before.signed.version + 1) return null;
    before.verifyDelegate(MetadataKind.Root, after);
    after.verifyDelegate(MetadataKind.Root, after);
    return Buffer.from(next);
  } catch {
    return null;
  }
}

function withRootKeys(trust: FeedTrust, root: Metadata<Root>): FeedTrust {
  const pinned = [...trust.feedKeys, ...(trust.recoveryKeys ?? [])];
  const ends = new Map(pinned.map(({ keyid, notAfter }) => [keyid, notAfter]));
  const keysOf = (role: 'targets' | 'root') =>
    (root.signed.roles[role]?.keyIDs ?? []).flatMap((id) => {
      const { keyType, keyVal } = root.signed.keys[id] ?? {};
      const key = keyVal?.public ? trustKeyOf(keyType ?? '', keyVal.public) : null;
      const notAfter = key && ends.get(key.keyid);
      return key ? [{ ...key, ...(notAfter ? { notAfter } : {}) }] : [];
    });
  const feedKeys = keysOf('targets');
  return {
    ...trust,
    feedKeys,
    threshold: Math.max(1, Math.min(trust.threshold, feedKeys.length)),
    // Who pinned no recovery key wants none.
    ...(trust.recoveryKeys?.length ? { recoveryKeys: keysOf('root') } : {}),
  };
}

function trustKeyOf(keyType: string, text: string): TrustKey | null {
  try {
    const key =
      keyType === 'ed25519'
        ? createPublicKey({
            format: 'jwk',
            key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(text, 'hex').toString('base64url') },
          })
        : createPublicKey(text);
    return {
      keyid: keyId(key),
      algorithm: keyType === 'ed25519' ? 'ed25519' : 'ecdsa-p256',
      pem: key.export({ type: 'spki', format: 'pem' }).toString(),
    };
  } catch {
    return null;
  }
}
