import { homedir } from 'node:os';
import path from 'node:path';
import { sha256Hex } from '#lib/manifest/canonical.ts';
import type { FeedTrust } from '../documents.ts';

/** Where a client remembers a feed unless told otherwise: one directory per organization and address. */
export function defaultStateDir(trust: Pick<FeedTrust, 'org' | 'baseUrl'>, home: string = homedir()): string {
  const { org, baseUrl } = trust;
  const safeOrg = org.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64);
  return path.join(
    home,
    '.hallmark',
    'feed',
    `${safeOrg}-${sha256Hex(Buffer.from(`${org}\n${baseUrl}`)).slice(0, 12)}`,
  );
}
