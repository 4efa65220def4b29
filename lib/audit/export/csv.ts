import { stringify } from 'csv-stringify/sync';
import type { ChainedEvent } from '../chain.ts';
import { describeEvent } from '../events.ts';
import { visibleText } from '../visible-text.ts';

const COLUMNS = ['seq', 'at', 'kind', 'actor', 'actor_type', 'text', 'subject', 'data', 'hash', 'prev_hash'] as const;

/** Spreadsheets run a cell that begins with one of `= + - @`: such a cell gets an apostrophe before it. */
const OPTIONS = { escape_formulas: true, record_delimiter: '\r\n', quoted_string: true } as const;

export const CSV_HEAD = stringify([[...COLUMNS]], OPTIONS);

/** An event as a row for people and spreadsheets. For verification there is JSONL. */
export function csvRow(event: ChainedEvent & { hash: string }): string {
  const actor = event.actor as { name?: unknown; type?: unknown };
  const fields = { ...(event.data as object), ...(event.subject as object) };
  const cells = [
    event.at,
    event.kind,
    String(actor.name ?? ''),
    String(actor.type ?? ''),
    describeEvent(event.kind, fields),
    JSON.stringify(event.subject),
    JSON.stringify(event.data),
    event.hash,
    event.prevHash,
  ];
  return stringify([[event.seq, ...cells.map(visibleText)]], OPTIONS);
}
