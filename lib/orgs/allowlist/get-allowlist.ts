import { personName } from '#lib/auth/person-name.ts';
import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { MARKS_SELECT, marksOf, namespaceHolders } from '#lib/catalog/marks.ts';
import type { Marks } from '#lib/catalog/views.ts';
import type { CredentialMode, EntrySource, EntryState } from '#lib/db/client/client.ts';
import { db, Prisma } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { compareVersions } from '#lib/manifest/index.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import { orgDriftNotices } from '../drift/org-drift-notices.ts';
import { denialsOf } from './denials.ts';
import { entryWarnings } from './entry-warnings.ts';
import { EXPIRING_DAYS } from './remind-of-ends.ts';
import { sayVersionRule, versionRuleOf } from './version-rule.ts';

/** States that an entry is shown in: the stored ones, and `expiring`, an approved one that ends soon. */
export const ENTRY_VIEWS = ['approved', 'expiring', 'suspended', 'expired', 'revoked'] as const;
export type EntryView = (typeof ENTRY_VIEWS)[number];

export const ENTRIES_PER_PAGE = 50;
const DAY_MS = 86_400_000;

export type AllowlistQuery = { state?: EntryView | null; text?: string | null; page?: number };

export type AllowlistRow = {
  serverName: string;
  title: string | null;
  state: EntryView;
  reason: string;
  source: EntrySource;
  owner: string | null;
  /** Why it is suspended or revoked. */
  endedReason: string | null;
  expiresAt: string | null;
  updatedAt: string;
  /** That may be used, the newest first. */
  versions: string[];
  rule: string;
  /** Tools that may be used of any version, and those of them that need a person's word. */
  tools: { allowed: number; asked: number };
  environments: string[];
  credentialMode: CredentialMode | null;
  warnings: string[];
  /** Of the newest version that is or was approved. */
  marks: Marks | null;
};

export type Allowlist = {
  rows: AllowlistRow[];
  /** Entries that the query finds. */
  total: number;
  page: number;
  last: number;
  counts: Record<EntryView, number> & { all: number; denials: number };
};

/** A page of an organization's allowlist, what ends soon first, then what is suspended. Throws NOT_FOUND for strangers. */
export async function getAllowlist({
  viewer,
  orgSlug,
  query,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  query: AllowlistQuery;
  now?: Date;
}): Promise<Allowlist> {
  const { id: orgId } = requireOrg(viewer, orgSlug, 'org.read');
  const soon = new Date(now.getTime() + EXPIRING_DAYS * DAY_MS);
  const shown = Prisma.sql`case when e.state = 'approved' and e."expiresAt" <= ${soon} then 'expiring' else e.state::text end`;
  const found = conditions({ query, shown });
  const [counted, [matching], denials, drift] = await Promise.all([
    db().$queryRaw<{ shown: EntryView; entries: number }[]>`
      select ${shown} as shown, count(*)::int as entries from "AllowlistEntry" e where e."orgId" = ${orgId} group by 1`,
    db().$queryRaw<{ entries: number }[]>`
      select count(*)::int as entries from "AllowlistEntry" e join "Server" s on s.id = e."serverId"
      where e."orgId" = ${orgId} ${found}`,
    denialsOf(db(), orgId),
    orgDriftNotices(orgId),
  ]);
  const total = matching?.entries ?? 0;
  const last = Math.max(1, Math.ceil(total / ENTRIES_PER_PAGE));
  const page = Math.min(Math.max(1, query.page ?? 1), last);
  const ids = await db().$queryRaw<{ id: string }[]>`
    select e.id from "AllowlistEntry" e join "Server" s on s.id = e."serverId"
    where e."orgId" = ${orgId} ${found}
    order by array_position(array['expiring', 'suspended', 'approved', 'expired', 'revoked'], ${shown}),
      case when ${shown} = 'expiring' then e."expiresAt" end, s.name collate "C"
    limit ${ENTRIES_PER_PAGE} offset ${(page - 1) * ENTRIES_PER_PAGE}`;
  const rows = await rowsOf(ids.map(({ id }) => id));
  const counts = Object.fromEntries(
    ENTRY_VIEWS.map((view) => [view, counted.find((one) => one.shown === view)?.entries ?? 0]),
  ) as Record<EntryView, number>;
  return {
    rows: rows.map((row) => ({
      ...row.shown,
      state: row.shown.state === 'approved' && row.expiresAt && row.expiresAt <= soon ? 'expiring' : row.shown.state,
      warnings: entryWarnings({
        serverName: row.shown.serverName,
        versions: row.approved,
        denials,
        drift: drift.get(row.shown.serverName) ?? [],
      }),
    })),
    total,
    page,
    last,
    counts: { ...counts, all: counted.reduce((sum, one) => sum + one.entries, 0), denials: denials.length },
  };
}

