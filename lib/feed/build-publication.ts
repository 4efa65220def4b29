import type { Metadata, Root, Targets } from '@tufjs/models';
import { canonicalText } from './canonical-text.ts';
import type { AllowlistDocument, FeedHead, Narrowing, RevocationsDocument } from './documents.ts';
import { signHead } from './dsse.ts';
import { FeedBuildError } from './feed-error.ts';
import type { FeedKeyRole, KeyProvider } from './keys/key-provider.ts';
import type { PublicFeedKey } from './keys/pinned-key.ts';
import { buildSnapshot, buildTargets, buildTimestamp } from './tuf/build-metadata.ts';
import { buildRoot, type FeedKeys, readRoot, requireSignedUnder } from './tuf/root.ts';
import { metadataBytes } from './tuf/sign-metadata.ts';
import { expiresAt, FEED_TTL_MS, TUF_TARGETS, wholeSeconds } from './tuf/tuf-format.ts';

export const DEFAULT_REFRESH_SECONDS = 60;
export const DEFAULT_GRACE_SECONDS = 86_400;

/** Version numbers of the TUF documents; each grows by one whenever its document is made anew. */
export type TufVersions = { root: number; targets: number; snapshot: number; timestamp: number };

/** What the next publication needs to know of the one before. */
export type PreviousPublication = { rootBytes: Uint8Array; versions: TufVersions };

export type Publication = {
  head: FeedHead;
  headEnvelopeBytes: Buffer;
  allowlistBytes: Buffer;
  revocationsBytes: Buffer;
  tuf: {
    /** Only when this publication made a new root. */
    root: Buffer | null;
    targets: Buffer;
    snapshot: Buffer;
    timestamp: Buffer;
    versions: TufVersions;
  };
};

export type PublicationInput = {
  org: string;
  epoch: number;
  serial: number;
  now: Date;
  servers: AllowlistDocument['servers'];
  revocations: RevocationsDocument['revocations'];
  teams?: Narrowing[];
  /** Groups of agents. */
  groups?: Narrowing[];
  mode?: AllowlistDocument['mode'];
  onStale?: AllowlistDocument['onStale'];
  graceSeconds?: number;
  refreshSeconds?: number;
  /** `root` may be empty unless a root is made: the root key is normally not here. */
  keys: FeedKeys;
  /** null for the first publication, which makes `1.root.json`. */
  previous: PreviousPublication | null;
  /** Given to make the next root in this publication, for a rotation of any key or before the root expires. */
  newRoot?: {
    oldRootKeys?: KeyProvider[];
    rootThreshold?: number;
    listed?: Record<FeedKeyRole, PublicFeedKey[]>;
  };
  /** How long the head is good for; the TUF timestamp keeps its own lease. */
  headTtlMs?: number;
  /** At least how long targets and snapshot are good for. */
  minTtlMs?: number;
  /** What the head says about keys, signed by `signers` beside the feed keys: recovery keys. */
  recovery?: Pick<FeedHead, 'revokedKeys' | 'feedKeys' | 'recoveryKeys'> & { signers: KeyProvider[] };
  audit?: FeedHead['audit'] | null;
};

/**
 * One publication of a feed: both documents, the signed head and the TUF metadata over the very same bytes.
 * Pure but for the signers. The same input gives the same documents; nothing is returned that readers of the current
 * root would refuse. Throws `FeedBuildError`.
 */
