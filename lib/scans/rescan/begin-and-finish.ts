import { appendEvent } from '#lib/audit/append-event.ts';
import { db, type Prisma, type Tx } from '#lib/db/db.ts';
import { RULES } from '#scanners/registry.ts';
import { RULESET_VERSION } from '#scanners/version.ts';
import { countDue } from './due-versions.ts';
import type { RescanSummary } from './types.ts';

const ACTOR = { type: 'system', name: 'Hallmark' } as const;

const NOTHING: RescanSummary = {
  versions: 0,
  changed: 0,
  failed: 0,
  accused: 0,
  grades: [],
  rules: [],
  overtakenBy: null,
};

/** One process at a time begins or ends a re-scan. */
const lock = (tx: Tx) => tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('rescan', 0))`;

/**
 * Opens the re-scan with this program's ruleset where versions are due. False when there is nothing to do. A re-scan of an
 * older ruleset that was not through is closed: this one does what is left of it.
 */
export async function beginRescan({ now, retryFailed }: { now: Date; retryFailed: boolean }): Promise<boolean> {
  return db().$transaction(async (tx) => {
    await lock(tx);
    const rulesetVersion = RULESET_VERSION;
    if (retryFailed) {
      await tx.rescanChange.deleteMany({ where: { rulesetVersion, error: { not: null } } });
      await tx.rescan.updateMany({ where: { rulesetVersion }, data: { failed: 0 } });
    }
    const open = await tx.rescan.findUnique({ where: { rulesetVersion } });
    if (open && open.finishedAt === null) return true;
    const due = await countDue(tx);
    if (due === 0) return false;
    const summary: RescanSummary = { ...NOTHING, overtakenBy: rulesetVersion };
    await tx.rescan.updateMany({
      where: { finishedAt: null, rulesetVersion: { not: rulesetVersion } },
      data: { finishedAt: now, summary: summary as unknown as Prisma.InputJsonValue },
    });
    await tx.rescan.upsert({
      where: { rulesetVersion },
      create: { rulesetVersion, startedAt: now, total: due },
      // Scans with older rules came in after the end, e.g. from a worker that was not updated yet.
      update: { finishedAt: null, total: { increment: due } },
    });
    await appendEvent(tx, {
      orgId: null,
      kind: 'rescan.started',
      actor: ACTOR,
      subject: { ruleset: rulesetVersion },
      data: { versions: due },
      now,
    });
    return true;
  });
}

/** Closes the re-scan when no version is due any more. Returns what it changed, or null when it is not through. */
export async function finishRescan({ now }: { now: Date }): Promise<RescanSummary | null> {
  return db().$transaction(async (tx) => {
    await lock(tx);
    const rulesetVersion = RULESET_VERSION;
    const row = await tx.rescan.findUnique({ where: { rulesetVersion } });
    if (!row || row.finishedAt !== null || (await countDue(tx)) > 0) return null;
    const summary = await summaryOf(tx, row);
    await tx.rescan.update({
      where: { rulesetVersion },
      // Versions that an ordered scan did in its place count as done here.
      data: { finishedAt: now, total: row.done + row.failed, summary: summary as unknown as Prisma.InputJsonValue },
    });
    await appendEvent(tx, {
      orgId: null,
      kind: 'rescan.finished',
      actor: ACTOR,
      subject: { ruleset: rulesetVersion },
      data: { ...summary },
      now,
    });
    return summary;
  });
}

const ACCUSATIONS = RULES.filter((rule) => rule.class === 'accusation').map(({ id }) => id);

async function summaryOf(tx: Tx, { done, failed }: { done: number; failed: number }): Promise<RescanSummary> {
  const rulesetVersion = RULESET_VERSION;
  const [counts] = await tx.$queryRaw<{ changed: number; accused: number }[]>`
    select count(*)::int as changed, (count(*) filter (where added && ${ACCUSATIONS}::text[]))::int as accused
    from "RescanChange" where "rulesetVersion" = ${rulesetVersion} and error is null`;
  const grades = await tx.$queryRaw<RescanSummary['grades']>`
    select "gradeBefore" as "from", "gradeAfter" as "to", count(*)::int as versions
    from "RescanChange"
    where "rulesetVersion" = ${rulesetVersion} and "gradeBefore" is distinct from "gradeAfter"
    group by 1, 2 order by 3 desc, 1, 2`;
  const rules = await tx.$queryRaw<RescanSummary['rules']>`
    select "ruleId", sum(added)::int as added, sum(removed)::int as removed
    from (
      select unnest(added) as "ruleId", 1 as added, 0 as removed from "RescanChange"
      where "rulesetVersion" = ${rulesetVersion}
      union all
      select unnest(removed), 0, 1 from "RescanChange" where "rulesetVersion" = ${rulesetVersion}
    ) as moved group by "ruleId" order by "ruleId"`;
  const { changed, accused } = counts ?? { changed: 0, accused: 0 };
  return { versions: done, changed, failed, accused, grades, rules, overtakenBy: null };
}
