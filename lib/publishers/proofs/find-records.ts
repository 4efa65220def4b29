import type { Outbound } from '#lib/outbound/index.ts';
import { isMcpRecord } from './mcp-keys.ts';
import { failureOf, ProofFailure, seenList, shown } from './proof-check.ts';
import type { Seen } from './types.ts';

/** What a domain shows: TXT records or the lines of a file, and what to tell people about it. */
export type Records = { values: string[]; seen: Seen[] };

export const OFFICIAL_PATH = '/.well-known/mcp-registry-auth';
export const BOUND_PATH = '/.well-known/hallmark-verify';
/** Label of the TXT name that a claim asks for. */
export const BOUND_LABEL = '_hallmark-challenge';

/** As the official registry reads: a few records fit. */
const MAX_FILE_BYTES = 4096;
const TIMEOUT_MS = 10_000;

/** Names that people give the official record by mistake; it belongs to the domain itself, like SPF. */
const WRONG_LABELS = ['_mcp-auth', '_mcp-registry'];

/** All TXT records of a name. Throws ProofFailure when the name servers do not answer. */
export async function txtRecords(name: string, outbound: Outbound): Promise<Records> {
  const what = `TXT ${name}`;
  try {
    const values = await outbound.txt(name);
    return { values, seen: seenList(what, values, 'no TXT records') };
  } catch (error) {
    throw failureOf(error, what, 'NAME_SERVERS_FAILED');
  }
}

/** The official records in the TXT records of the domain. Throws ProofFailure RECORD_MISSING or RECORD_MISPLACED. */
export async function officialDnsRecords(domain: string, outbound: Outbound): Promise<Records> {
  const records = await txtRecords(domain, outbound);
  if (records.values.some(isMcpRecord)) return records;
  for (const label of WRONG_LABELS) {
    const wrong = await txtRecords(`${label}.${domain}`, outbound).catch(() => null);
    if (!wrong?.values.some(isMcpRecord)) continue;
    throw new ProofFailure(
      'RECORD_MISPLACED',
      `The v=MCPv1 record is at ${label}.${domain}; it belongs to ${domain} itself.`,
      [...records.seen, ...wrong.seen],
    );
  }
  throw new ProofFailure('RECORD_MISSING', `${domain} has no TXT record that begins with v=MCPv1.`, records.seen);
}

/**
 * The lines of a file at the domain itself, at most 4096 bytes of text. Not followed anywhere: who can redirect a path of a
 * domain does not thereby speak for it. Throws ProofFailure.
 */
export async function fileLines(domain: string, path: string, outbound: Outbound): Promise<Records> {
  const url = `https://${domain}${path}`;
  const response = await outbound
    .fetch(url, {
      headers: { accept: 'text/plain' },
      maxBytes: MAX_FILE_BYTES,
      maxRedirects: 0,
      timeoutMs: TIMEOUT_MS,
    })
    .catch((error: unknown) => {
      throw failureOf(error, url);
    });
  const text = response.body.toString('utf8');
  const seen = [
    { what: url, value: `status ${response.status}, ${response.body.length} bytes` },
    { what: 'first bytes', value: text === '' ? 'nothing' : shown(text) },
  ];
  if (response.status !== 200) {
    throw new ProofFailure('STATUS_UNEXPECTED', `${url} answers with status ${response.status} instead of 200.`, seen);
  }
  return { values: text.split(/\r?\n/).map((line) => line.trim()), seen };
}

/** The official records in the file of the domain. Throws ProofFailure. */
export async function officialHttpRecords(domain: string, outbound: Outbound): Promise<Records> {
  const records = await fileLines(domain, OFFICIAL_PATH, outbound);
  if (records.values.some(isMcpRecord)) return records;
  throw new ProofFailure(
    'RECORD_MISSING',
    `https://${domain}${OFFICIAL_PATH} has no line that begins with v=MCPv1.`,
    records.seen,
  );
}
