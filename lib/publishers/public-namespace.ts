import { PROOF_CODES, type ProofCheck, type ProofKind } from './proofs/types.ts';

/**
 * How a namespace is held. `proven`: the proof holds. `failing`: it held, and the last checks saw it no longer. `lapsed`:
 * it was not seen for seven days. `granted` and `demonstration` prove nothing.
 */
export type NamespaceStanding = 'proven' | 'failing' | 'lapsed' | 'granted' | 'demonstration';

/** What a proof rests on, as anyone may see it. Who granted a namespace is not part of it. */
export type ShownProof =
  | { kind: 'dns' | 'http'; form: 'official' | 'bound'; domain: string; key: string | null }
  | { kind: 'github'; via: 'token' | 'oidc' | 'account'; login: string; ownerId: string };

/** A held namespace as everybody may see it. */
export type PublicNamespace = {
  name: string;
  kind: ProofKind | 'granted' | 'demonstration';
  standing: NamespaceStanding;
  proof: ShownProof | null;
  /** When it was proven, or granted. */
  since: string;
  /** The last check that saw the proof. */
  confirmedAt: string | null;
  failingSince: string | null;
  /** What the last check found, in the general words of its code: what it saw may be for the publisher alone. */
  failure: string | null;
};

/** What a query must select of a namespace. */
export const PUBLIC_NAMESPACE_SELECT = {
  name: true,
  proofKind: true,
  proof: true,
  provenAt: true,
  isProven: true,
  confirmedAt: true,
  failingSince: true,
  lastCheck: true,
} as const;

type Row = {
  name: string;
  proofKind: PublicNamespace['kind'];
  proof: unknown;
  provenAt: Date;
  isProven: boolean;
  confirmedAt: Date | null;
  failingSince: Date | null;
  lastCheck: unknown;
};

export function publicNamespace(row: Row): PublicNamespace {
  const check = row.lastCheck as ProofCheck | null;
  return {
    name: row.name,
    kind: row.proofKind,
    standing: standingOf(row),
    proof: shownProof(row.proof),
    since: row.provenAt.toISOString(),
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    failingSince: row.failingSince?.toISOString() ?? null,
    failure: check && !check.ok ? (PROOF_CODES[check.code] ?? null) : null,
  };
}

export function standingOf({
  proofKind,
  isProven,
  failingSince,
}: Pick<Row, 'proofKind' | 'isProven' | 'failingSince'>): NamespaceStanding {
  if (proofKind === 'granted' || proofKind === 'demonstration') return proofKind;
  if (!isProven) return 'lapsed';
  return failingSince ? 'failing' : 'proven';
}

/** Field by field: what else is stored, such as who granted it, stays inside. */
function shownProof(stored: unknown): ShownProof | null {
  const proof = stored as Record<string, unknown>;
  const text = (field: string) => (typeof proof[field] === 'string' ? proof[field] : '');
  if (proof.kind === 'github') {
    const via = proof.via === 'oidc' || proof.via === 'account' ? proof.via : 'token';
    return { kind: 'github', via, login: text('login'), ownerId: text('ownerId') };
  }
  if (proof.kind === 'dns' || proof.kind === 'http') {
    const form = proof.form === 'bound' ? 'bound' : 'official';
    return { kind: proof.kind, form, domain: text('domain'), key: form === 'official' ? text('key') || null : null };
  }
  return null;
}
