import { config } from '#lib/config/config.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { BOUND_LABEL, BOUND_PATH, fileLines, txtRecords } from './find-records.ts';
import { ProofFailure } from './proof-check.ts';
import type { Seen } from './types.ts';

const KEY = 'hallmark-verify=';

/**
 * The line that a domain shows for a claim. It names this registry and the namespace, and its nonce belongs to one claim of
 * one publisher: seeing it elsewhere helps nobody else.
 */
export const boundValue = ({ namespace, nonce }: { namespace: string; nonce: string }): string =>
  `${KEY}${new URL(config().publicUrl).host}/${namespace}/${nonce}`;

export const boundName = (domain: string): string => `${BOUND_LABEL}.${domain}`;
export const boundAddress = (domain: string): string => `https://${domain}${BOUND_PATH}`;

type Asked = { domain: string; expected: string; outbound: Outbound };

/** What was seen when the domain shows the line. Throws ProofFailure when it does not. */
export function findBoundRecord(kind: 'dns' | 'http', asked: Asked): Promise<{ seen: Seen[] }> {
  return kind === 'dns' ? findInDns(asked) : findInFile(asked);
}

async function findInDns({ domain, expected, outbound }: Asked): Promise<{ seen: Seen[] }> {
  const name = boundName(domain);
  const { values, seen } = await txtRecords(name, outbound);
  if (values.some((value) => value.trim() === expected)) return { seen };
  if (values.length > 0) throw mismatch(name, values, expected, seen);
  // Where providers and people put it instead: at the domain, or with the domain twice.
  for (const wrong of [domain, `${name}.${domain}`]) {
    const found = await txtRecords(wrong, outbound).catch(() => null);
    if (!found?.values.some((value) => value.trim() === expected)) continue;
    throw new ProofFailure('RECORD_MISPLACED', `The record is at ${wrong}; it belongs to ${name}.`, [
      ...seen,
      ...found.seen,
    ]);
  }
  throw new ProofFailure(
    'RECORD_MISSING',
    `${name} has no TXT record. A new one can take minutes until every name server has it.`,
    seen,
  );
}

async function findInFile({ domain, expected, outbound }: Asked): Promise<{ seen: Seen[] }> {
  const { values, seen } = await fileLines(domain, BOUND_PATH, outbound);
  if (values.includes(expected)) return { seen };
  throw mismatch(boundAddress(domain), values, expected, seen);
}

function mismatch(place: string, values: string[], expected: string, seen: Seen[]): ProofFailure {
  const isOther = values.some((value) => value.trim().startsWith(KEY));
  return new ProofFailure(
    isOther ? 'RECORD_MISMATCH' : 'RECORD_MISSING',
    isOther
      ? `${place} shows a ${KEY} line, but for another registry, namespace or claim. Add the line of this claim.`
      : `${place} does not show the line of this claim.`,
    [...seen, { what: 'expected', value: expected }],
  );
}
