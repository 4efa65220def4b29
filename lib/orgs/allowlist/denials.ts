import type { DenyEntry } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { namespaceOf } from '#lib/manifest/index.ts';

export type Denial = Pick<DenyEntry, 'id' | 'kind' | 'target' | 'version' | 'reason' | 'advisory' | 'createdAt'>;

const DENIAL_SELECT = {
  id: true,
  kind: true,
  target: true,
  version: true,
  reason: true,
  advisory: true,
  createdAt: true,
} as const;

/** Denials of an organization that were not lifted, the oldest first. */
export function denialsOf(tx: Tx, orgId: string): Promise<Denial[]> {
  return tx.denyEntry.findMany({
    where: { orgId, liftedAt: null },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: DENIAL_SELECT,
  });
}

/** Whether a denial is about this version. `version: null` asks about the server as a whole. */
export function deniesVersion(
  denial: Pick<Denial, 'kind' | 'target' | 'version'>,
  { serverName, version }: { serverName: string; version: string | null },
): boolean {
  if (denial.kind === 'namespace') return denial.target === namespaceOf(serverName);
  if (denial.target !== serverName) return false;
  return denial.kind === 'server' || (version !== null && denial.version === version);
}

/**
 * The denial that is about this version, or with `version: null` about its server, the widest first; null when there is none.
 * Denials win over approvals, policies and teams.
 */
export async function isDenied(
  tx: Tx,
  { orgId, serverName, version }: { orgId: string; serverName: string; version: string | null },
): Promise<Denial | null> {
  const rows = await tx.denyEntry.findMany({
    where: { orgId, liftedAt: null, target: { in: [serverName, namespaceOf(serverName)] } },
    orderBy: { createdAt: 'asc' },
    select: DENIAL_SELECT,
  });
  const holding = rows.filter((row) => deniesVersion(row, { serverName, version }));
  const width = ['namespace', 'server', 'version'];
  return holding.sort((a, b) => width.indexOf(a.kind) - width.indexOf(b.kind))[0] ?? null;
}

/** What a denial is about, in words: `com.example`, `com.example/files`, `com.example/files 1.0.0`. */
export const targetOf = ({ target, version }: Pick<Denial, 'target' | 'version'>): string =>
  version === null ? target : `${target} ${version}`;

/** Throws DENIED, with how to lift it. */
export async function requireNotDenied(
  tx: Tx,
  asked: { orgId: string; serverName: string; version: string },
): Promise<void> {
  const denial = await isDenied(tx, asked);
  if (denial === null) return;
  throw new DomainError(
    'DENIED',
    `Your organization denies ${denial.kind === 'namespace' ? 'the namespace ' : ''}${targetOf(denial)}: "${denial.reason}". Nothing of it can be approved until the denial is lifted under Allowlist, Denials.`,
    { denial: denial.id },
  );
}
