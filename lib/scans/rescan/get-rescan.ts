import { db } from '#lib/db/db.ts';
import { RULESET_VERSION } from '#scanners/version.ts';
import { countDue } from './due-versions.ts';
import type { RescanSummary } from './types.ts';

export type RescanView = {
  rulesetVersion: string;
  startedAt: string;
  lastAt: string | null;
  finishedAt: string | null;
  total: number;
  done: number;
  failed: number;
  perMinute: number | null;
  summary: RescanSummary | null;
};

export type RescanStatus = {
  /** The ruleset of this program. */
  rulesetVersion: string;
  /** Versions whose scan that counts was made with an older one. */
  due: number;
  /** Newest first. */
  rescans: RescanView[];
};

const SHOWN = 5;

/** Where the scan of the whole catalog with the newest rules is. */
export async function getRescanStatus(): Promise<RescanStatus> {
  const [due, rows] = await Promise.all([
    countDue(db()),
    db().rescan.findMany({ orderBy: { startedAt: 'desc' }, take: SHOWN }),
  ]);
  return {
    rulesetVersion: RULESET_VERSION,
    due,
    rescans: rows.map((row) => ({
      ...row,
      startedAt: row.startedAt.toISOString(),
      lastAt: row.lastAt?.toISOString() ?? null,
      finishedAt: row.finishedAt?.toISOString() ?? null,
      summary: row.summary as RescanSummary | null,
    })),
  };
}

export type RescanChangeView = {
  serverName: string;
  version: string;
  gradeBefore: string | null;
  gradeAfter: string | null;
  accusationsBefore: number;
  accusationsAfter: number;
  added: string[];
  removed: string[];
  /** Why the version could not be scanned; null where it was. */
  error: string | null;
};

export const CHANGES_A_PAGE = 50;

/** The versions whose grade or accusations a re-scan changed, and those that failed; by name, a page at a time. */
export async function listRescanChanges({
  rulesetVersion,
  page = 1,
}: {
  rulesetVersion: string;
  page?: number;
}): Promise<{ changes: RescanChangeView[]; total: number }> {
  const rows = await db().$queryRaw<(RescanChangeView & { total: number })[]>`
    select "serverName", version, "gradeBefore", "gradeAfter", "accusationsBefore", "accusationsAfter", added, removed,
           error, (count(*) over ())::int as total
    from "RescanChange"
    where "rulesetVersion" = ${rulesetVersion}
      and (error is not null or "gradeBefore" is distinct from "gradeAfter"
           or "accusationsBefore" <> "accusationsAfter")
    order by "serverName", version limit ${CHANGES_A_PAGE} offset ${(page - 1) * CHANGES_A_PAGE}`;
  return { changes: rows.map(({ total, ...change }) => change), total: rows[0]?.total ?? 0 };
}
