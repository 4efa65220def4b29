import { canonicalJson } from '#lib/manifest/canonical.ts';
import type { JsonValue } from '#lib/manifest/types.ts';
import type { ChainedEvent, ChainPoint } from '../chain.ts';

/** The first line of an export. What it says is not signed: a verifier believes only hashes. */
export type ExportHeader = {
  hallmark: 'audit-export';
  v: 1;
  org: string | null;
  chain: string;
  /** First and last event that the export may hold. */
  from: number;
  to: number;
  /** Set where other kinds were left out, which leaves gaps. */
  kind: string | null;
  /** The newest event of the chain when it was exported. */
  head: ChainPoint;
  exportedAt: string;
};

/** One line a record: its RFC 8785 form, so that a line is equal to what was hashed but for the hash itself. */
export const jsonLine = (value: ExportHeader | (ChainedEvent & { hash: string })): string =>
  `${Buffer.from(canonicalJson(value as unknown as JsonValue)).toString('utf8')}\n`;
