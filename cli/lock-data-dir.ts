import fs from 'node:fs';
import path from 'node:path';

/**
 * Marks the data folder as used by this process, so that a second `npm start` says so instead of fighting over it. The
 * mark of a killed process counts for nothing. Returns what removes it.
 */
export function lockDataDir(dataDir: string): () => Promise<void> {
  const file = path.join(dataDir, 'hallmark.pid');
  const holder = livingHolder(file);
  if (holder) {
    throw Object.assign(
      new Error(
        `Hallmark already runs on ${dataDir} (process ${holder}). Stop it first, or set HALLMARK_DATA_DIR and PORT for a second one.`,
      ),
      { code: 'DATA_DIR_IN_USE' },
    );
  }
  fs.writeFileSync(file, `${process.pid}\n`, { mode: 0o600 });
  return async () => fs.rmSync(file, { force: true });
}

function livingHolder(file: string): number | null {
  try {
    const pid = Number(fs.readFileSync(file, 'utf8'));
    if (!Number.isInteger(pid) || pid === process.pid) return null;
    process.kill(pid, 0);
    // Process ids are used again: only a Node process can be one of ours.
    if (process.platform === 'linux' && !fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start')) return null;
    return pid;
  } catch {
    return null;
  }
}
