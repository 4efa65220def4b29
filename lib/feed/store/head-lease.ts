import { config } from '#lib/config/config.ts';
import type { FeedKey } from '#lib/db/client/client.ts';
import { FEED_TTL_MS } from '../tuf/tuf-format.ts';
import { isRemote } from './key-providers.ts';

/**
 * How long a head is good for. With a feed key in Vault or KMS longer than with one that is here, since each lease is a
 * request to them; the TUF timestamp keeps its fifteen minutes, signed by the local freshness key (decision 0012).
 */
export function headLeaseMs(keys: Pick<FeedKey, 'role' | 'provider'>[]): number {
  const hasRemote = keys.some((key) => key.role === 'feed' && isRemote(key));
  return hasRemote ? config().HALLMARK_REMOTE_HEAD_MINUTES * 60_000 : FEED_TTL_MS.head;
}

/** Signed anew when less than two thirds of its lease are left. */
export const isHeadDue = ({ expires, leaseMs, now }: { expires: Date; leaseMs: number; now: Date }): boolean =>
  expires.getTime() - now.getTime() <= (leaseMs * 2) / 3;
