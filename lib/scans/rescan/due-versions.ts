import { Prisma, type Tx } from '#lib/db/db.ts';
import { RULESET_VERSION } from '#scanners/version.ts';

/**
 * Whether a scan was made with an older ruleset than this program's. Of two programs that run at once, during an update, the
 * older one must not scan everything back; what is no list of numbers counts as older.
 */
const IS_OLDER = Prisma.sql`
  case when c."rulesetVersion" ~ '^[0-9]{1,8}([.][0-9]{1,8}){0,7}$'
    then string_to_array(c."rulesetVersion", '.')::int[] < string_to_array(${RULESET_VERSION}, '.')::int[]
    else true end`;

/** Versions whose scan that counts is older, over "Version" v and its current "Scan" c; without those that failed already. */
const DUE = Prisma.sql`
  from "Version" v join "Scan" c on c.id = v."currentScanId"
  where ${IS_OLDER} and not exists (
    select 1 from "RescanChange" f
    where f."rulesetVersion" = ${RULESET_VERSION} and f."versionId" = v.id and f.error is not null)`;

export async function countDue(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`select count(*)::int as count ${DUE}`;
  return row?.count ?? 0;
}

/**
 * Versions to scan again, what most people see first. Those with an ordered scan are left: it brings the newer rules too.
 */
export async function dueVersions(
  tx: Tx,
  { skip, limit }: { skip: readonly string[]; limit: number },
): Promise<{ id: string; serverId: string }[]> {
  return tx.$queryRaw`
    select v.id, v."serverId" ${DUE} and v.id <> all(${skip}::text[])
      and not exists (select 1 from "Scan" o where o."versionId" = v.id and o.status in ('queued', 'running'))
    order by v."isLatest" desc, v.status = 'deleted', v.id limit ${limit}`;
}

/** Whether an ordered scan waits for a worker. */
export async function scansWait(tx: Tx, now: Date): Promise<boolean> {
  const waiting = await tx.scan.findFirst({
    where: { status: 'queued', OR: [{ nextAttemptAt: null }, { nextAttemptAt: { lte: now } }] },
    select: { id: true },
  });
  return waiting !== null;
}
