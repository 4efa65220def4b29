import { type TokenView, tokenView } from '#lib/auth/token-view.ts';
import { mayInOrg, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { orgSettings } from '#lib/orgs/settings.ts';
import { readRoot } from '../tuf/root.ts';
import { feedBaseUrl } from './feed-trust.ts';
import { type FeedKeyView, listFeedKeys } from './list-keys.ts';
import { headOf } from './refresh-feeds.ts';
import { ROOT_ENDS_SOON_MS } from './renew-root.ts';

/** After this long without a word a gateway counts as silent. */
const SILENT_MS = 15 * 60_000;
const SHOWN_PUBLICATIONS = 20;
const SHOWN_GATEWAYS = 500;

export type GatewayView = {
  id: string;
  instance: string;
  program: string;
  token: string;
  epoch: number;
  serial: number;
  /** Publications that it has not applied yet; null where it is of another epoch. */
  behind: number | null;
  isCurrent: boolean;
  isSilent: boolean;
  problem: string | null;
  /** Environment, team and group that it was started for. */
  scope: string[];
  appliedAt: string;
  seenAt: string;
};

export type FeedPage = {
  baseUrl: string;
  epoch: number;
  serial: number;
  mode: string;
  onStale: string;
  graceSeconds: number;
  refreshSeconds: number;
  publishedAt: string;
  headExpires: string | null;
  freshUntil: string | null;
  isExpired: boolean;
  rootVersion: number;
  rootExpires: string;
  doesRootEndSoon: boolean;
  /** Whether the private half of a root key is here: else changes of keys ask for it. */
  isRootHere: boolean;
  hasRecoveryKit: boolean;
  airgapDays: number;
  keys: FeedKeyView[];
  endedKeys: FeedKeyView[];
  gateways: GatewayView[];
  publications: { epoch: number; serial: number; reason: string; publishedAt: string; allowlistSha256: string }[];
  tokens: TokenView[];
  /** A server to show in examples. */
  example: string;
};

/** What the feed page of an organization shows to its members. Throws NOT_FOUND, UNAUTHENTICATED. */
export async function getFeedPage({
  viewer,
  orgSlug,
  now = new Date(),
}: {
  viewer: Viewer | null;
  orgSlug: string;
  now?: Date;
}): Promise<FeedPage> {
  const { id: orgId, slug, role } = requireOrg(viewer, orgSlug, 'org.read');
  const [org, feed, keys, root, publications, gateways, tokens, entry] = await Promise.all([
    db().org.findUniqueOrThrow({ where: { id: orgId }, select: { settings: true } }),
    db().feed.findUniqueOrThrow({ where: { orgId } }),
    listFeedKeys(orgId, { withRetired: true }),
    db().feedRoot.findFirstOrThrow({ where: { orgId }, orderBy: { version: 'desc' } }),
    db().feedPublication.findMany({
      where: { orgId },
      orderBy: [{ epoch: 'desc' }, { serial: 'desc' }],
      take: SHOWN_PUBLICATIONS,
      select: { epoch: true, serial: true, reason: true, publishedAt: true, allowlistSha256: true },
    }),
    db().feedGateway.findMany({
      where: { orgId, forgottenAt: null },
      orderBy: [{ epoch: 'asc' }, { serial: 'asc' }, { instance: 'asc' }],
      take: SHOWN_GATEWAYS,
      include: { token: { select: { name: true } } },
    }),
    mayInOrg(role, 'org.manage')
      ? db().accessToken.findMany({ where: { orgId, kind: 'gateway' }, orderBy: { createdAt: 'desc' }, take: 50 })
      : [],
    db().allowlistEntry.findFirst({
      where: { orgId, state: 'approved' },
      select: { server: { select: { name: true } } },
    }),
  ]);
  const rootExpires = readRoot(root.bytes).signed.expires;
  const headExpires = feed.headBytes && headOf(feed.headBytes).expires;
  const inUse = keys.filter(({ endedAt }) => endedAt === null);
  return {
    baseUrl: feedBaseUrl(slug, feed.pathKey),
    epoch: feed.epoch,
    serial: feed.serial,
    mode: feed.mode,
    onStale: feed.onStale,
    graceSeconds: feed.graceSeconds,
    refreshSeconds: feed.refreshSeconds,
    publishedAt: publications[0]?.publishedAt.toISOString() ?? now.toISOString(),
    headExpires,
    freshUntil: feed.freshUntil?.toISOString() ?? null,
    isExpired: !headExpires || Date.parse(headExpires) <= now.getTime() || !feed.freshUntil || feed.freshUntil <= now,
    rootVersion: root.version,
    rootExpires,
    doesRootEndSoon: Date.parse(rootExpires) - now.getTime() < ROOT_ENDS_SOON_MS,
    isRootHere: inUse.some((key) => key.role === 'root' && key.provider !== 'offline'),
    hasRecoveryKit: inUse.some((key) => key.role === 'root' && key.provider === 'sealed'),
    airgapDays: orgSettings(org.settings).airgapDays,
    keys: inUse,
    endedKeys: keys.filter(({ endedAt }) => endedAt !== null),
    gateways: gateways.map((row) => {
      const { environment, team, group } = row.details as Record<string, string | undefined>;
      const isCurrent = row.epoch === feed.epoch && row.serial === feed.serial;
      return {
        id: row.id,
        instance: row.instance,
        program: row.program,
        token: row.token.name,
        epoch: row.epoch,
        serial: row.serial,
        behind: row.epoch === feed.epoch ? feed.serial - row.serial : null,
        isCurrent,
        isSilent: now.getTime() - row.seenAt.getTime() > SILENT_MS,
        problem: row.problem,
        scope: [environment, team && `team ${team}`, group && `group ${group}`].filter((text) => text !== undefined),
        appliedAt: row.appliedAt.toISOString(),
        seenAt: row.seenAt.toISOString(),
      };
    }),
    publications: publications.map((row) => ({ ...row, publishedAt: row.publishedAt.toISOString() })),
    tokens: tokens.map(tokenView),
    example: entry?.server.name ?? 'io.github.acme/weather',
  };
}
