import type { PublisherLevel, ServerCard } from '#lib/catalog/views.ts';
import { db, type Prisma } from '#lib/db/db.ts';
import { loadServerCards } from '#lib/search/server-cards.ts';
import type { SignerIdentity } from '#lib/signing/types.ts';
import { PUBLIC_NAMESPACE_SELECT, type PublicNamespace, publicNamespace } from './public-namespace.ts';
import { type HistoryEntry, publisherHistory } from './publisher-history.ts';
import { identityText } from './signer-identities.ts';

/** A publisher as everybody may see it: no member, no token, no e-mail address of an account. */
export type PublisherPage = {
  slug: string;
  displayName: string;
  level: PublisherLevel;
  createdAt: string;
  /** False: it was made when somebody proved the namespace with the official command, and nobody has an account for it. */
  hasMembers: boolean;
  namespaces: PublicNamespace[];
  signers: { identity: SignerIdentity; text: string; boundAt: string }[];
  /** One page of what it publishes now, by name. */
  servers: ServerCard[];
  totalServers: number;
  /** Servers under its names that came from another registry: it has not published them here. */
  mirroredServers: number;
  page: number;
  history: HistoryEntry[];
};

export const SERVERS_A_PAGE = 20;

/** Everything on a publisher's page; null when there is no publisher of this short name. Pages count from 1. */
export async function getPublisherPage({
  slug,
  page = 1,
}: {
  slug: string;
  page?: number;
}): Promise<PublisherPage | null> {
  const row = await db().publisher.findUnique({
    where: { slug },
    select: {
      id: true,
      slug: true,
      displayName: true,
      level: true,
      createdAt: true,
      namespaces: { select: PUBLIC_NAMESPACE_SELECT, orderBy: { name: 'asc' } },
      signerIdentities: { select: { identity: true, createdAt: true }, orderBy: { createdAt: 'asc' } },
      _count: { select: { members: true } },
    },
  });
  if (!row) return null;
  const namespaces = row.namespaces.map(publicNamespace);
  const [servers, history] = await Promise.all([serversOf(namespaces, page), publisherHistory(row)]);
  return {
    slug: row.slug,
    displayName: row.displayName,
    level: row.level,
    createdAt: row.createdAt.toISOString(),
    hasMembers: row._count.members > 0,
    namespaces,
    signers: row.signerIdentities.map(({ identity, createdAt }) => ({
      identity: identity as SignerIdentity,
      text: identityText(identity as SignerIdentity),
      boundAt: createdAt.toISOString(),
    })),
    ...servers,
    page,
    history,
  };
}

async function serversOf(namespaces: PublicNamespace[], page: number) {
  const names = namespaces.map(({ name }) => name);
  const demonstrations = namespaces.filter(({ kind }) => kind === 'demonstration').map(({ name }) => name);
  // As `isByHolder` of lib/catalog/marks.ts: what it published itself, and examples only where they are its demonstration.
  const own: Prisma.ServerWhereInput = {
    OR: [
      { namespace: { in: names }, ...withLatest('published') },
      { namespace: { in: demonstrations }, ...withLatest('example') },
    ],
  };
  const [totalServers, mirroredServers, rows] = await Promise.all([
    db().server.count({ where: own }),
    db().server.count({ where: { namespace: { in: names }, ...withLatest('mirrored') } }),
    db().server.findMany({
      where: own,
      orderBy: { name: 'asc' },
      skip: (page - 1) * SERVERS_A_PAGE,
      take: SERVERS_A_PAGE,
      select: { id: true },
    }),
  ]);
  return { totalServers, mirroredServers, servers: await loadServerCards(rows.map(({ id }) => id)) };
}

/** Servers whose latest version is of this origin. A deleted one is the latest only where all are deleted. */
const withLatest = (origin: 'published' | 'mirrored' | 'example') => ({
  versions: { some: { isLatest: true, status: { not: 'deleted' }, origin } } as const,
});
