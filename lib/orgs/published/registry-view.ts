import { listByIds, type RegistryRow } from '#lib/catalog/registry-rows.ts';
import { db } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { pickLatest, type VersionStatus } from '#lib/manifest/versions.ts';
import { effectivePart, type Part, partOf } from './narrowing.ts';
import { type PublishedList, publishedList } from './published-list.ts';
import { createRecent } from './recent.ts';

/** A version in an organization's view. */
export type ViewItem = {
  id: string;
  name: string;
  version: string;
  /** `deleted` is also what the organization withdrew. */
  status: VersionStatus;
  statusMessage: string | null;
  statusChangedAt: Date | null;
  publishedAt: Date;
  updatedAt: Date;
  isLatest: boolean;
  /** Null for what was withdrawn. */
  entry: FeedServerVersion | null;
  /** Name, title and description in lower case. */
  words: string;
};

export type RegistryView = {
  org: string;
  serial: number;
  /** By name and version. */
  items: ViewItem[];
};

/** How long a change in the catalog (not one of the organization, which publishes) may stay unseen. */
const CATALOG_AGE_MS = 1000;
/** Half a kilobyte each. */
const MOST_ITEMS = 100_000;
const views = createRecent<Promise<RegistryView>>({
  limit: 64,
  ageMs: CATALOG_AGE_MS,
  weigh: ({ items }) => items.length,
  most: MOST_ITEMS,
});

/**
 * What an organization published, as a registry: approved versions, and as deleted those that were approved once. A
 * version whose manifest is not the approved one any more is not there. Throws NOT_FOUND for an unknown team or group.
 */
export async function registryView({
  orgId,
  part: given,
  now = new Date(),
}: {
  orgId: string;
  part: Part;
  now?: Date;
}): Promise<RegistryView> {
  const list = await publishedList(orgId);
  if (!list) return { org: '', serial: 0, items: [] };
  const part = effectivePart(list, given);
  const select = partOf(list.allowlist, part);
  return views.get(JSON.stringify([list.id, part]), () => readView({ orgId, list, select, now }), now.getTime());
}

/** For tests, which change the catalog and look at once. */
export const forgetViews = (): void => views.clear();

type Row = {
  id: string;
  name: string;
  version: string;
  status: VersionStatus;
  statusMessage: string | null;
  statusChangedAt: Date;
  publishedAt: Date;
  updatedAt: Date;
  manifestSha256: string;
  title: string | null;
  description: string | null;
  isApproved: boolean;
  changedAt: Date;
  revokedAt: Date | null;
  revokedReason: string | null;
};

const rowsOf = (orgId: string) => db().$queryRaw<Row[]>`
  select v.id, v."serverName" as name, v.version, v.status::text, v."statusMessage", v."statusChangedAt",
    v."publishedAt", v."updatedAt", v."manifestSha256", v.manifest->>'title' as title,
    v.manifest->>'description' as description,
    a.state = 'approved' and e.state = 'approved' as "isApproved",
    greatest(e."updatedAt", max(a."approvedAt") over w, max(a."revokedAt") over w) as "changedAt",
    coalesce(a."revokedAt", e."suspendedAt", e."updatedAt") as "revokedAt",
    coalesce(a."revokedReason", e."suspendedReason") as "revokedReason"
  from "AllowlistEntry" e
  join "AllowlistVersion" a on a."entryId" = e.id
  join "Version" v on v.id = a."versionId"
  where e."orgId" = ${orgId}
  window w as (partition by e.id)
  order by v."serverName", v.version`;

