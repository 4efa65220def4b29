import type { ServerCard, VersionStatus } from '#lib/catalog/views.ts';
import { db, Prisma, type Tx } from '#lib/db/db.ts';
import {
  FROM_LATEST_VERSION,
  LATEST_VERSION_COLUMNS,
  type LatestVersionRow,
  marksOfRow,
  SCANNED_TOOLS,
} from './latest-version.ts';

type Row = LatestVersionRow & {
  version: string;
  status: VersionStatus;
  publishedAt: Date;
  toolCount: number | null;
};

/** The cards of these servers in the order of the ids, in one query. Servers without a version to show are left out. */
export async function loadServerCards(serverIds: string[], tx: Tx = db()): Promise<ServerCard[]> {
  if (serverIds.length === 0) return [];
  const rows = await tx.$queryRaw<Row[]>`
    select ${LATEST_VERSION_COLUMNS}, v.version, v.status::text, v."publishedAt",
      case jsonb_typeof(c.definitions->'tools') when 'array' then jsonb_array_length(${SCANNED_TOOLS}) end as "toolCount"
    ${FROM_LATEST_VERSION}
    where s.id in (${Prisma.join(serverIds)})`;
  const byId = new Map(rows.map((row) => [row.serverId, row]));
  return serverIds.flatMap((id) => {
    const row = byId.get(id);
    if (!row) return [];
    return {
      name: row.name,
      title: row.title,
      description: row.description,
      version: row.version,
      status: row.status,
      origin: row.origin,
      category: row.category,
      marks: marksOfRow(row),
      toolCount: row.toolCount,
      runsAs: row.runsAs,
      publishedAt: row.publishedAt.toISOString(),
    };
  });
}
