import { config } from '#lib/config/config.ts';
import { db, type Prisma } from '#lib/db/db.ts';
import type { AtomEntry, AtomFeed } from './atom-xml.ts';

const ENTRIES = 50;

/** What has an address in all feeds. */
const at = (path: string) => `${config().publicUrl}${path}`;

const serverPath = (name: string) => `/servers/${name.split('/').map(encodeURIComponent).join('/')}`;

/** Versions, accusations and status of one server; null where there is none. */
export async function serverFeed(name: string): Promise<AtomFeed | null> {
  const server = await db().server.findUnique({ where: { name }, select: { id: true, createdAt: true } });
  if (!server) return null;
  return {
    id: `urn:hallmark:server:${server.id}`,
    title: `${name} on Hallmark`,
    link: at(serverPath(name)),
    self: at(`${serverPath(name)}/feed.xml`),
    since: server.createdAt,
    entries: await versionEntries({ serverId: server.id }),
  };
}

/** The same of everything that a publisher has; null where there is no such publisher. */
export async function publisherFeed(slug: string): Promise<AtomFeed | null> {
  const publisher = await db().publisher.findUnique({
    where: { slug },
    select: { id: true, displayName: true, createdAt: true, namespaces: { select: { name: true } } },
  });
  if (!publisher) return null;
  const namespaces = publisher.namespaces.map(({ name }) => name);
  const path = `/publishers/${encodeURIComponent(slug)}`;
  return {
    id: `urn:hallmark:publisher:${publisher.id}`,
    title: `${publisher.displayName} on Hallmark`,
    link: at(path),
    self: at(`${path}/feed.xml`),
    since: publisher.createdAt,
    entries: await versionEntries({ server: { namespace: { in: namespaces } } }),
  };
}

/** Servers that are new in the catalog. */
export async function newServersFeed(): Promise<AtomFeed> {
  const servers = await db().server.findMany({
    where: { versions: { some: { status: { not: 'deleted' } } } },
    orderBy: { createdAt: 'desc' },
    take: ENTRIES,
    select: {
      id: true,
      name: true,
      createdAt: true,
      versions: { where: { isLatest: true }, select: { version: true, manifest: true } },
    },
  });
  return {
    id: `urn:hallmark:new-servers:${new URL(config().publicUrl).host}`,
    title: 'New MCP servers on Hallmark',
    link: at('/'),
    self: at('/feed.xml'),
    since: new Date(0),
    entries: servers.map(({ id, name, createdAt, versions: [latest] }) => ({
      id: `urn:hallmark:server:${id}`,
      title: `${name} ${latest?.version ?? ''}`.trim(),
      summary: (latest?.manifest as { description?: string } | undefined)?.description ?? '',
      link: at(serverPath(name)),
      at: createdAt,
    })),
  };
}

const VERSION_SELECT = {
  id: true,
  serverName: true,
  version: true,
  status: true,
  statusMessage: true,
  statusChangedAt: true,
  publishedAt: true,
  signatureState: true,
  manifest: true,
  currentScan: { select: { finishedAt: true, activeAccusations: true, activeRules: true } },
} satisfies Prisma.VersionSelect;

type VersionRow = Prisma.VersionGetPayload<{ select: typeof VERSION_SELECT }>;

async function versionEntries(where: Prisma.VersionWhereInput): Promise<AtomEntry[]> {
  const newest = async (more: Prisma.VersionWhereInput, orderBy: Prisma.VersionOrderByWithRelationInput) =>
    db().version.findMany({ where: { AND: [where, more] }, orderBy, take: ENTRIES, select: VERSION_SELECT });
  const [published, changed, accused] = await Promise.all([
    newest({}, { publishedAt: 'desc' }),
    newest({ status: { not: 'active' } }, { statusChangedAt: 'desc' }),
    newest({ currentScan: { activeAccusations: { gt: 0 } } }, { publishedAt: 'desc' }),
  ]);
  return [...published.map(publishedEntry), ...changed.map(statusEntry), ...accused.map(accusedEntry)]
    .toSorted((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, ENTRIES);
}

const linkOf = ({ serverName, version }: VersionRow, tab?: string) =>
  at(`${serverPath(serverName)}?${new URLSearchParams({ version, ...(tab ? { tab } : {}) })}`);

const publishedEntry = (row: VersionRow): AtomEntry => ({
  id: `urn:hallmark:version:${row.id}`,
  title: `${row.serverName} ${row.version} was published`,
  summary: `Signature: ${row.signatureState}. ${(row.manifest as { description?: string }).description ?? ''}`,
  link: linkOf(row),
  at: row.publishedAt,
});

const statusEntry = (row: VersionRow): AtomEntry => ({
  id: `urn:hallmark:version:${row.id}:${row.status}:${row.statusChangedAt.getTime()}`,
  title: `${row.serverName} ${row.version} is ${row.status}`,
  summary: row.statusMessage ?? 'No reason was given.',
  link: linkOf(row),
  at: row.statusChangedAt,
});

/** The rules are in the id: a scan that finds the same again is no news. */
const accusedEntry = (row: VersionRow): AtomEntry => {
  const rules = [...new Set(row.currentScan?.activeRules ?? [])].toSorted();
  return {
    id: `urn:hallmark:version:${row.id}:accused:${encodeURIComponent(rules.join('+'))}`,
    title: `${row.serverName} ${row.version} has accusations`,
    summary: `Found by the scan: ${rules.join(', ')}`,
    link: linkOf(row, 'findings'),
    at: row.currentScan?.finishedAt ?? row.publishedAt,
  };
};
