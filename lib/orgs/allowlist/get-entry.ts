import type { EventView } from '#lib/audit/event-view.ts';
import { listEvents, NO_FILTER } from '#lib/audit/list-events.ts';
import { personName } from '#lib/auth/person-name.ts';
import { mayInOrg, type OrgPermission, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { MARKS_SELECT, marksOf, namespaceHolders } from '#lib/catalog/marks.ts';
import type { Marks } from '#lib/catalog/views.ts';
import type { CredentialMode, EntrySource, EntryState, RequestKind, RequestState } from '#lib/db/client/client.ts';
import { db } from '#lib/db/db.ts';
import type { FeedServerVersion, FeedTool } from '#lib/feed/documents.ts';
import { compareVersions, namespaceOf } from '#lib/manifest/index.ts';
import type { DefinitionDigests, Manifest } from '#lib/manifest/types.ts';
import { type OrgDriftNotice, orgDriftNotices } from '../drift/org-drift-notices.ts';
import { orgSettings } from '../settings.ts';
import { type Denial, denialsOf, deniesVersion } from './denials.ts';
import { entryWarnings, unmatchedNow } from './entry-warnings.ts';
import type { EntryView } from './get-allowlist.ts';
import { narrowedTools } from './narrow.ts';
import { EXPIRING_DAYS } from './remind-of-ends.ts';
import type { ToolPolicy } from './tool-policy.ts';
import { ruleKeeps, type VersionRule, versionRuleOf } from './version-rule.ts';

export type EntryVersionView = {
  version: string;
  state: EntryState;
  /** Approved, but only the newest approved version is in the feed, and this is not it. */
  isOvertaken: boolean;
  source: EntrySource;
  reason: string;
  approvedAt: string;
  revokedAt: string | null;
  revokedReason: string | null;
  toolPolicy: ToolPolicy;
  tools: Pick<FeedTool, 'name' | 'readOnly' | 'ask'>[];
  /** Tools that the version has now; null when they are not known. */
  totalTools: number | null;
  unmatched: string[];
  status: 'active' | 'deprecated' | 'deleted';
  statusMessage: string | null;
  marks: Marks;
};

/** A team or group of agents that uses the entry. `tools` are the names left to it, null for all; `asks` need a person there. */
export type EntryUser = {
  slug: string;
  displayName: string;
  isReadOnly: boolean;
  tools: string[] | null;
  asks: string[];
};

export type EntryPage = {
  serverName: string;
  title: string | null;
  /** Whether the catalog has the server. */
  isKnown: boolean;
  state: EntryView | 'absent';
  reason: string;
  source: EntrySource;
  owner: { id: string; name: string } | null;
  versionRule: VersionRule;
  /** For versions that the rule brings. */
  toolPolicy: ToolPolicy | null;
  credentialMode: CredentialMode | null;
  environments: string[];
  conditions: string;
  expiresAt: string | null;
  suspendedAt: string | null;
  suspendedReason: string | null;
  createdAt: string | null;
  denials: Denial[];
  warnings: string[];
  drift: OrgDriftNotice[];
  versions: EntryVersionView[];
  teams: EntryUser[];
  groups: EntryUser[];
  /** The newest requests about it, who asked among them. */
  requests: {
    id: string;
    kind: RequestKind;
    state: RequestState;
    version: string;
    requester: string | null;
    reason: string;
    createdAt: string;
  }[];
  /** The newest events about it; null for whom the audit log is not. */
  history: EventView[] | null;
  canDecide: boolean;
  /** What a reviewer can choose from. */
  choices: { environments: string[]; members: { id: string; name: string }[] };
};

const SHOWN_REQUESTS = 20;
const DAY_MS = 86_400_000;

/** The entry of a server, also of one that has none. Throws NOT_FOUND for strangers. */
export async function getEntry({
  viewer,
  orgSlug,
  serverName,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  serverName: string;
  now?: Date;
}): Promise<EntryPage> {
  const { id: orgId, role } = requireOrg(viewer, orgSlug, 'org.read');
  const may = (permission: OrgPermission) => mayInOrg(role, permission);
  const [org, server, entry, denials, drift, requests, events, holders] = await Promise.all([
    db().org.findUniqueOrThrow({
      where: { id: orgId },
      select: { settings: true, members: { select: { user: { select: { id: true, name: true, email: true } } } } },
    }),
    db().version.findFirst({ where: { serverName, isLatest: true }, select: { manifest: true } }),
    findEntry(orgId, serverName),
    denialsOf(db(), orgId),
    orgDriftNotices(orgId),
    db().approvalRequest.findMany({
      where: { orgId, server: { name: serverName } },
      orderBy: { createdAt: 'desc' },
      take: SHOWN_REQUESTS,
    }),
    may('audit.read') ? listEvents({ chain: orgId, filter: { ...NO_FILTER, server: serverName } }) : null,
    namespaceHolders([namespaceOf(serverName)]),
  ]);
  const people = await db().user.findMany({
    where: { id: { in: [entry?.ownerId ?? [], requests.map(({ requesterId }) => requesterId ?? [])].flat(2) } },
    select: { id: true, name: true, email: true },
  });
  const rule = versionRuleOf(entry?.versionRule);
  const rows = [...(entry?.versions ?? [])].sort((a, b) => compareVersions(b.version, a.version));
  const approved = rows.filter(({ state }) => state === 'approved');
  const kept = new Set(
    ruleKeeps(
      rule,
      approved.map(({ version }) => version),
    ).map(({ version }) => version),
  );
  const pins = approved
    .filter(({ version }) => kept.has(version.version))
    .map(({ feedEntry }) => feedEntry as unknown as FeedServerVersion);
  const owner = people.find(({ id }) => id === entry?.ownerId);
  const about = denials.filter(
    (denial) => denial.target === serverName || deniesVersion(denial, { serverName, version: null }),
  );
  return {
    serverName,
    title: (server?.manifest as Manifest | undefined)?.title ?? null,
    isKnown: server !== null,
    state: stateOf(entry, now),
    reason: entry?.reason ?? '',
    source: entry?.source ?? 'manual',
    owner: owner ? { id: owner.id, name: personName(owner) } : null,
    versionRule: rule,
    toolPolicy: (entry?.toolPolicy as ToolPolicy | null) ?? null,
    credentialMode: entry?.credentialMode ?? null,
    environments: entry?.environments ?? [],
    conditions: entry?.conditions ?? '',
    expiresAt: entry?.expiresAt?.toISOString() ?? null,
    suspendedAt: entry?.suspendedAt?.toISOString() ?? null,
    suspendedReason: entry?.suspendedReason ?? null,
    createdAt: entry?.createdAt.toISOString() ?? null,
    denials: about,
    warnings: entryWarnings({
      serverName,
      versions: approved.map((row) => ({
        version: row.version.version,
        status: row.version.status,
        feedEntry: row.feedEntry,
        // Rules that match nothing stand beside their version, and drift has a form of its own.
        toolPolicy: null,
        digests: null,
      })),
      denials: about,
      drift: [],
    }),
    drift: drift.get(serverName) ?? [],
    versions: rows.map(({ version, ...row }) => {
      const digests = version.currentScan?.digests ?? null;
      return {
        version: version.version,
        state: row.state,
        isOvertaken: row.state === 'approved' && !kept.has(version.version),
        source: row.source,
        reason: row.reason,
        approvedAt: row.approvedAt.toISOString(),
        revokedAt: row.revokedAt?.toISOString() ?? null,
        revokedReason: row.revokedReason,
        toolPolicy: row.toolPolicy as ToolPolicy,
        tools: (row.feedEntry as unknown as FeedServerVersion).tools.allow,
        totalTools: digests ? Object.keys((digests as unknown as DefinitionDigests).tools).length : null,
        unmatched: row.state === 'approved' ? unmatchedNow({ ...row, digests }) : [],
        status: version.status,
        statusMessage: version.statusMessage,
        marks: marksOf(version, holders),
      };
    }),
    teams: (entry?.teams ?? []).map(({ team, toolPolicy }) => ({
      ...team,
      isReadOnly: false,
      ...toolsOf(toolPolicy, pins),
    })),
    groups: (entry?.groups ?? []).map(({ group: { readOnly, ...group }, readOnly: own, toolPolicy }) => ({
      ...group,
      isReadOnly: readOnly || own,
      ...toolsOf(toolPolicy, pins),
    })),
    requests: requests.map((request) => {
      const requester = people.find(({ id }) => id === request.requesterId);
      const { id, kind, state, version, reason } = request;
      const by = requester ? personName(requester) : null;
      return { id, kind, state, version, requester: by, reason, createdAt: request.createdAt.toISOString() };
    }),
    history: events?.events ?? null,
    canDecide: may('allowlist.decide'),
    choices: {
      environments: orgSettings(org.settings).environments,
      members: org.members.map(({ user }) => ({ id: user.id, name: personName(user) })),
    },
  };
}

const findEntry = (orgId: string, serverName: string) =>
  db().allowlistEntry.findFirst({
    where: { orgId, server: { name: serverName } },
    include: {
      versions: {
        include: {
          version: {
            select: {
              ...MARKS_SELECT,
              statusMessage: true,
              currentScan: { select: { ...MARKS_SELECT.currentScan.select, digests: true } },
            },
          },
        },
      },
      teams: {
        where: { team: { archivedAt: null } },
        select: { toolPolicy: true, team: { select: { slug: true, displayName: true } } },
      },
      groups: {
        where: { group: { archivedAt: null } },
        select: {
          toolPolicy: true,
          readOnly: true,
          group: { select: { slug: true, displayName: true, readOnly: true } },
        },
      },
    },
  });

function stateOf(entry: { state: EntryState; expiresAt: Date | null } | null, now: Date): EntryPage['state'] {
  if (entry === null) return 'absent';
  if (entry.state !== 'approved' || entry.expiresAt === null) return entry.state;
  return entry.expiresAt.getTime() <= now.getTime() + EXPIRING_DAYS * DAY_MS ? 'expiring' : 'approved';
}

function toolsOf(toolPolicy: unknown, pins: readonly FeedServerVersion[]): Pick<EntryUser, 'tools' | 'asks'> {
  if (toolPolicy === null) return { tools: null, asks: [] };
  const { tools, ask = [] } = narrowedTools(toolPolicy, pins);
  return { tools, asks: ask };
}
