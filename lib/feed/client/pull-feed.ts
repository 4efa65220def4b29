import path from 'node:path';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import type { AllowlistDocument, FeedHead, FeedTrust, RevocationsDocument } from '../documents.ts';
import { FeedError, type FeedWarning } from '../feed-error.ts';
import { parseAllowlist, parseRevocations, parseTrust } from '../parse-documents.ts';
import { readRoot } from '../tuf/root.ts';
import { FEED_PATHS } from '../tuf/tuf-format.ts';
import { archiveFetch, readFeedArchive } from './feed-archive.ts';
import { FeedStore, type StoredFeed } from './feed-store.ts';
import { type Fetch, type HttpSource, httpGetRequired } from './http-get.ts';
import { FEED_LIMITS } from './limits.ts';
import { earlier } from './load-accepted.ts';
import { type Attempt, readHead } from './read-head.ts';
import { readTuf, type TufReading, type TufTarget } from './read-tuf.ts';

const ROOT_ENDS_SOON_MS = 60 * 24 * 3_600_000;

export type AcceptedFeed = {
  head: FeedHead;
  /** The signed envelope of the head, byte for byte. */
  headBytes: Buffer;
  /** When the list stops being fresh: the head's `expires` or the TUF timestamp's, whichever comes first. */
  freshUntil: Date;
  allowlist: AllowlistDocument;
  revocations: RevocationsDocument;
  /** The signed documents, byte for byte. */
  allowlistBytes: Buffer;
  revocationsBytes: Buffer;
};

export type PulledFeed = AcceptedFeed & {
  /** False when this list was the accepted one already. */
  changed: boolean;
  warnings: FeedWarning[];
};

/**
 * Fetches the feed, checks both profiles and that they give the same bytes, and only then remembers it in `stateDir`
 * (README.md lists the order). Nothing is remembered when it throws, except a TUF root or a recovery head that verified.
 * `now` is the time for every expiry. `archive` is a file of `hallmark feed export` to read in place of the network,
 * with the same checks; `token` a gateway token, for a base URL without path key. Throws `FeedError`.
 */
