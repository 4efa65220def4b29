import { setTimeout as sleep } from 'node:timers/promises';
import { db } from '#lib/db/db.ts';

/** Scans that one statement empties. */
const BATCH = 200;
const REST_MS = 50;

/**
 * Empties old scans of what they saw: definitions, findings, permissions and what came with the package. That there was a scan, when,
 * what it graded and the digest of the tools that it saw stay. Kept whole are scans that still say something: the one
 * that counts, the newest that saw other tools before it, and for each approval the one that saw what was approved.
 * Returns how many were emptied; stops when `signal` aborts and goes on the next time.
 */
export async function pruneScans({
  keepDays,
  now,
  signal,
}: {
  keepDays: number;
  now: Date;
  signal?: AbortSignal;
}): Promise<number> {
  const before = new Date(now.getTime() - keepDays * 86_400_000);
  let emptied = 0;
  while (!signal?.aborted) {
    const count = await emptyBatch(before);
    emptied += count;
    if (count < BATCH) break;
    await sleep(REST_MS);
  }
  return emptied;
}

/**
 * An approval at the same time is safe: it pins what the scan that counts saw, and that one is kept. What `snapshots.ts` looks for
 * is what stays, so the two must agree.
 */
const emptyBatch = (before: Date): Promise<number> =>
  db().$executeRaw`
    update "Scan" set definitions = null, digests = null, "packageFacts" = null, findings = null, permissions = null, coverage = null
    where id in (
      select s.id from "Scan" s
      where s.status = 'done' and s."finishedAt" < ${before} and s.coverage is not null
        and not exists (select 1 from "Version" v where v."currentScanId" = s.id)
        and s.id is distinct from (
          select e.id from "Scan" e
          join "Version" v on v.id = e."versionId"
          join "Scan" c on c.id = v."currentScanId"
          where e."versionId" = s."versionId" and e.status = 'done' and e.coverage is not null
            and e."finishedAt" <= c."finishedAt" and e."toolsDigest" <> c."toolsDigest"
          order by e."finishedAt" desc, e.id desc limit 1)
        and not exists (
          select 1 from "AllowlistVersion" a
          where a."versionId" = s."versionId" and a."feedEntry"->>'toolsDigest' is not distinct from s."toolsDigest"
            and s.id = coalesce(
              (select n.id from "Scan" n
                where n."versionId" = s."versionId" and n.status = 'done' and n.coverage is not null
                  and n."toolsDigest" is not distinct from s."toolsDigest" and n."finishedAt" <= a."approvedAt"
                order by n."finishedAt" desc, n.id desc limit 1),
              (select o.id from "Scan" o
                where o."versionId" = s."versionId" and o.status = 'done' and o.coverage is not null
                  and o."toolsDigest" is not distinct from s."toolsDigest"
                order by o."finishedAt", o.id limit 1)))
      order by s."finishedAt" limit ${BATCH})`;
