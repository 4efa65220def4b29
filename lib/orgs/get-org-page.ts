import { type EventView, eventView } from '#lib/audit/event-view.ts';
import { type TokenView, tokenView } from '#lib/auth/token-view.ts';
import { type OrgRole, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { MARKS_SELECT, marksOf, namespaceHolders } from '#lib/catalog/marks.ts';
import type { Marks } from '#lib/catalog/views.ts';
import type { EntryState } from '#lib/db/client/client.ts';
import { db } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { feedBaseUrl } from '#lib/feed/store/feed-trust.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { DefinitionDigests, Manifest } from '#lib/manifest/types.ts';
import type { ToolPolicy } from './allowlist/tool-policy.ts';
import { type OrgDriftNotice, orgDriftNotices } from './drift/org-drift-notices.ts';

export type AllowlistVersionView = {
  id: string;
  version: string;
  state: EntryState;
  toolPolicy: ToolPolicy;
  allowedTools: string[];
  /** Tools that the version has now; null when they are not known. */
  totalTools: number | null;
  approvedAt: string;
  revokedAt: string | null;
  revokedReason: string | null;
  marks: Marks;
  /** What changed since the approval, in a sentence; null when nothing did or the entry's `drift` says it. */
  drift: string | null;
};

export type OrgPage = {
  slug: string;
  displayName: string;
  role: OrgRole;
  members: { name: string; email: string | null; role: OrgRole }[];
  allowlist: {
    serverName: string;
    title: string | null;
    reason: string;
    updatedAt: string;
    state: EntryState;
    /** What the organization was told of and has not decided about, newest first. */
    drift: OrgDriftNotice[];
    versions: AllowlistVersionView[];
  }[];
  feed: {
    epoch: number;
    serial: number;
    publishedAt: string;
    freshUntil: string | null;
    mode: string;
    onStale: string;
    baseUrl: string;
    keys: { role: string; keyid: string; algorithm: string; createdAt: string }[];
    publications: { serial: number; reason: string; publishedAt: string; allowlistSha256: string }[];
  };
  audit: EventView[];
  tokens: TokenView[];
};

const SHOWN_EVENTS = 100;
const SHOWN_PUBLICATIONS = 20;

/** Everything on an organization's page for one of its members; null for everybody else, as if it did not exist. */
export async function getOrgPage({ viewer, slug }: { viewer: Viewer | null; slug: string }): Promise<OrgPage | null> {
  const membership = memberOf(viewer, slug);
  if (!membership) return null;
  const orgId = membership.id;
  const [org, allowlist, feed, keys, publications, events] = await Promise.all([
    db().org.findUniqueOrThrow({
      where: { id: orgId },
      include: {
        members: { include: { user: true }, orderBy: { user: { name: 'asc' } } },
        tokens: { orderBy: { createdAt: 'desc' }, take: 50 },
      },
    }),
    allowlistOf(orgId),
    db().feed.findUniqueOrThrow({ where: { orgId } }),
    db().feedKey.findMany({ where: { orgId, retiredAt: null }, orderBy: { role: 'asc' } }),
    db().feedPublication.findMany({
      where: { orgId },
      orderBy: [{ epoch: 'desc' }, { serial: 'desc' }],
      take: SHOWN_PUBLICATIONS,
      select: { serial: true, reason: true, publishedAt: true, allowlistSha256: true },
    }),
    db().auditEvent.findMany({ where: { chain: orgId }, orderBy: { seq: 'desc' }, take: SHOWN_EVENTS }),
  ]);
  return {
    slug: org.slug,
    displayName: org.displayName,
    role: membership.role,
    members: org.members.map(({ user, role }) => ({
      name: user.name ?? user.email ?? 'Unnamed',
      email: user.email,
      role,
    })),
    allowlist,
    feed: {
      epoch: feed.epoch,
      serial: feed.serial,
      publishedAt: publications[0]?.publishedAt.toISOString() ?? org.createdAt.toISOString(),
      freshUntil: feed.freshUntil?.toISOString() ?? null,
      mode: feed.mode,
      onStale: feed.onStale,
      baseUrl: feedBaseUrl(org.slug, feed.pathKey),
      keys: keys.map(({ role, keyid, algorithm, createdAt }) => ({
        role,
        keyid,
        algorithm,
        createdAt: createdAt.toISOString(),
      })),
      publications: publications.map((row) => ({ ...row, publishedAt: row.publishedAt.toISOString() })),
    },
    audit: events.map(eventView),
    tokens: org.tokens.map(tokenView),
  };
}

const ALLOWLIST_SELECT = {
  ...MARKS_SELECT,
  manifest: true,
  currentScan: { select: { ...MARKS_SELECT.currentScan.select, digests: true } },
} as const;

const toolCount = (digests: unknown) => (digests ? Object.keys((digests as DefinitionDigests).tools).length : null);

function memberOf(viewer: Viewer | null, slug: string) {
  try {
    return requireOrg(viewer, slug, 'org.read');
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

async function allowlistOf(orgId: string): Promise<OrgPage['allowlist']> {
  const entries = await db().allowlistEntry.findMany({
    where: { orgId },
    orderBy: { server: { name: 'asc' } },
    include: {
      server: { select: { name: true, namespace: true } },
      versions: { orderBy: { approvedAt: 'desc' }, include: { version: { select: ALLOWLIST_SELECT } } },
    },
  });
  const [holders, drift] = await Promise.all([
    namespaceHolders(entries.map(({ server }) => server.namespace)),
    orgDriftNotices(orgId),
  ]);
  return entries.map((entry) => ({
    serverName: entry.server.name,
    title: (entry.versions[0]?.version.manifest as Manifest | undefined)?.title ?? null,
    reason: entry.reason,
    updatedAt: entry.updatedAt.toISOString(),
    state: entry.state,
    drift: drift.get(entry.server.name) ?? [],
    versions: entry.versions.map((row) => {
      const pinned = row.feedEntry as unknown as FeedServerVersion;
      return {
        id: row.id,
        version: row.version.version,
        state: row.state,
        toolPolicy: row.toolPolicy as ToolPolicy,
        allowedTools: pinned.tools.allow.map(({ name }) => name),
        totalTools: toolCount(row.version.currentScan?.digests),
        approvedAt: row.approvedAt.toISOString(),
        revokedAt: row.revokedAt?.toISOString() ?? null,
        revokedReason: row.revokedReason,
        marks: marksOf(row.version, holders),
        drift: drift.get(entry.server.name)?.some(({ version }) => version === row.version.version)
          ? null
          : driftOf(pinned, row.version.currentScan?.toolsDigest ?? null),
      };
    }),
  }));
}

function driftOf(pinned: FeedServerVersion, toolsDigest: string | null): string | null {
  if (toolsDigest === null || toolsDigest === pinned.toolsDigest) return null;
  return 'The tools changed since the approval. Gateways refuse those that differ; review and approve again.';
}