export async function pullFeed({
  trust,
  stateDir,
  archive,
  token,
  fetch = globalThis.fetch,
  now = new Date(),
  timeoutMs,
}: {
  trust: FeedTrust;
  stateDir: string;
  archive?: string | undefined;
  token?: string | undefined;
  fetch?: Fetch;
  now?: Date;
  timeoutMs?: number;
}): Promise<PulledFeed> {
  const checked = requireTrust(trust);
  const { baseUrl } = checked;
  const reader = archive === undefined ? fetch : archiveFetch({ documents: await readFeedArchive(archive), baseUrl });
  const source: HttpSource = { baseUrl, fetch: reader, token, ...(timeoutMs ? { timeoutMs } : {}) };
  const isArchive = archive !== undefined;
  const attempt = { trust: checked, source, store: new FeedStore(stateDir), now, isArchive };
  try {
    return await pullOnce({ ...attempt, useEtag: !isArchive }).catch((error: unknown) => {
      // A publication between the requests for head and TUF looks like this; the second look is decisive.
      if (error instanceof FeedError && error.code === 'FEED_PROFILES_DISAGREE') {
        return pullOnce({ ...attempt, useEtag: false });
      }
      throw error;
    });
  } catch (error) {
    if (error instanceof FeedError) throw error;
    throw new FeedError('FEED_STATE_IO', `${stateDir} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

async function pullOnce(attempt: Attempt): Promise<PulledFeed> {
  const { trust, source, store, now } = attempt;
  const state = await store.load(trust);
  const { head, envelopeBytes, etag, warnings } = await readHead({ ...attempt, state });
  const allowlistBytes = await readBody({ source, store, reference: head.body, limit: FEED_LIMITS.allowlist });
  const revocationsBytes = await readBody({
    source,
    store,
    reference: head.revocations,
    limit: FEED_LIMITS.revocations,
  });
  const documents = readDocuments({ head, allowlistBytes, revocationsBytes });

  const work = await store.beginWork({ trust, state });
  let timestampExpires: string;
  try {
    const tuf = await readTuf({ source, dir: path.join(work, 'tuf'), now }).finally(() =>
      store.keepVerifiedRoot({ trust, work }),
    );
    await compareProfiles({ head, tuf, state, allowlistBytes, revocationsBytes });
    warnings.push(...sourceWarnings({ trust, tuf, now, isArchive: attempt.isArchive }));
    timestampExpires = tuf.timestampExpires;
    await store.commit({
      trust,
      work,
      head: envelopeBytes,
      bodies: { [head.body.sha256]: allowlistBytes, [head.revocations.sha256]: revocationsBytes },
      state: {
        v: 1,
        org: head.org,
        epoch: head.epoch,
        serial: head.serial,
        allowlistSha256: head.body.sha256,
        revocationsSha256: head.revocations.sha256,
        headEtag: etag,
        acceptedAt: now.toISOString(),
      },
    });
  } finally {
    await store.endWork(work);
  }
  const changed = !state || state.epoch !== head.epoch || state.serial !== head.serial;
  const freshUntil = earlier(new Date(head.expires), new Date(timestampExpires));
  return {
    ...documents,
    head,
    headBytes: envelopeBytes,
    freshUntil,
    allowlistBytes,
    revocationsBytes,
    changed,
    warnings,
  };
}

async function readBody({
  source,
  store,
  reference,
  limit,
}: {
  source: HttpSource;
  store: FeedStore;
  reference: FeedHead['body'];
  limit: number;
}): Promise<Buffer> {
  const { sha256, length } = reference;
  if (length > limit)
    throw new FeedError('FEED_TOO_LARGE', `The head names a body of ${length} bytes; ${limit} are the limit.`);
  const known = await store.body(sha256);
  if (known?.length === length) return known;
  const { bytes } = await httpGetRequired({ source, path: FEED_PATHS.body(sha256), maxBytes: limit });
  if (bytes.length !== length || sha256Hex(bytes) !== sha256) {
    throw new FeedError(
      'FEED_BODY_MISMATCH',
      `The body ${sha256.slice(0, 12)} is not the one that the signed head names.`,
    );
  }
  return bytes;
}

/** Both documents, which must belong to this head and to nothing else. Throws FEED_MALFORMED or FEED_BODY_MISMATCH. */
function readDocuments({
  head,
  allowlistBytes,
  revocationsBytes,
}: {
  head: FeedHead;
  allowlistBytes: Buffer;
  revocationsBytes: Buffer;
}): { allowlist: AllowlistDocument; revocations: RevocationsDocument } {
  const allowlist = parseAllowlist(allowlistBytes);
  const revocations = parseRevocations(revocationsBytes);
  for (const [label, document] of Object.entries({ allowlist, revocations })) {
    if (document.org !== head.org || document.epoch !== head.epoch || document.serial !== head.serial) {
      throw new FeedError(
        'FEED_BODY_MISMATCH',
        `The ${label} says ${document.org}, epoch ${document.epoch}, serial ${document.serial}; the head that names it says ${head.org}, ${head.epoch}, ${head.serial}.`,
      );
    }
  }
  return { allowlist, revocations };
}

async function compareProfiles({
  head,
  tuf,
  state,
  allowlistBytes,
  revocationsBytes,
}: {
  head: FeedHead;
  tuf: TufReading;
  state: StoredFeed | null;
  allowlistBytes: Buffer;
  revocationsBytes: Buffer;
}): Promise<void> {
  if (tuf.rootVersion < head.tufRootVersion) {
    throw new FeedError(
      'FEED_PROFILES_DISAGREE',
      `The head names TUF root ${head.tufRootVersion}, but the repository ends at root ${tuf.rootVersion}: newer roots are being withheld.`,
    );
  }
  const compare = async (label: string, target: TufTarget, bytes: Buffer, acceptedSha256: string | undefined) => {
    const sha256 = sha256Hex(bytes);
    if (target.sha256 !== sha256 || target.length !== bytes.length || target.serial !== head.serial) {
      throw new FeedError(
        'FEED_PROFILES_DISAGREE',
        `The head names the ${label} ${sha256.slice(0, 12)} of serial ${head.serial}, the TUF repository ${target.sha256.slice(0, 12)} of serial ${target.serial}.`,
      );
    }
    // Bytes that were accepted before were compared before.
    if (sha256 !== acceptedSha256 && !bytes.equals(await target.download())) {
      throw new FeedError(
        'FEED_PROFILES_DISAGREE',
        `The TUF repository gives other bytes for the ${label} than the body.`,
      );
    }
  };
  await compare('allowlist', tuf.allowlist, allowlistBytes, state?.allowlistSha256);
  await compare('revocations', tuf.revocations, revocationsBytes, state?.revocationsSha256);
}

function sourceWarnings({
  trust,
  tuf,
  now,
  isArchive,
}: {
  trust: FeedTrust;
  tuf: TufReading;
  now: Date;
  isArchive: boolean;
}): FeedWarning[] {
  const warnings: FeedWarning[] = [];
  const { protocol, hostname } = new URL(trust.baseUrl);
  if (!isArchive && protocol === 'http:' && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    warnings.push({
      code: 'FEED_WARN_PLAIN_HTTP',
      message: `${hostname} is read over plain http: the list is signed, but anyone on the way can read it.`,
    });
  }
  if (Date.parse(tuf.rootExpires) - now.getTime() < ROOT_ENDS_SOON_MS) {
    warnings.push({
      code: 'FEED_WARN_ROOT_ENDS',
      message: `The TUF root of ${trust.org} expires at ${tuf.rootExpires}; its owner has to publish a new one.`,
    });
  }
  return warnings;
}

function requireTrust(trust: FeedTrust): FeedTrust {
  const checked = parseTrust(trust);
  try {
    readRoot(Buffer.from(JSON.stringify(checked.tufRoot), 'utf8'));
  } catch (cause) {
    throw new FeedError('FEED_TRUST_MALFORMED', 'The tufRoot of the trust file is no TUF root.', { cause });
  }
  return checked;
}
