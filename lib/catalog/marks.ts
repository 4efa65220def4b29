import { type Db, db, Prisma, type Tx } from '#lib/db/db.ts';
import type { Grade, Risk } from '#scanners/types.ts';
import type { Coverage, Marks, PublisherLevel, VersionOrigin } from './views.ts';

/** What a query must select of a version so that `marksOf` can tell its four signals. */
export const MARKS_SELECT = {
  id: true,
  serverId: true,
  serverName: true,
  version: true,
  status: true,
  isLatest: true,
  origin: true,
  publishedAt: true,
  signatureState: true,
  provenanceState: true,
  server: { select: { namespace: true } },
  currentScan: {
    select: {
      grade: true,
      activeGrade: true,
      accusations: true,
      activeAccusations: true,
      risk: true,
      coverage: true,
      finishedAt: true,
      toolsDigest: true,
    },
  },
  scans: { select: { status: true }, orderBy: { createdAt: 'desc' }, take: 1 },
} as const satisfies Prisma.VersionSelect;

export type MarksRow = Prisma.VersionGetPayload<{ select: typeof MARKS_SELECT }>;

/** What `marksOf` reads of it. */
export type MarksFacts = Pick<MarksRow, 'origin' | 'signatureState' | 'provenanceState' | 'server' | 'scans'> & {
  currentScan: Omit<NonNullable<MarksRow['currentScan']>, 'toolsDigest'> | null;
};

/** Who holds a namespace. */
export type NamespaceHolders = ReadonlyMap<string, Marks['publisher']>;

const NOBODY: Marks['publisher'] = { level: 'unverified', slug: null, displayName: null, proof: null };

/**
 * How verified the holder is for one namespace: by the proof of this namespace, not by that of another one that the same
 * publisher holds. `official` is the publisher's, and needs the proof too.
 */
export const levelFor = (isProven: boolean, level: PublisherLevel): PublisherLevel => {
  if (!isProven) return 'unverified';
  return level === 'official' ? 'official' : 'verified';
};

/** `levelFor` in SQL, over "Namespace" as n and "Publisher" as p. */
export const HOLDER_LEVEL = Prisma.sql`
  case when n."isProven" is not true then 'unverified' when p.level = 'official' then 'official' else 'verified' end`;

/** Publishers by the namespace that they hold; one query for any number of namespaces. */
export async function namespaceHolders(namespaces: readonly string[], tx: Tx | Db = db()): Promise<NamespaceHolders> {
  const rows = await tx.namespace.findMany({
    where: { name: { in: [...new Set(namespaces)] } },
    select: {
      name: true,
      proofKind: true,
      isProven: true,
      publisher: { select: { slug: true, displayName: true, level: true } },
    },
  });
  return new Map(
    rows.map(({ name, proofKind, isProven, publisher }) => [
      name,
      { ...publisher, level: levelFor(isProven, publisher.level), proof: proofKind },
    ]),
  );
}

/**
 * Whether the holder of the namespace answers for a version. Not for a mirrored one, which came from another catalog, and
 * not for an example, which we wrote; only the demonstrations are by the demonstration publisher.
 */
export const isByHolder = (origin: VersionOrigin, proof: string | null) =>
  origin === 'published' || (origin === 'example' && proof === 'demonstration');

/** The four signals of a version (DESIGN §1). */
export function marksOf(row: MarksFacts, holders: NamespaceHolders): Marks {
  const scan = row.currentScan;
  const holder = holders.get(row.server.namespace);
  return {
    publisher: holder && isByHolder(row.origin, holder.proof) ? holder : NOBODY,
    signature: { state: row.signatureState, provenance: row.provenanceState },
    scan: {
      status: row.scans[0]?.status ?? 'none',
      // Without what an admin withdrew (lib/scans/answers/standing.ts).
      grade: (scan?.activeGrade ?? scan?.grade ?? null) as Grade | null,
      accusations: scan?.activeAccusations ?? scan?.accusations ?? 0,
      scannedAt: scan?.finishedAt?.toISOString() ?? null,
      coverage: (scan?.coverage ?? null) as Coverage | null,
    },
    risk: (scan?.risk ?? null) as Risk | null,
  };
}
