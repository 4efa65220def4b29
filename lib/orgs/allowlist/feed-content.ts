import type { Tx } from '#lib/db/db.ts';
import type { AllowlistDocument, FeedServerVersion, Narrowing, RevocationsDocument } from '#lib/feed/documents.ts';
import { namespaceOf } from '#lib/manifest/index.ts';
import { type Denial, denialsOf, deniesVersion } from './denials.ts';
import { type NarrowingRow, narrow } from './narrow.ts';
import { ruleKeeps, versionRuleOf } from './version-rule.ts';

/** What an organization's next publication says. */
export type AllowedContent = {
  servers: AllowlistDocument['servers'];
  teams: Narrowing[];
  groups: Narrowing[];
  revocations: RevocationsDocument['revocations'];
};

/** Of a lockdown: read from nothing, so that it can be published when everything else is broken. */
export const NOTHING_ALLOWED: AllowedContent = { servers: [], teams: [], groups: [], revocations: [] };

/**
 * What an organization allows at `now`: the one source of feed, registry views and exports, which read what was published of it.
 * A denial wins over every approval, and the end of an entry over its state. A fixed number of queries, however long the list.
 */
export async function allowedContent(tx: Tx, orgId: string, now = new Date()): Promise<AllowedContent> {
  const [approved, withdrawn, denials, entries, teams, groups] = [
    await approvedRows(tx, orgId, now),
    await withdrawnRows(tx, orgId),
    await denialsOf(tx, orgId),
    await serverNames(tx, orgId),
    await teamRows(tx, orgId),
    await groupRows(tx, orgId),
  ];
  const servers = serversOf(approved, denials);
  const versions = new Map(servers.map((server) => [server.name, server.versions]));
  return {
    servers,
    teams: narrow(teams, versions),
    groups: narrow(groups, versions),
    revocations: revocationsOf({ withdrawn, denials, entries }),
  };
}

type ApprovedRow = {
  name: string;
  feedEntry: FeedServerVersion;
  /** Only where the rule of the entry compares versions. */
  publishedAt: Date | null;
  versionRule: unknown;
  environments: string[];
  credentialMode: 'shared' | 'personal' | null;
  conditions: string;
  expiresAt: Date | null;
};

/**
 * By name, then in the order of approval. One join: the same through nested reads takes three times as long. The versions
 * themselves, of which all that counts is pinned, are read only where their age does.
 */
const approvedRows = (tx: Tx, orgId: string, now: Date) => tx.$queryRaw<ApprovedRow[]>`
  select s.name, a."feedEntry", e."versionRule", e.environments, e."credentialMode"::text,
    e.conditions, e."expiresAt", case when e."versionRule"->>'kind' = 'latest-approved'
      then (select v."publishedAt" from "Version" v where v.id = a."versionId") end as "publishedAt"
  from "AllowlistEntry" e
  join "Server" s on s.id = e."serverId"
  join "AllowlistVersion" a on a."entryId" = e.id and a.state = 'approved'
  where e."orgId" = ${orgId} and e.state = 'approved' and (e."expiresAt" is null or e."expiresAt" > ${now})
  order by s.name collate "C", a."approvedAt", a."versionId"`;

function serversOf(rows: ApprovedRow[], denials: Denial[]): AllowlistDocument['servers'] {
  const servers: AllowlistDocument['servers'] = [];
  const byTarget = Map.groupBy(denials, ({ target }) => target);
  for (const [name, own] of Map.groupBy(rows, (row) => row.name)) {
    const about = [...(byTarget.get(name) ?? []), ...(byTarget.get(namespaceOf(name)) ?? [])];
    const allowed = own.filter(
      ({ feedEntry: { version } }) => !about.some((denial) => deniesVersion(denial, { serverName: name, version })),
    );
    const kept = keptRows(allowed);
    if (kept.length > 0) servers.push({ name, versions: kept.map(feedVersion) });
  }
  return servers;
}

/** A rule chooses between versions; most servers have one, and their rule need not be read. */
function keptRows(rows: ApprovedRow[]): ApprovedRow[] {
  if (rows.length < 2) return rows;
  return ruleKeeps(
    versionRuleOf(rows[0]!.versionRule),
    rows.map((row) => ({ ...row, version: row.feedEntry.version, publishedAt: row.publishedAt ?? new Date(0) })),
  );
}