export async function buildPublication(input: PublicationInput): Promise<Publication> {
  const { org, epoch, serial, now, keys, previous, refreshSeconds = DEFAULT_REFRESH_SECONDS } = input;
  const allowlistBytes = canonicalBytes(allowlistDocument(input));
  const revocationsBytes = canonicalBytes(revocationsDocument(input));

  const made =
    previous && !input.newRoot
      ? null
      : await buildRoot({ now, keys, previousRoot: previous?.rootBytes ?? null, ...input.newRoot });
  const root = readRoot(made?.bytes ?? (previous as PreviousPublication).rootBytes);
  const versions: TufVersions = {
    root: root.signed.version,
    targets: (previous?.versions.targets ?? 0) + 1,
    snapshot: (previous?.versions.snapshot ?? 0) + 1,
    timestamp: (previous?.versions.timestamp ?? 0) + 1,
  };

  const targets = await buildTargets({
    version: versions.targets,
    now,
    signers: keys.feed,
    ttlMs: Math.max(FEED_TTL_MS.targets, input.minTtlMs ?? 0),
    serial,
    documents: { [TUF_TARGETS.allowlist]: allowlistBytes, [TUF_TARGETS.revocations]: revocationsBytes },
  });
  requireSignedUnder(root, targets);
  const targetsBytes = metadataBytes(targets);
  const snapshot = await buildSnapshot({
    version: versions.snapshot,
    now,
    signers: keys.freshness,
    ttlMs: Math.max(FEED_TTL_MS.snapshot, input.minTtlMs ?? 0),
    targets: { version: versions.targets, bytes: targetsBytes },
  });
  requireSignedUnder(root, snapshot);
  const snapshotBytes = metadataBytes(snapshot);
  const timestampBytes = await freshTimestamp({ root, keys, now, versions, snapshotBytes });

  const head: FeedHead = {
    v: 1,
    org,
    epoch,
    serial,
    ...headTimes(now, input.headTtlMs),
    refreshSeconds,
    body: referenceTo(targets, TUF_TARGETS.allowlist),
    revocations: referenceTo(targets, TUF_TARGETS.revocations),
    tufRootVersion: versions.root,
    ...(input.audit ? { audit: input.audit } : {}),
    ...saidOfKeys(input.recovery),
  };
  return {
    head,
    headEnvelopeBytes: await envelopeBytes(head, keys.feed, input.recovery?.signers),
    allowlistBytes,
    revocationsBytes,
    tuf: {
      root: made?.bytes ?? null,
      targets: targetsBytes,
      snapshot: snapshotBytes,
      timestamp: timestampBytes,
      versions,
    },
  };
}

/** The digest that the targets name: ten megabytes are hashed once, and head and targets cannot differ. */
function referenceTo({ signed }: Metadata<Targets>, path: string): FeedHead['body'] {
  const { length, hashes } = signed.targets[path]!;
  return { sha256: hashes.sha256!, length };
}

function saidOfKeys(recovery: PublicationInput['recovery']): Partial<FeedHead> {
  if (!recovery) return {};
  const { signers: _, ...said } = recovery;
  return said;
}

/**
 * The same publication with a new lease: a head with the same serial and bodies, and the next timestamp over the same
 * snapshot; for closed networks both longer, and the head marked so. Sign every `FRESHNESS_INTERVAL_MS`; after `REPUBLISH_AFTER_MS` publish anew instead, since targets and
 * snapshot keep their old expiry. Throws `FeedBuildError`.
 */
export async function refreshFreshness({
  head,
  snapshotBytes,
  previous,
  now,
  keys,
  headTtlMs,
  offlineTtlMs,
}: {
  head: FeedHead;
  snapshotBytes: Buffer;
  previous: PreviousPublication;
  now: Date;
  keys: Pick<FeedKeys, 'feed' | 'freshness'>;
  headTtlMs?: number | undefined;
  /** For an archive: how long head and timestamp are good for. */
  offlineTtlMs?: number | undefined;
}): Promise<{ head: FeedHead; headEnvelopeBytes: Buffer; timestamp: Buffer; versions: TufVersions }> {
  const { timestamp, versions } = await nextTimestamp({ snapshotBytes, previous, now, keys, ttlMs: offlineTtlMs });
  // What a recovery key said stays in the head that it signed.
  const { revokedKeys: _, feedKeys: __, recoveryKeys: ___, ...lasting } = head;
  const fresh: FeedHead = {
    ...lasting,
    ...headTimes(now, offlineTtlMs ?? headTtlMs),
    tufRootVersion: versions.root,
    ...(offlineTtlMs === undefined ? {} : { offline: true as const }),
  };
  return { head: fresh, headEnvelopeBytes: await envelopeBytes(fresh, keys.feed), timestamp, versions };
}

/** The next timestamp alone, over the same snapshot: needs no feed key. Throws `FeedBuildError`. */
export async function nextTimestamp({
  snapshotBytes,
  previous,
  now,
  keys,
  ttlMs,
}: {
  snapshotBytes: Buffer;
  previous: PreviousPublication;
  now: Date;
  keys: Pick<FeedKeys, 'freshness'>;
  ttlMs?: number | undefined;
}): Promise<{ timestamp: Buffer; versions: TufVersions }> {
  const root = readRoot(previous.rootBytes);
  const versions = { ...previous.versions, root: root.signed.version, timestamp: previous.versions.timestamp + 1 };
  return { timestamp: await freshTimestamp({ root, keys, now, versions, snapshotBytes, ttlMs }), versions };
}

