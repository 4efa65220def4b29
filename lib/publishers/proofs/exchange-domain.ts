import type { RegistryPermission } from '#lib/auth/permissions.ts';
import type { RegistryToken } from '#lib/auth/registry-token.ts';
import { parseTimestamp } from '#lib/catalog/timestamp.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { namespaceOfDomain } from '../namespace-names.ts';
import { requireDomain, spendChallenge } from './challenge.ts';
import { officialDnsRecords, officialHttpRecords } from './find-records.ts';
import { grantLogin } from './grant-login.ts';
import { type McpKey, parseMcpKeys, requireSigningKey } from './mcp-keys.ts';
import { ProofFailure, requireProof } from './proof-check.ts';
import type { OneTime } from './spend-proof.ts';

/** How far the signed time may be from ours, either way. */
const WINDOW_MS = 15_000;

/** The official protocol signs the time; the form bound to this registry signs a challenge that names it. */
export type DomainSignature =
  | { timestamp: string; signedTimestamp: string }
  | { nonce: string; signedChallenge: string };

/**
 * `POST /auth/dns` and `/auth/http`: a registry token for whoever signs with a key that the domain shows. By DNS it covers
 * the domain and everything under it; by HTTP the domain alone, as a web server does not speak for names below its own.
 * Throws PROOF_FAILED with `details.check`, PROOF_REPLAYED, ADDRESS_REFUSED, NAMESPACE_BLOCKED.
 */
export async function exchangeDomain({
  method,
  domain: given,
  signature,
  now,
  outbound,
}: {
  method: 'dns' | 'http';
  domain: string;
  signature: DomainSignature;
  now: Date;
  outbound: Outbound;
}): Promise<RegistryToken> {
  const { domain, key, oneTime } = await requireProof(now, async () => {
    const domain = requireDomain(given);
    const bytes = requireHex('nonce' in signature ? signature.signedChallenge : signature.signedTimestamp);
    const message = await messageOf(signature, domain, now);
    const find = method === 'dns' ? officialDnsRecords : officialHttpRecords;
    const { values, seen } = await find(domain, outbound);
    const keys = parseMcpKeys(values);
    if (keys.length === 0) {
      throw new ProofFailure('KEY_MALFORMED', `${domain} shows a v=MCPv1 record without k= and p=.`, seen);
    }
    const key = requireSigningKey(keys, Buffer.from(message, 'utf8'), bytes);
    return { domain, key, oneTime: 'nonce' in signature ? null : timestampOnce(signature.timestamp, key) };
  });
  return grantLogin({
    authority: {
      method,
      subject: domain,
      permissions: permissionsOf(domain, method),
      proof: { kind: method, form: 'official', domain, key: key.id },
    },
    oneTime,
    now,
  });
}

/**
 * The key and the time it signed, not the signature: of an ECDSA signature anybody can make another valid one. Nor the
 * domain, so that what one domain was shown is of no use for another one with the same key.
 */
const timestampOnce = (timestamp: string, key: McpKey): OneTime => ({
  parts: ['timestamp', key.id, timestamp],
  validUntil: new Date(parseTimestamp(timestamp)!.getTime() + WINDOW_MS),
  what: 'signature',
});

async function messageOf(signature: DomainSignature, domain: string, now: Date): Promise<string> {
  if ('nonce' in signature) return spendChallenge({ domain, nonce: signature.nonce, now });
  const time = parseTimestamp(signature.timestamp);
  if (!time) {
    throw new ProofFailure(
      'TIMESTAMP_INVALID',
      'The timestamp has to be in RFC 3339 form, such as 2026-01-31T12:00:00Z.',
    );
  }
  const off = time.getTime() - now.getTime();
  if (Math.abs(off) <= WINDOW_MS) return signature.timestamp;
  const [seconds, where] = [Math.round(Math.abs(off) / 1000), off < 0 ? 'past' : 'future'];
  throw new ProofFailure(
    'TIMESTAMP_OUTSIDE_WINDOW',
    `The timestamp is ${seconds} seconds in the ${where}; 15 are allowed. Sign the current time, and check the clock.`,
    [
      { what: 'timestamp', value: time.toISOString() },
      { what: 'time here', value: now.toISOString() },
    ],
  );
}

function requireHex(text: string): Buffer {
  if (/^(?:[0-9a-f]{2}){1,512}$/i.test(text)) return Buffer.from(text, 'hex');
  throw new ProofFailure('SIGNATURE_MALFORMED', 'The signature has to be hex: two digits a byte.');
}

function permissionsOf(domain: string, method: 'dns' | 'http'): RegistryPermission[] {
  const namespace = namespaceOfDomain(domain);
  const resources = method === 'dns' ? [`${namespace}/*`, `${namespace}.*`] : [`${namespace}/*`];
  return resources.map((resource) => ({ action: 'publish', resource }));
}
