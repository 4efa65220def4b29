import { DomainError, type ErrorCode } from '#lib/http/domain-error.ts';
import { INVISIBLE_CHARACTERS } from '#lib/manifest/invisible-characters.ts';
import { OutboundError } from '#lib/outbound/index.ts';
import type { ProofCheck, ProofCode, Seen } from './types.ts';

const MAX_VALUE = 300;
const MAX_ROWS = 30;

/**
 * Text from elsewhere as it may be shown: invisible characters as their code points, so that nothing hides or turns the
 * line around, and at most 300 characters of it.
 */
export function shown(text: string, limit = MAX_VALUE): string {
  const start = text.slice(0, limit).toWellFormed();
  const visible = start.replace(
    INVISIBLE_CHARACTERS,
    (character) => `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`,
  );
  return text.length > limit ? `${visible}… (${text.length} characters)` : visible;
}

/** A row for each value, and one that counts those that are too many to show. */
export function seenList(what: string, values: readonly string[], nothing: string): Seen[] {
  if (values.length === 0) return [{ what, value: nothing }];
  const rows = values.slice(0, MAX_ROWS).map((value) => ({ what, value: shown(value) }));
  return values.length > MAX_ROWS ? [...rows, { what, value: `and ${values.length - MAX_ROWS} more` }] : rows;
}

export const checked = (now: Date, code: ProofCode, message: string, seen: Seen[] = []): ProofCheck => ({
  at: now.toISOString(),
  ok: code === 'PROVEN',
  code,
  message,
  seen: seen.slice(0, MAX_ROWS * 2),
});

/** A proof that does not hold, on its way to whoever asked. */
export class ProofFailure extends Error {
  readonly code: Exclude<ProofCode, 'PROVEN'>;
  readonly seen: Seen[];

  constructor(code: Exclude<ProofCode, 'PROVEN'>, message: string, seen: Seen[] = []) {
    super(message);
    this.name = 'ProofFailure';
    this.code = code;
    this.seen = seen;
  }
}

const AS_ERROR: Partial<Record<ProofCode, ErrorCode>> = {
  TOKEN_AUDIENCE: 'TOKEN_AUDIENCE',
  ADDRESS_REFUSED: 'ADDRESS_REFUSED',
  NAMESPACE_CASE: 'NAMESPACE_CASE',
};

/** Runs a proof; one that does not hold is thrown as PROOF_FAILED with the check in `details.check`, or a code of its own. */
export async function requireProof<T>(now: Date, prove: () => Promise<T>): Promise<T> {
  try {
    return await prove();
  } catch (error) {
    if (!(error instanceof ProofFailure)) throw error;
    const check = checked(now, error.code, error.message, error.seen);
    throw new DomainError(AS_ERROR[error.code] ?? 'PROOF_FAILED', error.message, { check });
  }
}

/** Runs a proof and says what came of it, also when it does not hold. */
export async function checkProof(now: Date, prove: () => Promise<{ message: string; seen: Seen[] }>) {
  try {
    const { message, seen } = await prove();
    return checked(now, 'PROVEN', message, seen);
  } catch (error) {
    if (error instanceof ProofFailure) return checked(now, error.code, error.message, error.seen);
    throw error;
  }
}

const OUTBOUND_CODES: Record<OutboundError['code'], ProofFailure['code']> = {
  URL_REFUSED: 'ADDRESS_REFUSED',
  ADDRESS_REFUSED: 'ADDRESS_REFUSED',
  REDIRECT_REFUSED: 'REDIRECT_REFUSED',
  NAME_NOT_FOUND: 'HOST_UNREACHABLE',
  UNREACHABLE: 'HOST_UNREACHABLE',
  TLS_FAILED: 'CERTIFICATE_REFUSED',
  TIMED_OUT: 'HOST_UNREACHABLE',
  BODY_TOO_LARGE: 'ANSWER_TOO_LARGE',
};

/** What a request that gave no answer means for a proof. `what` names what was asked for. */
export function failureOf(error: unknown, what: string, code?: ProofFailure['code']): unknown {
  if (!(error instanceof OutboundError)) return error;
  const message = shown(error.message, 500);
  return new ProofFailure(code ?? OUTBOUND_CODES[error.code], message, [{ what, value: message }]);
}
