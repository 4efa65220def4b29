import { type TokenView, tokenView } from '#lib/auth/token-view.ts';
import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import type { ExportClientId, ExportNote, RenderedExport } from '#lib/exports/index.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { exportAddress, exportQuery, registryAddress } from './addresses.ts';
import { type ExportRequest, orgExport } from './org-export.ts';
import { publishedList } from './published-list.ts';

const SHOWN_NOTES = 100;
const SHOWN_TEXT = 6000;

export type ClientsPage = {
  registry: { withKey: string; withToken: string };
  /** Of the client that is shown; null where the list has no such team or group any more. */
  shown: {
    client: ExportClientId;
    counts: RenderedExport['counts'];
    notes: ExportNote[];
    moreNotes: number;
    /** The beginning of the file, and whether there is more. */
    text: string;
    isCut: boolean;
    withKey: string;
    withToken: string;
    download: string;
  } | null;
  serial: number;
  publishedAt: string;
  /** What the list can be narrowed to. */
  teams: string[];
  groups: string[];
  environments: string[];
  tokens: (TokenView & { team: string | null })[];
};

/** What the page Clients shows, for owners, reviewers and auditors. Throws NOT_FOUND, FORBIDDEN. */
export async function getClientsPage({
  viewer,
  orgSlug,
  client,
  asked,
}: {
  viewer: Viewer;
  orgSlug: string;
  client: ExportClientId;
  asked: ExportRequest;
}): Promise<ClientsPage> {
  const { id, slug } = requireOrg(viewer, orgSlug, 'exports.read');
  const [{ viewKey }, tokens, list, made] = await Promise.all([
    db().org.findUniqueOrThrow({ where: { id }, select: { viewKey: true } }),
    db().accessToken.findMany({
      where: { orgId: id, kind: 'view' },
      orderBy: { createdAt: 'desc' },
      take: 50,
      include: { team: { select: { slug: true } } },
    }),
    publishedList(id),
    orNull(orgExport({ orgId: id, client, asked })),
  ]);
  return {
    registry: {
      withKey: registryAddress(slug, viewKey, asked),
      withToken: registryAddress(slug, null, asked),
    },
    shown: made && {
      client,
      counts: made.counts,
      notes: made.notes.slice(0, SHOWN_NOTES),
      moreNotes: Math.max(0, made.notes.length - SHOWN_NOTES),
      text: made.text.slice(0, SHOWN_TEXT),
      isCut: made.text.length > SHOWN_TEXT,
      withKey: exportAddress(slug, viewKey, made.file, asked),
      withToken: exportAddress(slug, null, made.file, asked),
      download: `/orgs/${slug}/exports/${made.file}${exportQuery(asked)}`,
    },
    serial: list?.serial ?? 0,
    publishedAt: (list?.publishedAt ?? new Date(0)).toISOString(),
    teams: (list?.allowlist.teams ?? []).map(({ name }) => name),
    groups: (list?.allowlist.groups ?? []).map(({ name }) => name),
    environments: list?.environments ?? [],
    tokens: tokens.map((token) => ({ ...tokenView(token), team: token.team?.slug ?? null })),
  };
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
