import fs from 'node:fs/promises';
import path from 'node:path';
import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { db, isUniqueViolation, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { sha256Hex } from '#lib/manifest/index.ts';
import { indexServers } from '#lib/search/index-server.ts';
import { checkEntry, type ImportedEntry, importEntry } from './import-entry.ts';
import { parseLine } from './read-source.ts';
import { type SourceLine, splitSource } from './split-source.ts';

/** Lines whose results are committed together; a stopped import repeats at most this many. */
const BATCH = 50;

const ACTOR: Actor = { type: 'system', name: 'Import' };

/** `updated` got another status; those of a stopped import are among its `imported` when it goes on. */
export type ImportReport = {
  total: number;
  imported: number;
  updated: number;
  unchanged: number;
  skipped: number;
  resumedAt: number;
};
export type SkippedLine = { line: number; reason: string };

/**
 * Imports a JSONL file, or saved pages of `GET /v0.1/servers`. Batches are committed with their progress, so an import
 * that was stopped goes on where it was when the same file is given again. A bad line is reported and skipped; it never
 * takes a neighbour with it. Throws NOT_FOUND or UNPROCESSABLE for a file that cannot be read or holds nothing.
 */
export async function importFile({
  file,
  onSkip,
  onProgress,
  signal,
  now = () => new Date(),
}: {
  file: string;
  onSkip: (skipped: SkippedLine) => void;
  onProgress: (done: number, total: number) => void;
  signal?: AbortSignal;
  now?: () => Date;
}): Promise<ImportReport> {
  const bytes = await fs.readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new DomainError('NOT_FOUND', `The file ${file} cannot be read: ${error.code ?? error.message}.`);
  });
  const lines = splitSource(bytes);
  if (lines.length === 0) throw new DomainError('UNPROCESSABLE', `${file} has no lines to import.`);

  const id = sha256Hex(bytes);
  const before = await db().importRun.findUnique({ where: { id } });
  const isResumed = before !== null && before.finishedAt === null;
  const fresh = { doneLines: 0, imported: 0, unchanged: 0, skipped: 0, finishedAt: null };
  const start = { file: path.basename(file), totalLines: lines.length, startedAt: now(), ...fresh };
  const run = isResumed
    ? before
    : await db().importRun.upsert({ where: { id }, create: { id, ...start }, update: start });

  const report: ImportReport = {
    total: lines.length,
    imported: run.imported,
    updated: 0,
    unchanged: run.unchanged,
    skipped: run.skipped,
    resumedAt: run.doneLines,
  };
  for (let done = run.doneLines; done < lines.length; done += BATCH) {
    if (signal?.aborted) return report;
    const batch = lines.slice(done, done + BATCH);
    const results = await importBatch(batch, { runId: id, doneLines: done + batch.length, now: now(), onSkip });
    report.imported += results.imported;
    report.updated += results.updated;
    report.unchanged += results.unchanged;
    report.skipped += results.skipped;
    onProgress(done + batch.length, lines.length);
  }
  await finish(id, path.basename(file), report, now());
  return report;
}

async function finish(id: string, file: string, report: ImportReport, now: Date): Promise<void> {
  const { imported, updated, unchanged, skipped } = report;
  await db().$transaction(async (tx) => {
    await tx.importRun.update({ where: { id }, data: { finishedAt: now } });
    await appendEvent(tx, {
      orgId: null,
      kind: 'catalog.imported',
      actor: ACTOR,
      subject: { file, sha256: id },
      data: { imported, updated, unchanged, skipped },
      now,
    });
  });
}

type BatchResult = Record<ImportedEntry['outcome'] | 'skipped', number>;

async function importBatch(
  batch: SourceLine[],
  {
    runId,
    doneLines,
    now,
    onSkip,
  }: { runId: string; doneLines: number; now: Date; onSkip: (skipped: SkippedLine) => void },
): Promise<BatchResult> {
  const good: { line: number; checked: Exclude<ReturnType<typeof checkEntry>, { reason: string }> }[] = [];
  const skipped: SkippedLine[] = [];
  for (const source of batch) {
    const parsed = parseLine(source);
    const checked = 'reason' in parsed ? parsed : checkEntry(parsed.entry);
    if ('reason' in checked) skipped.push({ line: source.line, reason: checked.reason });
    else good.push({ line: source.line, checked });
  }

  const entries: ImportedEntry[] = [];
  await db().$transaction(
    async (tx) => {
      for (const { line, checked } of good) {
        const result = await inSavepoint(tx, () => importEntry(tx, checked, now));
        if (result instanceof DomainError) skipped.push({ line, reason: result.message });
        else entries.push(result);
      }
      const unchanged = entries.filter(({ outcome }) => outcome === 'unchanged').length;
      await tx.importRun.update({
        where: { id: runId },
        data: {
          doneLines,
          imported: { increment: entries.length - unchanged },
          unchanged: { increment: unchanged },
          skipped: { increment: skipped.length },
        },
      });
    },
    { timeout: 120_000 },
  );
  for (const line of skipped.sort((a, b) => a.line - b.line)) onSkip(line);
  await indexServers([...new Set(entries.map(({ serverId }) => serverId))]);
  const result: BatchResult = { imported: 0, updated: 0, unchanged: 0, skipped: skipped.length };
  for (const { outcome } of entries) result[outcome] += 1;
  return result;
}

/** One entry inside the batch's transaction: what it wrote goes away when it is refused, the rest of the batch stays. */
async function inSavepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T | DomainError> {
  await tx.$executeRawUnsafe('savepoint entry');
  try {
    const result = await work();
    await tx.$executeRawUnsafe('release savepoint entry');
    return result;
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    await tx.$executeRawUnsafe('rollback to savepoint entry');
    return refusal;
  }
}

/** Somebody else may store the same name between our look and our write; that concerns this entry and no other. */
function refusalOf(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error;
  if (isUniqueViolation(error)) {
    return new DomainError('CONFLICT', 'the same entry was stored by somebody else meanwhile; import the file again');
  }
  return null;
}
