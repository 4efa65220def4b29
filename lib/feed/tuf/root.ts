import { Metadata, MetadataKind, Root } from '@tufjs/models';
import { FeedBuildError } from '../feed-error.ts';
import type { FeedKeyRole, KeyProvider } from '../keys/key-provider.ts';
import type { PublicFeedKey } from '../keys/pinned-key.ts';
import { metadataBytes, signMetadata, type TufSigned, tufKey } from './sign-metadata.ts';
import { expiresAt, FEED_TTL_MS, TUF_ROLES_OF, TUF_SPEC_VERSION } from './tuf-format.ts';

/** Signers by role; several in a role during a rotation, or where more than one must sign. */
export type FeedKeys = Record<FeedKeyRole, KeyProvider[]>;

/**
 * The bytes of `1.root.json`, or of the next root after `previousRoot`.
 * A next root is signed by the new root keys and by `oldRootKeys`; it is refused here (`FEED_BUILD_ROOT_UNSIGNED`)
 * when readers of the previous root would refuse it (§5.3.4 of the specification).
 * `rootThreshold` is how many root keys must sign; the other roles need one.
 */
export async function buildRoot({
  now,
  keys,
  previousRoot = null,
  oldRootKeys = [],
  rootThreshold = 1,
  listed = keys,
}: {
  now: Date;
  keys: FeedKeys;
  /** The keys that the root names, where they are not the ones that sign: offline root keys, or keys that only wait. */
  listed?: Record<FeedKeyRole, PublicFeedKey[]>;
  previousRoot?: Uint8Array | null;
  oldRootKeys?: KeyProvider[];
  rootThreshold?: number;
}): Promise<{ bytes: Buffer; version: number }> {
  const previous = previousRoot ? readRoot(previousRoot) : null;
  const root = new Root({
    version: (previous?.signed.version ?? 0) + 1,
    specVersion: TUF_SPEC_VERSION,
    expires: expiresAt(now, FEED_TTL_MS.root),
    consistentSnapshot: true,
  });
  for (const [role, signers] of Object.entries(listed) as [FeedKeyRole, PublicFeedKey[]][]) {
    if (signers.length === 0) throw new FeedBuildError('FEED_BUILD_NO_SIGNER', `The role ${role} has no key.`);
    for (const signer of signers) {
      const key = tufKey({ publicKey: signer.publicKey(), algorithm: signer.algorithm });
      for (const tufRole of TUF_ROLES_OF[role]) root.addKey(key, tufRole);
    }
  }
  // Role.threshold is read-only in the model's types; the value must stay at least 1 (go-tuf GHSA-fphv-w9fq-2525).
  if (!Number.isInteger(rootThreshold) || rootThreshold < 1 || rootThreshold > listed.root.length) {
    throw new FeedBuildError(
      'FEED_BUILD_NO_SIGNER',
      `A root signed by ${rootThreshold} of ${listed.root.length} keys is not possible.`,
    );
  }
  Object.assign(root.roles.root as object, { threshold: rootThreshold });

  const signers = new Map([...keys.root, ...oldRootKeys].map((signer) => [signer.id, signer]));
  const metadata = await signMetadata(root, [...signers.values()]);
  try {
    previous?.verifyDelegate(MetadataKind.Root, metadata);
    metadata.verifyDelegate(MetadataKind.Root, metadata);
  } catch (cause) {
    throw new FeedBuildError(
      'FEED_BUILD_ROOT_UNSIGNED',
      `Root ${root.version} lacks signatures: readers that trust root ${root.version - 1} would refuse it.`,
      { cause },
    );
  }
  return { bytes: metadataBytes(metadata), version: root.version };
}

/** A root as it stands in storage or in a trust file; its own signatures are not checked here. */
export function readRoot(bytes: Uint8Array): Metadata<Root> {
  return Metadata.fromJSON(MetadataKind.Root, JSON.parse(Buffer.from(bytes).toString('utf8')));
}

/** Throws `FEED_BUILD_FOREIGN_KEY` unless readers of `root` accept `metadata` in its role. */
export function requireSignedUnder(root: Metadata<Root>, metadata: Metadata<TufSigned>): void {
  const role = metadata.signed.type;
  try {
    root.verifyDelegate(role, metadata);
  } catch (cause) {
    throw new FeedBuildError(
      'FEED_BUILD_FOREIGN_KEY',
      `${role}.json is signed with a key that root ${root.signed.version} does not name for it: publish a new root first.`,
      { cause },
    );
  }
}
