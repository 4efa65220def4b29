import { canonicalJson } from '#lib/manifest/canonical.ts';
import type { JsonValue } from '#lib/manifest/types.ts';
import { type ChainedEvent, type ChainPoint, chainCheck, eventHash, GENESIS, GENESIS_HASH } from '../chain.ts';
import type { ExportHeader } from './jsonl.ts';
import { MAX_LINE } from './read-lines.ts';

export type ExportFault = {
  code:
    | 'NOT_AN_EXPORT'
    | 'LINE_INVALID'
    | 'OTHER_CHAIN'
    | 'CHAIN_BROKEN'
    | 'START_MISSING'
    | 'END_MISSING'
    | 'HEAD_NOT_FOUND'
    | 'EMPTY';
  /** From 1; null where the fault is of the whole file. */
  line: number | null;
  message: string;
};

export type ExportVerdict = {
  ok: boolean;
  fault: ExportFault | null;
  org: string | null;
  chain: string | null;
  events: number;
  /** First and last event that hold. */
  first: number | null;
  last: ChainPoint | null;
  warnings: string[];
};

const HASH = /^[0-9a-f]{64}$/;

class Fault extends Error {
  readonly code: ExportFault['code'];

  constructor(code: ExportFault['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Checks an export line by line, without a database. Every event must follow from the one before it; the first must be the
 * first of the chain, or the file must hold the event by which retention says what it removed. `head` is a hash that was
 * noted before: the file must hold the event that it belongs to, else its end was cut off or the chain was written anew.
 * `isPart` takes a file that begins later, which an export from a given time does.
 */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  { head = null, isPart = false }: { head?: string | null; isPart?: boolean } = {},
): Promise<ExportVerdict> {
  const state = new ExportState(head);
  let line = 0;
  try {
    for await (const text of lines) {
      line++;
      if (text === '' && line > 1) continue;
      if (text.length > MAX_LINE) throw new Fault('LINE_INVALID', 'The line is longer than any event.');
      if (line === 1) state.takeHeader(text);
      else state.takeEvent(text);
    }
    state.requireWhole(isPart);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const isOfLine = !['START_MISSING', 'END_MISSING', 'HEAD_NOT_FOUND', 'EMPTY'].includes(error.code);
    return state.verdict({ code: error.code, line: isOfLine ? line : null, message: error.message });
  }
  return state.verdict(null);
}

class ExportState {
  private header: ExportHeader | null = null;
  private check: ReturnType<typeof chainCheck> | null = null;
  private start: ChainPoint = GENESIS;
  private events = 0;
  private last: ChainPoint | null = null;
  private isHeadSeen: boolean;
  /** What an event of retention in this file says that it removed. */
  private readonly pruned: ChainPoint[] = [];
  private readonly head: string | null;

  constructor(head: string | null) {
    this.head = head;
    this.isHeadSeen = head === null;
  }

  takeHeader(text: string): void {
    const header = parsed(text) as ExportHeader | null;
    if (header?.hallmark !== 'audit-export') {
      throw new Fault('NOT_AN_EXPORT', 'The first line is not the head of an export in JSONL. CSV cannot be verified.');
    }
    if (header.v !== 1) throw new Fault('NOT_AN_EXPORT', `The export has version ${header.v}; this program knows 1.`);
    this.header = header;
  }

  takeEvent(text: string): void {
    const event = parsed(text) as (ChainedEvent & { hash: string }) | null;
    if (event === null || !Number.isInteger(event.seq) || !HASH.test(event.hash) || !HASH.test(event.prevHash)) {
      throw new Fault('LINE_INVALID', 'The line is not an event.');
    }
    // Two members of one name, or white space, would show a reader something else than what is hashed.
    if (!isCanonical(text, event)) throw new Fault('LINE_INVALID', `Event ${event.seq} is not in its RFC 8785 form.`);
    if (event.chain !== this.header?.chain) {
      throw new Fault('OTHER_CHAIN', `Event ${event.seq} belongs to another chain than the file.`);
    }
    if (this.header.kind === null) this.follow(event);
    else this.single(event);
    this.events++;
    this.last = { seq: event.seq, hash: event.hash };
    this.isHeadSeen ||= event.hash === this.head;
    const data = event.data as { seq?: unknown; hash?: unknown } | null;
    if (event.kind === 'audit.pruned' && Number.isInteger(data?.seq)) {
      this.pruned.push({ seq: data!.seq as number, hash: String(data!.hash) });
    }
  }

  /** In a file of one kind events have gaps: each is checked alone. */
  private single(event: ChainedEvent & { hash: string }): void {
    const { hash, ...rest } = event;
    if (this.last && event.seq <= this.last.seq) throw new Fault('CHAIN_BROKEN', `event ${event.seq} is out of order`);
    if (eventHash(rest) !== hash)
      throw new Fault('CHAIN_BROKEN', `event ${event.seq} was changed after it was written`);
  }

  private follow(event: ChainedEvent & { hash: string }): void {
    if (!this.check) {
      this.start = event.seq === 1 ? GENESIS : { seq: event.seq - 1, hash: event.prevHash };
      this.check = chainCheck(this.start);
    }
    const broken = this.check.push(event);
    if (broken) throw new Fault('CHAIN_BROKEN', broken.message);
  }

  requireWhole(isPart: boolean): void {
    if (!this.header || this.events === 0) throw new Fault('EMPTY', 'The file holds no event.');
    const { start, header } = this;
    const isFromStart = start.seq === 0 && start.hash === GENESIS_HASH;
    const isKnown = this.pruned.some(({ seq, hash }) => seq === start.seq && hash === start.hash);
    if (header.kind === null && !isFromStart && !isKnown && !isPart) {
      throw new Fault(
        'START_MISSING',
        `The file begins with event ${start.seq + 1}, and no event in it says that retention removed those before. For an export of a part of the chain say --part.`,
      );
    }
    if (header.kind === null && this.last!.seq < header.to) {
      throw new Fault('END_MISSING', `The export had events up to ${header.to}; the file ends with ${this.last!.seq}.`);
    }
    if (!this.isHeadSeen) {
      throw new Fault(
        'HEAD_NOT_FOUND',
        'No event of the file has the hash that was noted: its end was cut off, the chain was written anew, or it is older than the note.',
      );
    }
  }

  verdict(fault: ExportFault | null): ExportVerdict {
    const { header, start, events, last } = this;
    const warnings: string[] = [];
    if (!fault) {
      if (header?.kind) {
        warnings.push(`Only events of ${header.kind} are in the file: whether some are missing cannot be told.`);
      } else if (start.seq > 0) warnings.push(`What came before event ${start.seq + 1} is not in the file.`);
      if (this.head === null) {
        warnings.push(
          'Without a hash that was noted before (--head), a cut-off end or a chain written anew does not show.',
        );
      }
    }
    return {
      ok: fault === null,
      fault,
      org: header?.org ?? null,
      chain: header?.chain ?? null,
      events,
      first: events > 0 && header?.kind === null ? start.seq + 1 : null,
      last,
      warnings,
    };
  }
}

function parsed(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function isCanonical(text: string, event: object): boolean {
  try {
    return Buffer.from(canonicalJson(event as JsonValue)).toString('utf8') === text;
  } catch {
    return false;
  }
}