async function readView({
  orgId,
  list: { allowlist, revocations, serial, publishedAt },
  select,
  now,
}: {
  orgId: string;
  list: PublishedList;
  select: ReturnType<typeof partOf>;
  now: Date;
}): Promise<RegistryView> {
  const isLocked = allowlist.mode === 'lockdown';
  const listed = new Map(
    allowlist.servers.flatMap(({ name, versions }) => versions.map((entry) => [keyOf(name, entry.version), entry])),
  );
  const revoked = new Map(revocations.revocations.map((one) => [keyOf(one.name, one.version ?? ''), one.reason]));
  const items = (await rowsOf(orgId)).flatMap((row): ViewItem[] => {
    const { id, name, version, publishedAt: firstAt } = row;
    const denial = revoked.get(keyOf(name, version)) ?? revoked.get(keyOf(name, ''));
    const entry = listed.get(keyOf(name, version));
    const isCurrent = entry?.manifestSha256 === row.manifestSha256;
    const isOver = entry?.expiresAt !== undefined && new Date(entry.expiresAt) <= now;
    const words = [name, row.title, row.description].join(' ').toLowerCase();
    const item = { id, name, version, words, publishedAt: firstAt, isLatest: false };
    const updatedAt = new Date(Math.max(row.updatedAt.getTime(), row.changedAt.getTime()));
    if (entry && isCurrent && !isOver && !isLocked && denial === undefined) {
      const own = select(name, entry);
      if (!own) return [];
      const { status, statusMessage, statusChangedAt } = row;
      return [{ ...item, status, statusMessage, statusChangedAt, updatedAt, entry: own }];
    }
    const isWithdrawn = isLocked || isOver || denial !== undefined || !row.isApproved;
    // Of a team or an environment nothing says what it lost; who follows it reads the list anew.
    if (!isWithdrawn || (entry && !select(name, entry))) return [];
    const statusMessage = isLocked ? 'Locked down.' : (denial ?? row.revokedReason ?? 'Not approved any more.');
    const statusChangedAt = isLocked || row.isApproved ? publishedAt : (row.revokedAt ?? publishedAt);
    const last = new Date(Math.max(updatedAt.getTime(), statusChangedAt.getTime()));
    return [
      {
        ...item,
        status: 'deleted',
        statusMessage: statusMessage.slice(0, 500),
        statusChangedAt,
        updatedAt: last,
        entry: null,
      },
    ];
  });
  items.sort((a, b) => comparePosition([a.name, a.version], [b.name, b.version]));
  markLatest(items);
  return { org: allowlist.org, serial, items };
}

/** The highest version that is not withdrawn; where all are, the highest of those. */
function markLatest(items: ViewItem[]): void {
  for (const versions of Map.groupBy(items, ({ name }) => name).values()) {
    const latest = pickLatest(versions);
    for (const item of versions) item.isLatest = item.version === latest?.version;
  }
}

type Position = readonly [name: string, version: string];

/** The order of the listing, and of its cursors. */
export function comparePosition([name, version]: Position, [otherName, otherVersion]: Position): number {
  if (name !== otherName) return name < otherName ? -1 : 1;
  if (version === otherVersion) return 0;
  return version < otherVersion ? -1 : 1;
}

const keyOf = (name: string, version: string) => `${name}\n${version}`;

/** The rows of these items as the registry API writes them, with what the organization decided; as many as fit a page. */
export async function viewRows(view: RegistryView, items: readonly ViewItem[]): Promise<RegistryRow[]> {
  const { rows } = await listByIds(items.map(({ id }) => id));
  const byKey = new Map(items.map((item) => [keyOf(item.name, item.version), item]));
  return rows.map((row) => {
    const item = byKey.get(keyOf(row.serverName, row.version))!;
    return {
      ...row,
      status: item.status,
      statusMessage: item.statusMessage,
      statusChangedAt: item.statusChangedAt ?? row.statusChangedAt,
      updatedAt: item.updatedAt,
      isLatest: item.isLatest,
      approval: item.entry ? approvalOf(view, item.entry) : undefined,
    };
  });
}

function approvalOf({ org, serial }: RegistryView, entry: FeedServerVersion): Record<string, unknown> {
  const { tools, expiresAt, conditions, environments, credentialMode } = entry;
  const namesOf = (isAsk: boolean) => tools.allow.filter(({ ask }) => (ask === true) === isAsk).map(({ name }) => name);
  return {
    org,
    serial,
    tools: { default: 'deny', allow: namesOf(false), ask: namesOf(true) },
    ...(expiresAt ? { expiresAt } : {}),
    ...(conditions ? { conditions } : {}),
    ...(environments ? { environments } : {}),
    ...(credentialMode ? { credentialMode } : {}),
  };
}
