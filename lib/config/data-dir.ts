import fs from 'node:fs';
import path from 'node:path';
import { ConfigError } from './config.ts';

/** Makes the data folder where it is missing and tries to write in it. Throws ConfigError that names HALLMARK_DATA_DIR. */
export function prepareDataDir(dataDir: string): void {
  try {
    makeFolder(dataDir);
    const probe = path.join(dataDir, `.writable-${process.pid}`);
    fs.writeFileSync(probe, '', { mode: 0o600 });
    fs.rmSync(probe);
  } catch (error) {
    throw new ConfigError(
      `HALLMARK_DATA_DIR names ${dataDir}, which cannot be used: ${reasonOf(error as NodeJS.ErrnoException)}. It must be a folder that this user may write, e.g. /var/lib/hallmark.`,
    );
  }
}

/** Level by level: Node's own recursive mkdir does not end where a parent is there and takes no folders, as /proc does. */
function makeFolder(folder: string): void {
  const found = fs.statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found) throw Object.assign(new Error(), { code: 'ENOTDIR', path: folder });
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process that starts at once was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function reasonOf({ code, message, path: place }: NodeJS.ErrnoException): string {
  if (code === 'ENOTDIR') return `${place} is not a folder, or lies below a file`;
  if (code === 'EACCES' || code === 'EPERM') return `this user may not write ${place} (${code})`;
  if (code === 'EROFS') return `${place} is on a read-only file system`;
  if (code === 'ENOSPC') return `there is no space left for ${place}`;
  return `${place} cannot be made (${code ?? message})`;
}