/** `strpos` instead of a pattern: `%` and `_` are letters like others. */
function conditions({ query: { state, text }, shown }: { query: AllowlistQuery; shown: Prisma.Sql }): Prisma.Sql {
  const words = text?.replaceAll('\0', '').toWellFormed().trim().toLowerCase().slice(0, 200);
  return Prisma.join(
    [
      state ? Prisma.sql`and ${shown} = ${state}` : Prisma.empty,
      words
        ? Prisma.sql`and (strpos(lower(s.name), ${words}) > 0 or strpos(lower(e.reason), ${words}) > 0
            or exists (select 1 from "AllowlistVersion" a join "Version" v on v.id = a."versionId"
              where a."entryId" = e.id and strpos(lower(v.manifest->>'title'), ${words}) > 0))`
        : Prisma.empty,
    ],
    ' ',
  );
}

async function rowsOf(ids: string[]) {
  const entries = await db().allowlistEntry.findMany({
    where: { id: { in: ids } },
    include: {
      server: { select: { name: true, namespace: true } },
      versions: {
        select: {
          state: true,
          revokedReason: true,
          toolPolicy: true,
          feedEntry: true,
          version: {
            select: {
              ...MARKS_SELECT,
              manifest: true,
              currentScan: { select: { ...MARKS_SELECT.currentScan.select, digests: true } },
            },
          },
        },
      },
    },
  });
  const ownerIds = entries.flatMap(({ ownerId }) => ownerId ?? []);
  const [holders, owners] = await Promise.all([
    namespaceHolders([...new Set(entries.map(({ server }) => server.namespace))]),
    db().user.findMany({ where: { id: { in: ownerIds } }, select: { id: true, name: true, email: true } }),
  ]);
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return ids.flatMap((id) => {
    const entry = byId.get(id);
    if (!entry) return [];
    const versions = [...entry.versions].sort((a, b) => compareVersions(b.version, a.version));
    const approved = versions.filter(({ state }) => state === 'approved');
    const newest = (approved[0] ?? versions[0])?.version;
    const pins = approved.map(({ feedEntry }) => (feedEntry as unknown as FeedServerVersion).tools.allow);
    const owner = owners.find((one) => one.id === entry.ownerId);
    return [
      {
        expiresAt: entry.expiresAt,
        approved: approved.map(({ version, toolPolicy, feedEntry }) => ({
          version: version.version,
          status: version.status,
          toolPolicy,
          feedEntry,
          digests: version.currentScan?.digests ?? null,
        })),
        shown: {
          serverName: entry.server.name,
          title: (newest?.manifest as Manifest | undefined)?.title ?? null,
          state: entry.state as EntryState as EntryView,
          reason: entry.reason,
          source: entry.source,
          owner: owner ? personName(owner) : null,
          endedReason:
            entry.suspendedReason ?? (entry.state === 'revoked' ? (versions[0]?.revokedReason ?? null) : null),
          expiresAt: entry.expiresAt?.toISOString() ?? null,
          updatedAt: entry.updatedAt.toISOString(),
          versions: approved.map(({ version }) => version.version),
          rule: sayVersionRule(versionRuleOf(entry.versionRule)),
          tools: {
            allowed: new Set(pins.flat().map(({ name }) => name)).size,
            asked: new Set(
              pins
                .flat()
                .filter(({ ask }) => ask)
                .map(({ name }) => name),
            ).size,
          },
          environments: entry.environments,
          credentialMode: entry.credentialMode,
          marks: newest ? marksOf(newest, holders) : null,
        },
      },
    ];
  });
}
