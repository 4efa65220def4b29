import path from 'node:path';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { sha256Hex } from '#lib/manifest/index.ts';
import { parseAdvisory } from './parse-advisory.ts';
import { type DumpEntry, openDump } from './read-dump.ts';
import { type AdvisoryRow, type Ecosystem, OSV_LIMITS } from './types.ts';

export type DumpReport = {
  total: number;
  done: number;
  /** Advisories about the ecosystem, in this and in stopped runs. */
  advisories: number;
  skipped: number;
  resumedAt: number;
};

/**
 * Takes over a copy of an OSV database for one ecosystem. Batches are committed with their progress: a stopped import goes
 * on where it was when the same dump is given again, and one that ended is done again with the same result. An advisory
 * takes the place of an older one of its name, never of a newer one. A bad entry is reported and skipped.
 * Throws NOT_FOUND and UNPROCESSABLE as `openDump` does.
 */
export async function importDump({
  file,
  ecosystem,
  onSkip,
  onProgress,
  signal,
  now = () => new Date(),
}: {
  file: string;
  ecosystem: Ecosystem;
  onSkip: (skipped: { name: string; reason: string }) => void;
  onProgress: (done: number, total: number) => void;
  signal?: AbortSignal;
  now?: () => Date;
}): Promise<DumpReport> {
  const dump = await openDump(file);
  try {
    if (dump.total === 0) throw new DomainError('UNPROCESSABLE', `${file} has no advisories to import.`);
    const id = sha256Hex(Buffer.from(`${ecosystem}:${dump.digest}`));
    const before = await db().osvImport.findUnique({ where: { id } });
    const isResumed = before !== null && before.finishedAt === null;
    const start = {
      ecosystem,
      file: path.basename(file),
      total: dump.total,
      ...{ done: 0, advisories: 0, skipped: 0, startedAt: now(), finishedAt: null },
      ...{ lookedUpTo: null, lookedUpAt: null },
    };
    // What an import of the same dump brought is still news where no version was looked up since.
    const since = before !== null && before.lookedUpAt === null ? { startedAt: before.startedAt } : {};
    const run = isResumed
      ? before
      : await db().osvImport.upsert({ where: { id }, create: { id, ...start }, update: { ...start, ...since } });

    const report: DumpReport = {
      total: dump.total,
      done: run.done,
      advisories: run.advisories,
      skipped: run.skipped,
      resumedAt: run.done,
    };
    for await (const batch of batchesOf(dump.entries(run.done))) {
      if (signal?.aborted) return report;
      const { advisories, skipped } = await importBatch(batch, { importId: id, ecosystem, onSkip, now: now() });
      report.done += batch.length;
      report.advisories += advisories;
      report.skipped += skipped;
      onProgress(report.done, report.total);
    }
    await db().osvImport.update({ where: { id }, data: { finishedAt: now() } });
    return report;
  } finally {
    dump.close();
  }
}

async function* batchesOf(entries: AsyncGenerator<DumpEntry>): AsyncGenerator<DumpEntry[]> {
  let batch: DumpEntry[] = [];
  for await (const entry of entries) {
    batch.push(entry);
    if (batch.length < OSV_LIMITS.batch) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function importBatch(
  batch: readonly DumpEntry[],
  {
    importId,
    ecosystem,
    onSkip,
    now,
  }: {
    importId: string;
    ecosystem: Ecosystem;
    onSkip: (skipped: { name: string; reason: string }) => void;
    now: Date;
  },
): Promise<{ advisories: number; skipped: number }> {
  // Of two entries of one name in a batch the newer counts: one statement writes a row once.
  const newest = new Map<string, AdvisoryRow[]>();
  let [advisories, skipped] = [0, 0];
  for (const entry of batch) {
    const parsed =
      'fault' in entry ? { ok: false as const, reason: entry.fault } : parseAdvisory(entry.bytes, ecosystem);
    if (!parsed.ok) {
      skipped += 1;
      onSkip({ name: entry.name, reason: parsed.reason });
      continue;
    }
    if (parsed.rows.length === 0) continue;
    advisories += 1;
    const known = newest.get(parsed.id)?.[0];
    if (known === undefined || known.modifiedAt <= parsed.rows[0]!.modifiedAt) newest.set(parsed.id, parsed.rows);
  }
  await db().$transaction(
    async (tx) => {
      await writeRows(tx, ecosystem, [...newest.values()].flat(), now);
      await tx.osvImport.update({
        where: { id: importId },
        data: {
          done: { increment: batch.length },
          advisories: { increment: advisories },
          skipped: { increment: skipped },
        },
      });
    },
    { timeout: 120_000 },
  );
  return { advisories, skipped };
}

async function writeRows(tx: Tx, ecosystem: Ecosystem, rows: readonly AdvisoryRow[], now: Date): Promise<void> {
  if (rows.length === 0) return;
  const incoming = JSON.stringify(rows);
  // Packages that the advisory is not about any more go.
  await tx.$executeRaw`
    delete from "OsvAdvisory" known
    using (select distinct id, "modifiedAt" from jsonb_to_recordset(${incoming}::jsonb) as r(id text, "modifiedAt" timestamptz)) r
    where known.ecosystem = ${ecosystem} and known.id = r.id and known."modifiedAt" < r."modifiedAt"
      and not exists (
        select 1 from jsonb_to_recordset(${incoming}::jsonb) as s(package text, id text)
        where s.id = known.id and s.package = known.package)`;
  await tx.$executeRaw`
    insert into "OsvAdvisory" (ecosystem, package, id, "modifiedAt", "withdrawnAt", data, "importedAt")
    select ${ecosystem}, r.package, r.id, r."modifiedAt", r."withdrawnAt", r.data, ${now}::timestamptz
    from jsonb_to_recordset(${incoming}::jsonb)
      as r(package text, id text, "modifiedAt" timestamptz, "withdrawnAt" timestamptz, data jsonb)
    where not exists (
      select 1 from "OsvAdvisory" known
      where known.ecosystem = ${ecosystem} and known.id = r.id and known."modifiedAt" > r."modifiedAt")
    on conflict (ecosystem, package, id) do update
      set "modifiedAt" = excluded."modifiedAt", "withdrawnAt" = excluded."withdrawnAt", data = excluded.data,
        "importedAt" = case
          when "OsvAdvisory".data = excluded.data and "OsvAdvisory"."withdrawnAt" is not distinct from excluded."withdrawnAt"
            then "OsvAdvisory"."importedAt"
          else excluded."importedAt" end`;
}
