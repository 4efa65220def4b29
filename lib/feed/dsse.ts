import { type DsseEnvelope, FEED_HEAD_PAYLOAD_TYPE, type FeedHead, type FeedTrust } from './documents.ts';
import { FeedError, type FeedWarning } from './feed-error.ts';
import { verifyBytes } from './keys/key-algorithm.ts';
import type { KeyProvider } from './keys/key-provider.ts';
import { parseEnvelope, parseHead, publicKeyOf } from './parse-documents.ts';

export { keyId } from './keys/key-algorithm.ts';

/** How far the publisher's clock may be ahead of the reader's. */
export const CLOCK_SKEW_MS = 2 * 60_000;
/** How long before a key's `notAfter` a reader starts to be told. */
export const KEY_ENDS_SOON_MS = 30 * 24 * 3_600_000;

/** What a reader remembers of the last head it accepted. */
export type FeedState = {
  epoch: number;
  serial: number;
  allowlistSha256: string;
  revocationsSha256: string;
};

export type VerifiedHead = {
  head: FeedHead;
  /** Distinct keys of the trust file whose signature was good. */
  keyids: string[];
  /** Signed by a recovery key. */
  recovered: boolean;
  warnings: FeedWarning[];
};

/** DSSE v1 pre-authentication encoding: what is signed (secure-systems-lab/dsse, protocol.md). */
export function pae(payloadType: string, payload: Uint8Array): Buffer {
  const header = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(header, 'utf8'), payload]);
}

/** Signs the head with every signer; during a rotation these are the old and the new feed key. */
export async function signHead(head: FeedHead, signers: KeyProvider[]): Promise<DsseEnvelope> {
  const payload = Buffer.from(JSON.stringify(head), 'utf8');
  const bytes = pae(FEED_HEAD_PAYLOAD_TYPE, payload);
  const signatures = await Promise.all(
    signers.map(async (signer) => ({ keyid: signer.id, sig: (await signer.sign(bytes)).toString('base64') })),
  );
  return { payloadType: FEED_HEAD_PAYLOAD_TYPE, payload: payload.toString('base64'), signatures };
}

/**
 * Checks a head in this order: form of the envelope, signatures over the payload's bytes, only then the payload's
 * form, organization, what only recovery keys may say, expiry, clock, epoch and serial. Pure: the caller gives time and remembered state, and stores
 * the new state after all its other checks.
 * Throws `FeedError` with FEED_MALFORMED, FEED_SIGNATURE, FEED_WRONG_ORG, FEED_RECOVERY, FEED_OFFLINE_HEAD,
 * FEED_EXPIRED, FEED_CLOCK, FEED_EPOCH, FEED_ROLLBACK, FEED_EQUIVOCATION or FEED_TRUST_MALFORMED.
 */
export function verifyHead({
  envelope,
  trust,
  state,
  now,
  recoveryEpoch = 0,
  acceptsOffline = false,
}: {
  envelope: unknown;
  trust: FeedTrust;
  state: FeedState | null;
  now: Date;
  /** Epoch that a recovery key raised the feed to, as far as this reader knows: up to it any key of `trust` may go. */
  recoveryEpoch?: number;
  /** Whether the head comes out of an archive that was carried here. */
  acceptsOffline?: boolean;
}): VerifiedHead {
  const { payload, keyids, recovered, endingSoon } = verifySignatures({ envelope, trust, now });
  const head = parseHead(payload);
  const warnings: FeedWarning[] = [];
  if (endingSoon) {
    warnings.push({
      code: 'FEED_WARN_KEY_ENDS',
      message: `The trust file stops trusting the keys of this feed on ${endingSoon}. Download it again.`,
    });
  }
  if (head.org !== trust.org) {
    throw new FeedError('FEED_WRONG_ORG', `The head is for the organization ${head.org}, not for ${trust.org}.`);
  }
  if (!recovered && (head.revokedKeys ?? head.feedKeys ?? head.recoveryKeys)) {
    throw new FeedError('FEED_RECOVERY', 'The head names new or revoked keys, which only the recovery key may do.');
  }
  if (head.offline && !acceptsOffline) {
    throw new FeedError(
      'FEED_OFFLINE_HEAD',
      'The head was made for a closed network: its long lease could hide what changed since. It is accepted from an archive only.',
    );
  }
  if (!(Date.parse(head.expires) > now.getTime())) {
    throw new FeedError(
      'FEED_EXPIRED',
      `The head expired at ${head.expires}; it is ${now.toISOString()}. The feed is frozen on its way here, or no longer published.`,
    );
  }
  const ahead = Date.parse(head.issuedAt) - now.getTime();
  if (ahead > CLOCK_SKEW_MS) {
    throw new FeedError(
      'FEED_CLOCK',
      `The head was issued at ${head.issuedAt}, but this machine's clock says ${now.toISOString()}. Set the clock right.`,
    );
  }
  if (ahead > 0) {
    warnings.push({
      code: 'FEED_WARN_CLOCK',
      message: `The head was issued ${Math.ceil(ahead / 1000)} s in the future: this machine's clock is behind.`,
    });
  }
  checkMonotonic({ head, state, recovered, recoveryEpoch });
  return { head, keyids, recovered, warnings };
}

