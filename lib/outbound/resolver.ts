import { promises as dns, type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { OutboundError } from './outbound-error.ts';

/** Names to addresses and TXT records. */
export type Resolver = {
  addresses(host: string): Promise<LookupAddress[]>;
  /** TXT records, the strings of each joined (RFC 7208 §3.3 does the same). Empty when the name has none. */
  txt(name: string): Promise<string[]>;
};

const TIMEOUT_MS = 4000;
const ABSENT = new Set(['ENODATA', 'ENOTFOUND']);

/**
 * Without `servers` addresses come from the system (with /etc/hosts) and TXT from its name servers; with them, as
 * `address` or `address:port`, everything comes from these.
 */
export function createResolver(servers: string[] = []): Resolver {
  const resolver = new dns.Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  return {
    addresses: async (host) => {
      if (isIP(host)) return [{ address: host, family: isIP(host) }];
      try {
        return servers.length > 0 ? await query(resolver, host) : await dns.lookup(host, { all: true });
      } catch (error) {
        throw dnsFault(host, error);
      }
    },
    txt: async (name) => {
      try {
        return (await resolver.resolveTxt(name)).map((strings) => asUtf8(strings.join('')));
      } catch (error) {
        if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return [];
        throw dnsFault(name, error);
      }
    },
  };
}

/** Node gives a character for each byte; what people write into TXT records is UTF-8. */
const asUtf8 = (text: string): string =>
  /[\u0100-\uffff]/.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8');

async function query(resolver: dns.Resolver, host: string): Promise<LookupAddress[]> {
  const [v4, v6] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found = [
    ...(v4.status === 'fulfilled' ? v4.value.map((address) => ({ address, family: 4 })) : []),
    ...(v6.status === 'fulfilled' ? v6.value.map((address) => ({ address, family: 6 })) : []),
  ];
  if (found.length === 0) throw v4.status === 'rejected' ? v4.reason : new Error('no address');
  return found;
}

function dnsFault(name: string, error: unknown): OutboundError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (ABSENT.has(code)) return new OutboundError('NAME_NOT_FOUND', `The name ${name} does not exist in DNS.`);
  return new OutboundError('UNREACHABLE', `The name servers did not answer for ${name} (${code || 'no code'}).`, {
    cause: error,
  });
}