/** The pinned version with what its entry says now. */
const feedVersion = (row: ApprovedRow): FeedServerVersion => ({
  ...row.feedEntry,
  ...(row.environments.length > 0 ? { environments: row.environments } : {}),
  ...(row.credentialMode === null ? {} : { credentialMode: row.credentialMode }),
  ...(row.expiresAt === null ? {} : { expiresAt: row.expiresAt.toISOString() }),
  ...(row.conditions === '' ? {} : { conditions: row.conditions }),
});

type WithdrawnRow = { name: string; version: string; reason: string | null; at: Date | null };

const withdrawnRows = (tx: Tx, orgId: string) => tx.$queryRaw<WithdrawnRow[]>`
  select v."serverName" as name, v.version, a."revokedReason" as reason, a."revokedAt" as at
  from "AllowlistEntry" e
  join "AllowlistVersion" a on a."entryId" = e.id and a.state in ('revoked', 'suspended')
  join "Version" v on v.id = a."versionId"
  where e."orgId" = ${orgId}`;

const serverNames = async (tx: Tx, orgId: string): Promise<string[]> =>
  (
    await tx.$queryRaw<{ name: string }[]>`
      select s.name from "AllowlistEntry" e join "Server" s on s.id = e."serverId"
      where e."orgId" = ${orgId} and s.namespace in
        (select target from "DenyEntry" where "orgId" = ${orgId} and kind = 'namespace' and "liftedAt" is null)
      order by s.name collate "C"`
  ).map(({ name }) => name);

/** What was revoked or suspended, and what is denied: a gateway refuses it whatever list it still holds. */
function revocationsOf({
  withdrawn,
  denials,
  entries,
}: {
  withdrawn: WithdrawnRow[];
  denials: Denial[];
  entries: string[];
}): RevocationsDocument['revocations'] {
  const denied: RevocationsDocument['revocations'] = denials.flatMap(({ kind, target, version, reason, createdAt }) => {
    const said = { reason, at: createdAt.toISOString() };
    if (kind === 'namespace')
      return entries.filter((name) => namespaceOf(name) === target).map((name) => ({ name, ...said }));
    return [{ name: target, ...(version === null ? {} : { version }), ...said }];
  });
  const revoked = withdrawn.map(({ name, version, reason, at }) => ({
    name,
    version,
    reason: reason ?? '',
    at: (at ?? new Date(0)).toISOString(),
  }));
  // One line for each: what denies stands first.
  const lines = new Map<string, RevocationsDocument['revocations'][number]>();
  for (const line of [...denied, ...revoked]) {
    const key = JSON.stringify([line.name, line.version ?? null]);
    if (!lines.has(key)) lines.set(key, line);
  }
  return [...lines.values()];
}

/** Entries of the teams that are there; a team without entries comes too, as one that may use nothing. */
const teamRows = (tx: Tx, orgId: string) => tx.$queryRaw<NarrowingRow[]>`
  select t.slug, false as "readOnly", s.name as server, false as "serverReadOnly", te."toolPolicy"
  from "Team" t
  left join "TeamEntry" te on te."teamId" = t.id
  left join "AllowlistEntry" e on e.id = te."entryId"
  left join "Server" s on s.id = e."serverId"
  where t."orgId" = ${orgId} and t."archivedAt" is null
  order by t.slug, s.name collate "C"`;

const groupRows = (tx: Tx, orgId: string) => tx.$queryRaw<NarrowingRow[]>`
  select g.slug, g."readOnly", s.name as server, coalesce(ge."readOnly", false) as "serverReadOnly", ge."toolPolicy"
  from "AgentGroup" g
  left join "AgentGroupEntry" ge on ge."groupId" = g.id
  left join "AllowlistEntry" e on e.id = ge."entryId"
  left join "Server" s on s.id = e."serverId"
  where g."orgId" = ${orgId} and g."archivedAt" is null
  order by g.slug, s.name collate "C"`;
