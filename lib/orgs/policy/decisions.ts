import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { PolicyOutcome } from '#lib/db/client/client.ts';
import { db, Prisma } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type DecidingPolicy, evaluatePolicy, sayVerdict, type Verdict } from './evaluate-policy.ts';
import { factsSha256, type PolicyFacts } from './facts.ts';

export const DECISIONS_PER_PAGE = 50;

export type DecisionRow = {
  id: string;
  serverName: string;
  version: string;
  outcome: PolicyOutcome;
  occasion: string;
  policyVersion: number;
  reason: string;
  decidedAt: string;
};

/** Decisions of an organization's policy, the newest first. `server` is part of a name. Throws NOT_FOUND, FORBIDDEN. */
export async function listDecisions({
  viewer,
  orgSlug,
  outcome,
  server,
  page = 1,
}: {
  viewer: Viewer;
  orgSlug: string;
  outcome?: PolicyOutcome;
  server?: string;
  page?: number;
}): Promise<{ rows: DecisionRow[]; total: number }> {
  const org = requireOrg(viewer, orgSlug, 'policy.read');
  const where = Prisma.sql`
    d."orgId" = ${org.id}
    and ${outcome ? Prisma.sql`d.outcome = ${outcome}::"PolicyOutcome"` : Prisma.sql`true`}
    and ${server ? Prisma.sql`strpos(lower(v."serverName"), lower(${server})) > 0` : Prisma.sql`true`}`;
  type Row = Omit<DecisionRow, 'reason' | 'decidedAt'> & { decidedAt: Date; deciding: unknown; errors: unknown };
  const [rows, [count]] = await Promise.all([
    db().$queryRaw<Row[]>(Prisma.sql`
      select d.id, v."serverName", v.version, d.outcome::text, d.occasion, d."policyVersion", d."decidedAt", d.deciding, d.errors
      from "PolicyDecision" d join "Version" v on v.id = d."versionId" where ${where}
      order by d."decidedAt" desc, d.id desc limit ${DECISIONS_PER_PAGE} offset ${(page - 1) * DECISIONS_PER_PAGE}`),
    db().$queryRaw<{ total: number }[]>(Prisma.sql`
      select count(*)::int as total from "PolicyDecision" d join "Version" v on v.id = d."versionId" where ${where}`),
  ]);
  return {
    total: count?.total ?? 0,
    rows: rows.map(({ deciding, errors, decidedAt, ...row }) => ({
      ...row,
      decidedAt: decidedAt.toISOString(),
      reason: sayVerdict(verdictOf({ outcome: row.outcome, deciding, errors })),
    })),
  };
}

export type DecisionPage = DecisionRow & {
  facts: PolicyFacts;
  factsSha256: string;
  verdict: Verdict;
  /** The policy that decided, as it was. */
  cedar: string;
  /** Whether the recorded facts are those that the decision saw. */
  isIntact: boolean;
};

/** One decision with all that it rests on. Throws NOT_FOUND, also for one of another organization. */
export async function getDecision({
  viewer,
  orgSlug,
  id,
}: {
  viewer: Viewer;
  orgSlug: string;
  id: string;
}): Promise<DecisionPage> {
  const org = requireOrg(viewer, orgSlug, 'policy.read');
  const row = await db().policyDecision.findFirst({
    where: { id, orgId: org.id },
    include: { version: { select: { serverName: true, version: true } } },
  });
  const policy =
    row &&
    (await db().orgPolicy.findUnique({ where: { orgId_version: { orgId: org.id, version: row.policyVersion } } }));
  if (!row || !policy) throw new DomainError('NOT_FOUND', 'There is no such decision.');
  const facts = row.facts as unknown as PolicyFacts;
  const verdict = verdictOf(row);
  return {
    id: row.id,
    serverName: row.version.serverName,
    version: row.version.version,
    outcome: row.outcome,
    occasion: row.occasion,
    policyVersion: row.policyVersion,
    reason: sayVerdict(verdict),
    decidedAt: row.decidedAt.toISOString(),
    facts,
    factsSha256: row.factsSha256,
    verdict,
    cedar: policy.cedar,
    isIntact: factsSha256(facts) === row.factsSha256,
  };
}

/** What the same policy says about the recorded facts now; `isSame` when that is what it said then. */
export async function replayDecision(asked: { viewer: Viewer; orgSlug: string; id: string }): Promise<{
  verdict: Verdict;
  isSame: boolean;
  isIntact: boolean;
}> {
  const { cedar, facts, verdict: before, isIntact } = await getDecision(asked);
  const verdict = evaluatePolicy(cedar, facts);
  const told = ({ outcome, deciding }: Verdict) => JSON.stringify([outcome, deciding.map(({ id }) => id).sort()]);
  return { verdict, isIntact, isSame: told(verdict) === told(before) };
}

const verdictOf = ({
  outcome,
  deciding,
  errors,
}: {
  outcome: PolicyOutcome;
  deciding: unknown;
  errors: unknown;
}): Verdict => ({ outcome, deciding: (deciding ?? []) as DecidingPolicy[], errors: (errors ?? []) as string[] });