async function freshTimestamp({
  root,
  keys,
  now,
  versions,
  snapshotBytes,
  ttlMs,
}: {
  root: Metadata<Root>;
  keys: Pick<FeedKeys, 'freshness'>;
  now: Date;
  versions: TufVersions;
  snapshotBytes: Buffer;
  ttlMs?: number | undefined;
}): Promise<Buffer> {
  const timestamp = await buildTimestamp({
    version: versions.timestamp,
    now,
    signers: keys.freshness,
    ttlMs: ttlMs ?? FEED_TTL_MS.timestamp,
    snapshot: { version: versions.snapshot, bytes: snapshotBytes },
  });
  requireSignedUnder(root, timestamp);
  return metadataBytes(timestamp);
}

async function envelopeBytes(head: FeedHead, signers: KeyProvider[], recovery: KeyProvider[] = []): Promise<Buffer> {
  if (signers.length === 0)
    throw new FeedBuildError('FEED_BUILD_NO_SIGNER', 'There is no feed key to sign the head with.');
  return Buffer.from(JSON.stringify(await signHead(head, [...signers, ...recovery])), 'utf8');
}

function headTimes(now: Date, ttlMs: number = FEED_TTL_MS.head): Pick<FeedHead, 'issuedAt' | 'expires'> {
  return { issuedAt: wholeSeconds(now), expires: expiresAt(now, ttlMs) };
}

function allowlistDocument(input: PublicationInput): AllowlistDocument {
  const { org, epoch, serial, now, servers } = input;
  requireDistinct(servers, ({ name }) => name, 'The allowlist');
  return {
    v: 1,
    org,
    epoch,
    serial,
    generatedAt: wholeSeconds(now),
    mode: input.mode ?? 'allowlist',
    default: 'deny',
    onStale: input.onStale ?? 'block_new',
    graceSeconds: input.graceSeconds ?? DEFAULT_GRACE_SECONDS,
    servers: [...servers].sort(by(({ name }) => name)).map(({ name, versions }) => {
      requireDistinct(versions, ({ version }) => version, name);
      return {
        name,
        versions: versions.map((entry) => ({ ...entry, tools: sortedTools(entry.tools, `${name}@${entry.version}`) })),
      };
    }),
    ...narrowings('teams', input.teams),
    ...narrowings('groups', input.groups),
  };
}

/** Left out where there are none, so that the document of an organization without parts stays as it was. */
function narrowings(member: 'teams' | 'groups', parts: Narrowing[] = []): Partial<AllowlistDocument> {
  if (parts.length === 0) return {};
  requireDistinct(parts, ({ name }) => name, `The list of ${member}`);
  return {
    [member]: [...parts].sort(by(({ name }) => name)).map((part) => {
      requireDistinct(part.servers, ({ name }) => name, part.name);
      return { ...part, servers: [...part.servers].sort(by(({ name }) => name)) };
    }),
  };
}

function sortedTools(
  tools: AllowlistDocument['servers'][number]['versions'][number]['tools'],
  label: string,
): typeof tools {
  requireDistinct(tools.allow, ({ name }) => name, label);
  return { ...tools, allow: [...tools.allow].sort(by(({ name }) => name)) };
}

function revocationsDocument({ org, epoch, serial, now, revocations }: PublicationInput): RevocationsDocument {
  return {
    v: 1,
    org,
    epoch,
    serial,
    generatedAt: wholeSeconds(now),
    revocations: [...revocations].sort(by(({ name, version = '', at }) => `${name}\n${version}\n${at}`)),
  };
}

/** RFC 8785: the bytes depend on the content alone, not on the order in which a caller built its objects. */
function canonicalBytes(document: AllowlistDocument | RevocationsDocument): Buffer {
  return Buffer.from(canonicalText(document), 'utf8');
}

function requireDistinct<T>(items: T[], nameOf: (item: T) => string, label: string): void {
  const seen = new Set<string>();
  for (const name of items.map(nameOf)) {
    if (seen.has(name)) throw new FeedBuildError('FEED_BUILD_DUPLICATE', `${label} lists ${name} twice.`);
    seen.add(name);
  }
}

/** Ascending by UTF-16 code units, as every JavaScript engine does alike; never by locale. */
function by<T>(keyOf: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
}
