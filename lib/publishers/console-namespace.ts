import type { ProofCheck } from './proofs/types.ts';
import { type NamespaceStanding, standingOf } from './public-namespace.ts';

/** A held namespace as its publisher sees it: with what the last check saw, which is not for everybody. */
export type ConsoleNamespace = {
  name: string;
  state: NamespaceStanding;
  proofKind: string;
  provenAt: string;
  /** The last check that saw the proof. */
  confirmedAt: string | null;
  failingSince: string | null;
  nextCheckAt: string | null;
  /** What the last check saw, whether or not it saw the proof. */
  lastCheck: ProofCheck | null;
};

type NamespaceRow = Parameters<typeof standingOf>[0] & {
  name: string;
  provenAt: Date;
  confirmedAt: Date | null;
  nextCheckAt: Date | null;
  lastCheck: unknown;
};

export const consoleNamespace = (row: NamespaceRow): ConsoleNamespace => ({
  name: row.name,
  state: standingOf(row),
  proofKind: row.proofKind,
  provenAt: row.provenAt.toISOString(),
  confirmedAt: row.confirmedAt?.toISOString() ?? null,
  failingSince: row.failingSince?.toISOString() ?? null,
  nextCheckAt: row.nextCheckAt?.toISOString() ?? null,
  lastCheck: row.lastCheck as ProofCheck | null,
});