/**
 * The payload's bytes if enough distinct keys of the trust file signed them. A key counts once however often its
 * signature is repeated, and not after its `notAfter`. One recovery key is enough by itself.
 */
export function verifySignatures({ envelope, trust, now }: { envelope: unknown; trust: FeedTrust; now: Date }): {
  payload: Buffer;
  keyids: string[];
  recovered: boolean;
  /** The latest `notAfter` of the signing keys, if all of them end within `KEY_ENDS_SOON_MS`. */
  endingSoon: string | null;
} {
  const { payloadType, payload: encoded, signatures } = parseEnvelope(envelope);
  if (payloadType !== FEED_HEAD_PAYLOAD_TYPE) {
    throw new FeedError('FEED_MALFORMED', `The envelope holds ${JSON.stringify(payloadType)}, not a feed head.`);
  }
  const payload = decodeBase64(encoded);
  const bytes = pae(payloadType, payload);
  const goodKeys = (keys: FeedTrust['feedKeys']) =>
    keys.filter((key) => {
      if (key.notAfter && Date.parse(key.notAfter) < now.getTime()) return false;
      const publicKey = publicKeyOf(key);
      return signatures.some(
        ({ keyid, sig }) =>
          keyid === key.keyid && verifyBytes({ publicKey, bytes, signature: Buffer.from(sig, 'base64') }),
      );
    });
  const feed = goodKeys(trust.feedKeys);
  const recovery = goodKeys(trust.recoveryKeys ?? []);
  const distinct = new Set(feed.map((key) => key.keyid));
  if (distinct.size < trust.threshold && recovery.length === 0) {
    throw new FeedError(
      'FEED_SIGNATURE',
      `The head carries ${distinct.size} valid signatures by keys of the trust file; ${trust.threshold} are needed.`,
    );
  }
  const good = [...feed, ...recovery];
  return {
    payload,
    keyids: [...new Set(good.map((key) => key.keyid))],
    recovered: recovery.length > 0,
    endingSoon: endsSoon(good, now),
  };
}

function checkMonotonic({
  head,
  state,
  recovered,
  recoveryEpoch,
}: {
  head: FeedHead;
  state: FeedState | null;
  recovered: boolean;
  recoveryEpoch: number;
}) {
  if (head.epoch < recoveryEpoch) {
    throw new FeedError('FEED_ROLLBACK', `The head is of epoch ${head.epoch}, but epoch ${recoveryEpoch} ended it.`);
  }
  if (!state) return;
  const last = `epoch ${state.epoch}, serial ${state.serial}`;
  if (head.epoch > state.epoch) {
    if (recovered || head.epoch <= recoveryEpoch) return;
    throw new FeedError(
      'FEED_EPOCH',
      `The head raises the epoch from ${state.epoch} to ${head.epoch}, which only the recovery key may do.`,
    );
  }
  if (head.epoch < state.epoch || head.serial < state.serial) {
    throw new FeedError(
      'FEED_ROLLBACK',
      `The head is of epoch ${head.epoch}, serial ${head.serial}; ${last} was accepted before.`,
    );
  }
  const isSame = head.body.sha256 === state.allowlistSha256 && head.revocations.sha256 === state.revocationsSha256;
  if (head.serial === state.serial && !isSame) {
    throw new FeedError('FEED_EQUIVOCATION', `Two different lists carry ${last}: this one is not the accepted one.`);
  }
}

function endsSoon(keys: FeedTrust['feedKeys'], now: Date): string | null {
  const ends = keys.map((key) => key.notAfter);
  if (ends.some((end) => end === undefined)) return null;
  const latest = (ends as string[]).sort((a, b) => Date.parse(b) - Date.parse(a))[0];
  return latest && Date.parse(latest) - now.getTime() < KEY_ENDS_SOON_MS ? latest : null;
}

/** Only the canonical standard form: a lenient decoder would let one payload have many spellings. */
function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new FeedError('FEED_MALFORMED', 'The payload of the head is no base64.');
  return bytes;
}
