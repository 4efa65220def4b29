import { Prisma, type Tx } from '#lib/db/db.ts';
import {
  FROM_LATEST_VERSION,
  LATEST_VERSION_COLUMNS,
  type LatestVersionRow,
  MANIFEST_PACKAGES,
  marksOfRow,
  SCANNED_TOOLS,
} from './latest-version.ts';
import type { SearchRecord } from './types.ts';

type Row = LatestVersionRow & {
  tags: string[];
  identifiers: string[];
  tools: { name?: unknown; title?: unknown; description?: unknown }[];
  updatedAt: Date;
};

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? [value] : []);

/** What is searched of these servers. Servers that do not exist or have only deleted versions are missing. */
export async function buildSearchRecords(tx: Tx, serverIds: string[]): Promise<SearchRecord[]> {
  if (serverIds.length === 0) return [];
  const rows = await tx.$queryRaw<Row[]>`
    select ${LATEST_VERSION_COLUMNS}, s.tags, v."updatedAt",
      array(select package->>'identifier' from jsonb_array_elements(${MANIFEST_PACKAGES}) as package
            where package->>'identifier' is not null) as identifiers,
      (select coalesce(jsonb_agg(jsonb_build_object(
         'name', tool->'name', 'title', tool->'title', 'description', tool->'description')), '[]')
       from jsonb_array_elements(${SCANNED_TOOLS}) as tool) as tools
    ${FROM_LATEST_VERSION}
    where s.id in (${Prisma.join(serverIds)})`;
  return rows.map((row) => {
    const marks = marksOfRow(row);
    return {
      serverId: row.serverId,
      name: row.name,
      title: row.title ?? '',
      description: row.description,
      toolNames: row.tools.flatMap((tool) => text(tool.name)),
      toolDescriptions: row.tools.flatMap((tool) => [...text(tool.title), ...text(tool.description)]),
      keywords: [...(row.category ? [row.category] : []), ...row.tags, ...row.identifiers],
      facets: {
        grade: marks.scan.grade,
        signature: marks.signature.state,
        publisher: marks.publisher.level,
        risk: marks.risk,
        runsAs: row.runsAs,
        category: row.category,
        origin: row.origin,
      },
      updatedAt: row.updatedAt,
    };
  });
}

/** What is searched of one server; null where there is nothing to search. */
export async function buildSearchRecord(tx: Tx, serverId: string): Promise<SearchRecord | null> {
  const [record] = await buildSearchRecords(tx, [serverId]);
  return record ?? null;
}
