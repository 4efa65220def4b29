import { log } from '#lib/config/log.ts';
import { db, Prisma } from '#lib/db/db.ts';
import { type Considered, considerVersion, considerVersions } from './consider-version.ts';
import type { Occasion } from './schema.ts';

/** Versions of one organization that are looked at in one transaction. */
const BATCH = 25;
/** How long a worker has for what it took, until another one takes it. */
const LEASE_MS = 5 * 60 * 1000;
/** A task that failed this often is given up, with a line in the log. */
const MAX_ATTEMPTS = 12;

export type WorkedTasks = { considered: number; approved: number; requested: number; failed: number };

/** Works the tasks that are due, until there are none, `signal` ends it, or `maxMs` are over. Several processes may do so at once. */
export async function workPolicyTasks({
  now = () => new Date(),
  signal,
  maxMs = 10 * 60 * 1000,
}: {
  now?: () => Date;
  signal?: AbortSignal;
  maxMs?: number;
} = {}): Promise<WorkedTasks> {
  const worked: WorkedTasks = { considered: 0, approved: 0, requested: 0, failed: 0 };
  const until = Date.now() + maxMs;
  while (!signal?.aborted && Date.now() < until) {
    const taken = await take(now());
    if (taken.length === 0) break;
    for (const [orgId, tasks] of Map.groupBy(taken, (task) => task.orgId)) {
      const results = await consider(orgId, tasks, now());
      for (const [index, task] of tasks.entries()) await settle(task, results[index] ?? null, { worked, now: now() });
    }
  }
  return worked;
}

type Task = { orgId: string; versionId: string; occasion: Occasion; dueAt: Date; attempts: number };

/** Takes due tasks for `LEASE_MS`; those that another worker has in hand are passed over. */
const take = (now: Date): Promise<Task[]> =>
  db().$queryRaw<Task[]>(Prisma.sql`
    update "PolicyTask" t set "dueAt" = ${new Date(now.getTime() + LEASE_MS)}::timestamptz, attempts = t.attempts + 1
    from (select "orgId", "versionId" from "PolicyTask" where "dueAt" <= ${now}::timestamptz
      order by "orgId", "dueAt" limit ${BATCH} for update skip locked) due
    where t."orgId" = due."orgId" and t."versionId" = due."versionId"
    returning t."orgId", t."versionId", t.occasion, t."dueAt", t.attempts`);

/** All at once; where that fails each by itself, so that one bad version keeps no other one back. */
async function consider(orgId: string, tasks: readonly Task[], now: Date): Promise<(Considered | null)[]> {
  if (tasks.length > 1) {
    try {
      return await considerVersions({ orgId, tasks, now });
    } catch (error) {
      log.warn({ err: error, orgId }, 'versions could not be considered together; now one by one');
    }
  }
  const results: (Considered | null)[] = [];
  for (const task of tasks) {
    try {
      results.push(await considerVersion({ ...task, now }));
    } catch (error) {
      log.error({ err: error, orgId, versionId: task.versionId }, 'a version could not be considered');
      results.push(null);
    }
  }
  return results;
}

/** A task that somebody renewed meanwhile stays: it has another due time than the one it was taken with. */
async function settle(
  task: Task,
  result: Considered | null,
  { worked, now }: { worked: WorkedTasks; now: Date },
): Promise<void> {
  const { orgId, versionId, dueAt, attempts } = task;
  const own = { orgId, versionId, dueAt };
  worked.considered++;
  if (result?.action === 'approved') worked.approved++;
  if (result?.action === 'requested') worked.requested++;
  if (result?.action === 'waits') {
    await db().policyTask.updateMany({ where: own, data: { dueAt: result.until, attempts: 0 } });
  } else if (result === null && attempts < MAX_ATTEMPTS) {
    worked.failed++;
    await db().policyTask.updateMany({ where: own, data: { dueAt: new Date(now.getTime() + attempts * 60_000) } });
  } else {
    await db().policyTask.deleteMany({ where: own });
  }
}
