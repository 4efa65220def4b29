import { constants } from 'node:fs';
import { open, opendir } from 'node:fs/promises';
import path from 'node:path';
import type { Collector } from './collector.ts';
import type { SourceLimits } from './types.ts';

/** Skipped whole, so that looking through them costs nothing. */
const SKIPPED = /^(?:node_modules|\.git|\.hg|\.venv|venv|__pycache__|\.next|\.cache)$/;

/** Collects the files below a directory, in the order of their names. Links are never followed, whatever they lead to. */
export async function collectDirectory(dir: string, collector: Collector, limits: SourceLimits): Promise<void> {
  const waiting = [''];
  let seen = 0;
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    const entries = [];
    for await (const entry of await opendir(path.join(dir, current))) {
      entries.push(entry);
      if (++seen > limits.entries) {
        collector.refuse(current || '.', `comes after ${limits.entries} other files`);
        return;
      }
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const directories: string[] = [];
    for (const entry of entries) {
      const relative = current === '' ? entry.name : `${current}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED.test(entry.name)) directories.push(relative);
        else if (entry.name === 'node_modules' || entry.name === 'venv')
          collector.refuse(relative, 'belongs to other packages');
      } else if (entry.isSymbolicLink()) collector.refuse(relative, 'is a link, which is not followed');
      else if (entry.isFile()) await collectFile(dir, relative, collector);
    }
    waiting.push(...directories.reverse());
  }
}

/** Takes one file; a link in its place is not followed. */
export async function collectFile(dir: string, relative: string, collector: Collector): Promise<void> {
  // Between listing and opening a file could become a link or a pipe: neither is followed, neither blocks.
  const file = await open(
    path.join(dir, relative),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch(() => null);
  if (file === null) return collector.refuse(relative, 'could not be opened');
  try {
    const status = await file.stat();
    if (!status.isFile() || !collector.wants(relative, status.size)) return;
    const content = Buffer.alloc(status.size);
    const { bytesRead } = await file.read(content, 0, status.size, 0);
    collector.add(relative, content.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
