import { db, type Prisma } from '#lib/db/db.ts';
import { ANSWER_LIMITS, type AnswerView, type FindingAnswers } from './types.ts';

/** Answers of the past that are read of one server. */
const MAX_EARLIER = 500;

const SELECT = {
  fingerprint: true,
  party: true,
  kind: true,
  reason: true,
  byName: true,
  answeredAt: true,
  expiresAt: true,
  supersededAt: true,
  version: true,
  org: { select: { slug: true } },
} as const satisfies Prisma.FindingAnswerSelect;

type Row = Prisma.FindingAnswerGetPayload<{ select: typeof SELECT }>;

/**
 * What was answered to the findings of a server, by fingerprint: what publisher and admins said, which is public, and what
 * the viewer's own organizations said. Findings without an answer are missing.
 */
export async function getAnswers({
  serverName,
  viewer,
  now = new Date(),
}: {
  serverName: string;
  viewer: { orgs: readonly { id: string }[] } | null;
  now?: Date;
}): Promise<ReadonlyMap<string, FindingAnswers>> {
  const seen: Prisma.FindingAnswerWhereInput = {
    server: { name: serverName },
    OR: [{ party: { not: 'organization' } }, { orgId: { in: (viewer?.orgs ?? []).map(({ id }) => id) } }],
  };
  const [current, past] = await Promise.all([
    db().findingAnswer.findMany({
      where: { ...seen, supersededAt: null },
      orderBy: { answeredAt: 'desc' },
      select: SELECT,
    }),
    db().findingAnswer.findMany({
      where: { ...seen, supersededAt: { not: null } },
      orderBy: { answeredAt: 'desc' },
      take: MAX_EARLIER,
      select: SELECT,
    }),
  ]);
  const byFingerprint = Map.groupBy([...current, ...past], ({ fingerprint }) => fingerprint);
  return new Map([...byFingerprint].map(([fingerprint, rows]) => [fingerprint, answersOf(fingerprint, rows, now)]));
}

function answersOf(fingerprint: string, rows: readonly Row[], now: Date): FindingAnswers {
  const holding = rows.filter((row) => row.supersededAt === null && row.kind !== 'cleared');
  const view = (row: Row | undefined) => (row ? answerView(row, now) : null);
  const publisher = view(holding.find(({ party }) => party === 'publisher'));
  const admin = view(holding.find(({ party }) => party === 'admin'));
  return {
    fingerprint,
    publisher,
    admin,
    orgs: holding.filter(({ party }) => party === 'organization').map((row) => answerView(row, now)),
    // What took an answer back holds, but says nothing about the finding: it belongs to the past.
    earlier: rows
      .filter((row) => !holding.includes(row))
      .sort((a, b) => b.answeredAt.getTime() - a.answeredAt.getTime())
      .slice(0, ANSWER_LIMITS.history)
      .map((row) => answerView(row, now)),
    isWithdrawn: admin?.kind === 'withdrawn',
    isDisputed: publisher?.kind === 'disputed' && (admin === null || admin.at < publisher.at),
  };
}

export const answerView = (row: Omit<Row, 'fingerprint' | 'supersededAt'>, now: Date): AnswerView => ({
  party: row.party,
  orgSlug: row.org?.slug ?? null,
  kind: row.kind,
  reason: row.reason,
  by: row.byName,
  at: row.answeredAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  isExpired: row.expiresAt !== null && row.expiresAt <= now,
  version: row.version,
});
