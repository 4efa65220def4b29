import { type TokenView, tokenView } from '#lib/auth/token-view.ts';
import type { PublisherRole, Viewer } from '#lib/auth/viewer.ts';
import { MARKS_SELECT, marksOf, namespaceHolders } from '#lib/catalog/marks.ts';
import type { PublisherLevel, VersionRow } from '#lib/catalog/views.ts';
import { db } from '#lib/db/db.ts';
import type { SignerIdentity } from '#lib/signing/types.ts';
import { identityText } from './signer-identities.ts';

export type PublisherView = {
  slug: string;
  displayName: string;
  level: PublisherLevel;
  role: PublisherRole;
  namespaces: { name: string; proofKind: string; provenAt: string }[];
  tokens: TokenView[];
  signerIdentities: { id: string; identity: SignerIdentity; text: string }[];
  versions: (VersionRow & { name: string })[];
};

const SHOWN_VERSIONS = 100;

/** Everything that the console shows to a member: the viewer's publishers, each with its newest 100 versions. */
export async function getPublisherConsole(viewer: Viewer): Promise<{ publishers: PublisherView[] }> {
  const rows = await db().publisher.findMany({
    where: { members: { some: { userId: viewer.id } } },
    orderBy: { slug: 'asc' },
    include: {
      namespaces: { orderBy: { name: 'asc' } },
      tokens: { orderBy: { createdAt: 'desc' }, take: 50 },
      signerIdentities: { orderBy: { createdAt: 'asc' } },
    },
  });
  const publishers = rows.map(async (row) => ({
    slug: row.slug,
    displayName: row.displayName,
    level: row.level,
    role: viewer.publishers.find(({ id }) => id === row.id)?.role ?? 'maintainer',
    namespaces: row.namespaces.map(({ name, proofKind, provenAt }) => ({
      name,
      proofKind,
      provenAt: provenAt.toISOString(),
    })),
    tokens: row.tokens.map(tokenView),
    signerIdentities: row.signerIdentities.map(({ id, identity }) => ({
      id,
      identity: identity as SignerIdentity,
      text: identityText(identity as SignerIdentity),
    })),
    versions: await newestVersions(row.namespaces.map(({ name }) => name)),
  }));
  return { publishers: await Promise.all(publishers) };
}

async function newestVersions(namespaces: string[]): Promise<PublisherView['versions']> {
  const [rows, holders] = await Promise.all([
    db().version.findMany({
      where: { server: { namespace: { in: namespaces } } },
      orderBy: { publishedAt: 'desc' },
      take: SHOWN_VERSIONS,
      select: MARKS_SELECT,
    }),
    namespaceHolders(namespaces),
  ]);
  return rows.map((row) => ({
    name: row.serverName,
    version: row.version,
    status: row.status,
    isLatest: row.isLatest,
    publishedAt: row.publishedAt.toISOString(),
    marks: marksOf(row, holders),
  }));
}
