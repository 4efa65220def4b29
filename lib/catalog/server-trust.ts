import { db } from '#lib/db/db.ts';
import { PUBLIC_NAMESPACE_SELECT, type PublicNamespace, publicNamespace } from '#lib/publishers/public-namespace.ts';
import { PUBLIC_GOOD_NAME } from '#lib/signing/index.ts';
import { confirmedAtOf } from './list-trust-roots.ts';
import { isByHolder } from './marks.ts';
import { usablePublicGood } from './trust-roots.ts';
import type { RootAge, UpstreamView, VersionOrigin } from './views.ts';

/** The proof of whoever answers for a version: of the namespace's holder, where the version is the holder's. */
export async function proofOf(namespace: string, origin: VersionOrigin): Promise<PublicNamespace | null> {
  const row = await db().namespace.findUnique({ where: { name: namespace }, select: PUBLIC_NAMESPACE_SELECT });
  return row && isByHolder(origin, row.proofKind) ? publicNamespace(row) : null;
}

/** The upstream registry that a mirrored version came from, while this instance still follows it. */
export async function upstreamOf(source: string | null): Promise<UpstreamView | null> {
  if (source === null) return null;
  const row = await db().syncSource.findFirst({
    where: { baseUrl: source },
    select: { name: true, baseUrl: true, isEnabled: true, watermark: true, lastRun: true },
  });
  if (!row) return null;
  const finishedAt = (row.lastRun as { finishedAt?: string } | null)?.finishedAt ?? null;
  return { name: row.name, baseUrl: row.baseUrl, isEnabled: row.isEnabled, syncedAt: finishedAt };
}

/** How current each of these trust roots is; a root that is not trusted any more is missing. */
export async function rootAges(names: string[]): Promise<ReadonlyMap<string, RootAge>> {
  if (names.length === 0) return new Map();
  const rows = await db().trustRoot.findMany({ where: { name: { in: names } } });
  const ages = new Map<string, RootAge>();
  if (names.includes(PUBLIC_GOOD_NAME)) ages.set(PUBLIC_GOOD_NAME, { kind: 'shipped', at: null });
  for (const row of rows) {
    // The shipped root stands in for a stored one that cannot be used.
    if (row.name === PUBLIC_GOOD_NAME && !usablePublicGood(row)) continue;
    ages.set(row.name, { kind: row.tufMirror === null ? 'added' : 'refreshed', at: confirmedAtOf(row) });
  }
  return ages;
}
