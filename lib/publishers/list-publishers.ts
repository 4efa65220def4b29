import { type TokenView, tokenView } from '#lib/auth/token-view.ts';
import type { PublisherRole, Viewer } from '#lib/auth/viewer.ts';
import type { PublisherLevel } from '#lib/catalog/views.ts';
import { db } from '#lib/db/db.ts';
import { overallLevel } from './get-publisher-console.ts';

export type PublisherSummary = {
  slug: string;
  displayName: string;
  level: PublisherLevel;
  /** Of the viewer; null where they do not belong to it. */
  role: PublisherRole | null;
  namespaces: string[];
  /** Namespaces that another publisher offers to this one. */
  incoming: number;
};

const SHOWN_TO_ADMINS = 200;

/** The viewer's publishers; for an instance admin also the others of this instance, at most 200. */
export async function listPublishers(
  viewer: Viewer,
  now = new Date(),
): Promise<{ own: PublisherSummary[]; others: PublisherSummary[] }> {
  const include = {
    namespaces: { orderBy: { name: 'asc' } },
    _count: { select: { transfersIn: { where: { state: 'offered', expiresAt: { gt: now } } } } },
  } as const;
  const ids = viewer.publishers.map(({ id }) => id);
  const [own, others] = await Promise.all([
    db().publisher.findMany({ where: { id: { in: ids } }, orderBy: { slug: 'asc' }, include }),
    viewer.isInstanceAdmin
      ? db().publisher.findMany({
          where: { id: { notIn: ids } },
          orderBy: { slug: 'asc' },
          take: SHOWN_TO_ADMINS,
          include,
        })
      : [],
  ]);
  const summary = (row: (typeof own)[number]): PublisherSummary => ({
    slug: row.slug,
    displayName: row.displayName,
    level: overallLevel(row.level, row.namespaces),
    role: viewer.publishers.find(({ id }) => id === row.id)?.role ?? null,
    namespaces: row.namespaces.map(({ name }) => name),
    incoming: row._count.transfersIn,
  });
  return { own: own.map(summary), others: others.map(summary) };
}

/** Publish tokens that the viewer issued, whatever the publisher. */
export async function listOwnTokens(viewer: Viewer): Promise<TokenView[]> {
  const rows = await db().accessToken.findMany({
    where: { kind: 'publish', createdById: viewer.id },
    orderBy: { createdAt: 'desc' },
    take: 100,
  });
  return rows.map(tokenView);
}
