import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { parseManifest } from '#lib/manifest/index.ts';
import { staticScan } from '#lib/scans/store-scan.ts';
import { SYNC_LIMITS } from './limits.ts';
import type { PageItem } from './read-item.ts';
import type { SkippedItem } from './types.ts';
import type { CheckedItem } from './write-versions.ts';

export const skippedItem = ({ name, version }: PageItem, code: SkippedItem['code'], message: string): SkippedItem => ({
  code,
  name: name.slice(0, 200),
  version: version.slice(0, 255),
  message,
});

/**
 * Parses and scans a manifest. A mirror takes over what another registry accepted, so publish-only rules are warnings.
 * Others get their turn first: a page of large manifests takes half a minute.
 */
export async function checkItem(item: PageItem): Promise<CheckedItem | SkippedItem> {
  await yieldToOthers();
  const parsed = parseManifest(item.manifestBytes, { mode: 'mirror' });
  if (parsed.ok) {
    const { manifest, digests } = parsed;
    return { item, manifest, digests, scan: staticScan({ manifest, definitions: null }) };
  }
  const first = parsed.issues.find((issue) => issue.severity === 'error') ?? parsed.issues[0];
  const message = first ? `server.${first.path || 'json'}: ${first.message}` : 'server.json is not valid';
  return skippedItem(item, 'MANIFEST_INVALID', message);
}

/** Pieces of a page that are parsed and written together: their manifests fit one statement, and the memory. */
export function* chunksBySize(items: PageItem[]): Generator<PageItem[]> {
  let chunk: PageItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const { length } = item.manifestBytes;
    if (chunk.length > 0 && bytes + length > SYNC_LIMITS.statementBytes) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(item);
    bytes += length;
  }
  if (chunk.length > 0) yield chunk;
}
