import { type Db, db } from '#lib/db/db.ts';
import { appendEvent } from '../append-event.ts';
import type { ChainPoint } from '../chain.ts';
import type { Actor } from '../events.ts';
import { chainHead, kindFilter, readChain } from '../read-chain.ts';
import { CSV_HEAD, csvRow } from './csv.ts';
import { type ExportHeader, jsonLine } from './jsonl.ts';

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export type EventExport = { lines: AsyncGenerator<string>; head: ChainPoint; from: number; to: number };

/**
 * Begins an export of a chain, or of its events from `from` to before `to`. What is in it is decided here, so that
 * events of later moments do not run into it; `lines` reads a few hundred at a time. The export is an event itself,
 * which comes after its own end.
 */
export async function exportEvents(
  {
    chain,
    org,
    format,
    from = null,
    to = null,
    kind = null,
    actor,
    now,
  }: {
    chain: string;
    /** Slug; null for the instance. */
    org: string | null;
    format: ExportFormat;
    from?: Date | null;
    to?: Date | null;
    kind?: string | null;
    actor: Actor;
    now: Date;
  },
  database: Db = db(),
): Promise<EventExport> {
  const head = await chainHead(chain, database);
  const edge = async (order: 'asc' | 'desc', at: { gte?: Date; lt?: Date }) =>
    (
      await database.auditEvent.findFirst({
        where: { chain, seq: { lte: head.seq }, at },
        orderBy: { seq: order },
        select: { seq: true },
      })
    )?.seq;
  // Numbers rather than times from here on: a part of a chain without gaps can be verified.
  const first = (await edge('asc', from ? { gte: from } : {})) ?? head.seq + 1;
  const last = (await edge('desc', to ? { lt: to } : {})) ?? 0;
  await database.$transaction((tx) =>
    appendEvent(tx, {
      orgId: chain === 'instance' ? null : chain,
      kind: 'audit.exported',
      actor,
      subject: { format, ...(kind ? { kind } : {}) },
      data: { from: first, to: last },
      now,
    }),
  );
  const header: ExportHeader = {
    hallmark: 'audit-export',
    v: 1,
    org,
    chain,
    from: first,
    to: last,
    kind: Object.keys(kindFilter(kind)).length > 0 ? kind : null,
    head,
    exportedAt: now.toISOString(),
  };
  return { lines: linesOf({ header, format }, database), head, from: first, to: last };
}

async function* linesOf(
  { header, format }: { header: ExportHeader; format: ExportFormat },
  database: Db,
): AsyncGenerator<string> {
  const { chain, from, to, kind } = header;
  yield format === 'csv' ? CSV_HEAD : jsonLine(header);
  for await (const event of readChain({ chain, from, to, kind }, database)) {
    yield format === 'csv' ? csvRow(event) : jsonLine(event);
  }
}
