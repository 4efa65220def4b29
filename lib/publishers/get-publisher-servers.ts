import { MARKS_SELECT, marksOf, namespaceHolders } from '#lib/catalog/marks.ts';
import { movedToOf } from '#lib/catalog/server-moves.ts';
import type { VersionOrigin, VersionRow } from '#lib/catalog/views.ts';
import { db, type Prisma } from '#lib/db/db.ts';

export type PublisherVersion = VersionRow & { statusMessage: string | null; origin: VersionOrigin };

export type PublisherServer = {
  name: string;
  /** Where it went, when it goes on under another name. */
  movedTo: string | null;
  versionCount: number;
  /** The newest, at most VERSIONS_OF_MANY of them unless one server was asked for. */
  versions: PublisherVersion[];
};

export const SERVERS_A_PAGE = 20;
const VERSIONS_OF_MANY = 10;
const VERSIONS_OF_ONE = 500;

/**
 * The servers under these namespaces in the order of their names, one page of them, or the one that `only` names. Those
 * whose versions are all deleted come with `isDeleted` alone: tombstones pile up, and must not push away what is there.
 */
export async function getPublisherServers({
  namespaces,
  only,
  isDeleted = false,
  page = 1,
}: {
  namespaces: readonly string[];
  only?: string;
  isDeleted?: boolean;
  page?: number;
}): Promise<{ servers: PublisherServer[]; total: number; deletedTotal: number }> {
  const inNamespaces = { namespace: { in: [...namespaces] } };
  const left = { status: { not: 'deleted' } } satisfies Prisma.VersionWhereInput;
  const gone = { ...inNamespaces, versions: { none: left } };
  const there = { ...inNamespaces, versions: { some: left } };
  const where = only === undefined ? (isDeleted ? gone : there) : { ...inNamespaces, name: only };
  const [rows, total, deletedTotal, holders] = await Promise.all([
    db().server.findMany({
      where,
      orderBy: { name: 'asc' },
      skip: (page - 1) * SERVERS_A_PAGE,
      take: SERVERS_A_PAGE,
      select: {
        name: true,
        _count: { select: { versions: true } },
        versions: {
          orderBy: { publishedAt: 'desc' },
          take: only === undefined ? VERSIONS_OF_MANY : VERSIONS_OF_ONE,
          select: { ...MARKS_SELECT, statusMessage: true },
        },
      },
    }),
    db().server.count({ where }),
    db().server.count({ where: gone }),
    namespaceHolders(namespaces),
  ]);
  const moved = await movedToOf(rows.map(({ name }) => name));
  const servers = rows.map(({ name, _count, versions }) => ({
    name,
    movedTo: moved.get(name) ?? null,
    versionCount: _count.versions,
    versions: versions.map((row) => ({
      version: row.version,
      status: row.status,
      statusMessage: row.statusMessage,
      origin: row.origin,
      isLatest: row.isLatest,
      publishedAt: row.publishedAt.toISOString(),
      marks: marksOf(row, holders),
    })),
  }));
  return { servers, total, deletedTotal };
}
