import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Config } from '#lib/config/config.ts';
import { prepareDataDir } from '#lib/config/data-dir.ts';

/** NEXTAUTH_SECRET, or a file of the data folder that is made once and shared by every process on this machine. */
export function sessionSecret(settings: Config): string {
  if (settings.NEXTAUTH_SECRET) return settings.NEXTAUTH_SECRET;
  const file = path.join(settings.dataDir, 'session-secret');
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    prepareDataDir(settings.dataDir);
    try {
      // `wx`: of two processes that start at once, one writes and the other reads.
      fs.writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return fs.readFileSync(file, 'utf8').trim();
  }
}
