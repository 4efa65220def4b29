import { requireAdmin } from '#lib/auth/admin-tokens.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import type { PublisherLevel } from '#lib/catalog/views.ts';
import { db, type Prisma } from '#lib/db/db.ts';
import { PUBLIC_NAMESPACE_SELECT, type PublicNamespace, publicNamespace } from './public-namespace.ts';

/** A publisher as an instance admin sees it in a list. */
export type PublisherRow = {
  slug: string;
  displayName: string;
  level: PublisherLevel;
  members: number;
  namespaces: PublicNamespace[];
};

export const PUBLISHERS_A_PAGE = 25;
/** Longer than any namespace; more is not a search. */
const MAX_TEXT = 200;

/**
 * Publishers whose name, short name or namespace has the text in it, by short name; `isFailing` keeps those with a proof
 * that is not seen. Pages count from 1. Throws FORBIDDEN.
 */
export async function searchPublishers({
  viewer,
  text = '',
  isFailing = false,
  page = 1,
}: {
  viewer: Viewer;
  text?: string;
  isFailing?: boolean;
  page?: number;
}): Promise<{ publishers: PublisherRow[]; total: number; failing: number }> {
  requireAdmin(viewer);
  // PostgreSQL takes no NUL, and `contains` must not read wildcards.
  const words = text
    .trim()
    .slice(0, MAX_TEXT)
    .replaceAll('\0', '')
    .replace(/[\\%_]/g, '\\$&');
  const contains = { contains: words, mode: 'insensitive' } as const;
  const failing: Prisma.PublisherWhereInput = { namespaces: { some: { failingSince: { not: null } } } };
  const where: Prisma.PublisherWhereInput = {
    AND: [
      words === ''
        ? {}
        : { OR: [{ slug: contains }, { displayName: contains }, { namespaces: { some: { name: contains } } }] },
      isFailing ? failing : {},
    ],
  };
  const [rows, total, failingCount] = await Promise.all([
    db().publisher.findMany({
      where,
      orderBy: { slug: 'asc' },
      skip: (page - 1) * PUBLISHERS_A_PAGE,
      take: PUBLISHERS_A_PAGE,
      select: {
        slug: true,
        displayName: true,
        level: true,
        namespaces: { select: PUBLIC_NAMESPACE_SELECT, orderBy: { name: 'asc' } },
        _count: { select: { members: true } },
      },
    }),
    db().publisher.count({ where }),
    db().publisher.count({ where: failing }),
  ]);
  return {
    publishers: rows.map(({ namespaces, _count, ...row }) => ({
      ...row,
      members: _count.members,
      namespaces: namespaces.map(publicNamespace),
    })),
    total,
    failing: failingCount,
  };
}
