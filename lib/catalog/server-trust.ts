import { db } from '#lib/db/db.ts';
import { PUBLIC_NAMESPACE_SELECT, type PublicNamespace, publicNamespace } from '#lib/publishers/public-namespace.ts';
import { isByHolder } from './marks.ts';
import type { UpstreamView, VersionOrigin } from './views.ts';

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
