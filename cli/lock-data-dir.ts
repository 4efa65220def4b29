import path from 'node:path';
import { tryLockFile } from '#lib/db/lock-file.ts';
import { commandLine } from '#lib/db/process-identity.ts';

/**
 * Marks the data folder as used by this process, so that a second `npm start` says so instead of fighting over it. The
 * mark of a killed process counts for nothing. Returns what removes it. Throws `DATA_DIR_IN_USE`.
 */
export function lockDataDir(dataDir: string): () => Promise<void> {
  const lock = tryLockFile(path.join(dataDir, 'hallmark.pid'), isHallmarkStart);
  if ('holder' in lock) {
    const holder = lock.holder ? ` (process ${lock.holder})` : '';
    throw Object.assign(
      new Error(
        `Hallmark already runs on ${dataDir}${holder}. Stop it first, or set HALLMARK_DATA_DIR and PORT for a second one.`,
      ),
      { code: 'DATA_DIR_IN_USE' },
    );
  }
  return async () => lock.release();
}

/** `node … cli/hallmark.mjs start` or `node … cli/main.ts start`, and no other process with such a word in it. */
function isHallmarkStart(pid: number): boolean {
  const argv = commandLine(pid);
  if (argv === null) return true;
  const script = argv.findIndex((arg) => /^(hallmark|hallmark\.mjs|main\.ts)$/.test(path.basename(arg)));
  return script >= 0 && argv[script + 1] === 'start';
}
