import { config } from '#lib/config/config.ts';
import type { Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import { namesMovingTo } from './server-moves.ts';

/** The index over them takes entries of up to 2,700 bytes; no server is reached at a longer address. */
const MAX_INDEXED_BYTES = 2000;

/** Addresses of a manifest's remotes, each once. */
export const remoteUrlsOf = (manifest: Pick<Manifest, 'remotes'>): string[] => [
  ...new Set(
    (manifest.remotes ?? []).map(({ url }) => url).filter((url) => Buffer.byteLength(url) <= MAX_INDEXED_BYTES),
  ),
];

/**
 * Throws REMOTE_TAKEN when a server of another name has published one of these addresses, as the official registry does.
 * Deleted versions free theirs, a server that moves shares its own; mirrored ones are not ours to judge. HALLMARK_UNIQUE_REMOTES turns it off: several
 * servers behind one gateway address are usual inside a company.
 */
export async function requireFreeRemotes(
  tx: Tx,
  { serverName, urls }: { serverName: string; urls: readonly string[] },
): Promise<void> {
  if (urls.length === 0 || !config().HALLMARK_UNIQUE_REMOTES) return;
  // One at a time: of two servers that are published with the same address at once, one has to see the other.
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('remote-urls', 0))`;
  const taken = await tx.version.findFirst({
    where: {
      serverName: { notIn: [serverName, ...(await namesMovingTo(tx, serverName))] },
      origin: 'published',
      status: { not: 'deleted' },
      remoteUrls: { hasSome: [...urls] },
    },
    select: { serverName: true, remoteUrls: true },
  });
  if (!taken) return;
  const url = taken.remoteUrls.find((candidate) => urls.includes(candidate));
  throw new DomainError('REMOTE_TAKEN', `remote URL ${url} is already used by server ${taken.serverName}`);
}
