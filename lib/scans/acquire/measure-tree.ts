import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

export type TreeSize = { bytes: number; files: number };

/**
 * Returns size and number of the files below `dir`, without following links. Stops once `limit` is passed (the result
 * is then a lower bound). What vanishes meanwhile is not counted.
 */
export async function measureTree(dir: string, limit: TreeSize): Promise<TreeSize> {
  const size: TreeSize = { bytes: 0, files: 0 };
  const open = [dir];
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    const entries = await opendir(current).catch(() => null);
    if (!entries) continue;
    for await (const entry of entries) {
      const path = join(current, entry.name);
      if (entry.isDirectory()) {
        open.push(path);
        continue;
      }
      size.files += 1;
      size.bytes += (await lstat(path).catch(() => null))?.size ?? 0;
      if (size.bytes > limit.bytes || size.files > limit.files) return size;
    }
  }
  return size;
}
