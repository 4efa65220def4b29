import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { log } from '#lib/config/log.ts';
import { db, Prisma } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { enqueueDryRuns } from '#lib/jobs/enqueue.ts';
import { checkPolicy, requirePolicy } from './check-policy.ts';
import { policyInForce } from './decide-version.ts';
import { type DryRunResult, dryRun } from './dry-run.ts';

/** Longer than a catalog of 100,000 versions takes on a small machine. */
const MAX_MS = 10 * 60 * 1000;
/** A worker that said nothing for so long is gone. */
const LOST_MS = 2 * 60 * 1000;
const KEPT = 20;

export type DryRunView = {
  id: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  cedar: string;
  coolDownDays: number;
  comparedWith: number | null;
  total: number;
  done: number;
  result: DryRunResult | null;
  error: string | null;
  createdAt: string;
  finishedAt: string | null;
};

/** Has a worker try a draft on the catalog. A run that the organization has waiting gives way to it. Throws POLICY_INVALID. */
export async function startDryRun({
  viewer,
  orgSlug,
  cedar,
  coolDownDays,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  cedar: string;
  coolDownDays: number;
  now?: Date;
}): Promise<string> {
  const org = requireOrg(viewer, orgSlug, 'policy.edit');
  requirePolicy(cedar);
  const id = await db().$transaction(async (tx) => {
    const error = 'A newer dry run took its place.';
    await tx.policyDryRun.updateMany({
      where: { orgId: org.id, state: { in: ['waiting', 'running'] } },
      data: { state: 'failed', error, finishedAt: now },
    });
    const inForce = await policyInForce(tx, org.id);
    const row = await tx.policyDryRun.create({
      data: {
        orgId: org.id,
        createdById: viewer.id,
        cedar,
        coolDownDays,
        comparedWith: inForce?.version ?? null,
        createdAt: now,
      },
    });
    const old = await tx.policyDryRun.findMany({
      where: { orgId: org.id },
      orderBy: { createdAt: 'desc' },
      skip: KEPT,
      select: { id: true },
    });
    await tx.policyDryRun.deleteMany({ where: { id: { in: old.map((one) => one.id) } } });
    return row.id;
  });
  await enqueueDryRuns();
  return id;
}

/** A dry run with its progress, or its result. Throws NOT_FOUND, also for one of another organization. */
export async function getDryRun({
  viewer,
  orgSlug,
  id,
}: {
  viewer: Viewer;
  orgSlug: string;
  id: string;
}): Promise<DryRunView> {
  const org = requireOrg(viewer, orgSlug, 'policy.read');
  const row = await db().policyDryRun.findFirst({ where: { id, orgId: org.id } });
  if (!row) throw new DomainError('NOT_FOUND', 'There is no such dry run. Only the newest ones are kept.');
  const { state, cedar, coolDownDays, comparedWith, total, done, error } = row;
  return {
    id,
    state,
    cedar,
    coolDownDays,
    comparedWith,
    total,
    done,
    error,
    result: row.result as unknown as DryRunResult | null,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** Works the dry runs that wait, and those whose worker is gone. Returns how many. */
export async function workDryRuns({
  now = () => new Date(),
  signal,
  maxMs = MAX_MS,
}: {
  now?: () => Date;
  signal?: AbortSignal;
  maxMs?: number;
} = {}): Promise<number> {
  let worked = 0;
  while (!signal?.aborted) {
    const [claimed] = await db().$queryRaw<{ id: string }[]>(Prisma.sql`
      update "PolicyDryRun" set state = 'running', "heartbeatAt" = ${now()}::timestamptz
      where id = (select id from "PolicyDryRun"
        where state = 'waiting'
          or (state = 'running' and "heartbeatAt" < ${new Date(now().getTime() - LOST_MS)}::timestamptz)
        order by "createdAt" limit 1 for update skip locked)
      returning id`);
    if (!claimed) break;
    await workOne(claimed.id, { now, signal, maxMs });
    worked++;
  }
  return worked;
}

async function workOne(
  id: string,
  { now, signal, maxMs }: { now: () => Date; signal?: AbortSignal; maxMs: number },
): Promise<void> {
  const row = await db().policyDryRun.findUniqueOrThrow({ where: { id } });
  const inForce =
    row.comparedWith === null
      ? null
      : await db().orgPolicy.findUnique({
          where: { orgId_version: { orgId: row.orgId, version: row.comparedWith } },
          select: { cedar: true, mode: true },
        });
  // Another one may have taken its place; then what it found is not wanted any more.
  const replaced = new AbortController();
  const update = async (data: Prisma.PolicyDryRunUpdateManyMutationInput) => {
    const { count } = await db().policyDryRun.updateMany({ where: { id, state: 'running' }, data });
    if (count === 0) replaced.abort();
  };
  try {
    const result = await dryRun(db(), {
      orgId: row.orgId,
      cedar: row.cedar,
      policies: checkPolicy(row.cedar).policies,
      coolDownDays: row.coolDownDays,
      inForce,
      now: now(),
      maxMs,
      signal: AbortSignal.any([replaced.signal, ...(signal ? [signal] : [])]),
      onProgress: (progress) => update({ ...progress, heartbeatAt: now() }),
    });
    // A process that is told to stop leaves the run to the next one.
    if (signal?.aborted) await update({ state: 'waiting' });
    else await update({ state: 'done', result: result as unknown as Prisma.InputJsonValue, finishedAt: now() });
  } catch (error) {
    log.error({ err: error, dryRun: id }, 'a dry run failed');
    await update({
      state: 'failed',
      error: 'The fault is on this side and is in the log. Try again.',
      finishedAt: now(),
    });
  }
}
