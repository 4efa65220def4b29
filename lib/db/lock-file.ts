import fs from 'node:fs';
import { isAlive, startMark } from './process-identity.ts';

/** A file that is being written is empty for an instant; one that is empty for longer was left by a killed process. */
const WRITING_LIMIT_MS = 10_000;

export type LockFile = { release(): void };

/**
 * Creates `file` for this process, or gives the process that holds it. The file names its holder by id and start mark,
 * so what a killed process left counts for nothing, also when its id is in use again.
 */
export function tryLockFile(
  file: string,
  /** Judges a living process of a file without a start mark. */
  isHolder: (pid: number) => boolean = () => true,
): LockFile | { holder: number } {
  for (;;) {
    if (create(file)) return { release: () => fs.rmSync(file, { force: true }) };
    const holder = holderOf(file, isHolder);
    if (holder !== null) return { holder };
    // Two processes that both found the file stale: without this the slower one removes the lock of the faster one.
    const remover = `${file}.removing`;
    if (!create(remover)) {
      if (holderOf(remover) !== null) return { holder: 0 };
      fs.rmSync(remover, { force: true });
      continue;
    }
    try {
      if (holderOf(file, isHolder) === null) fs.rmSync(file, { force: true });
    } finally {
      fs.rmSync(remover, { force: true });
    }
  }
}

/** `tryLockFile` until it succeeds; throws what `onTimeout` makes after `limitMs`. */
export async function lockFile({
  file,
  limitMs,
  onTimeout,
}: {
  file: string;
  limitMs: number;
  onTimeout: (holder: number) => Error;
}): Promise<LockFile> {
  const until = Date.now() + limitMs;
  for (;;) {
    const lock = tryLockFile(file);
    if ('release' in lock) return lock;
    if (Date.now() > until) throw onTimeout(lock.holder);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function create(file: string): boolean {
  try {
    fs.writeFileSync(file, `${process.pid}\n${startMark(process.pid) ?? ''}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The living process of the file, 0 where it is being written right now, null where the file counts for nothing. */
function holderOf(file: string, isHolder: (pid: number) => boolean = () => true): number | null {
  let text: string;
  let age: number;
  try {
    text = fs.readFileSync(file, 'utf8');
    age = Date.now() - fs.statSync(file).mtimeMs;
  } catch {
    return null;
  }
  const [first = '', mark = ''] = text.split('\n');
  if (text === '') return age < WRITING_LIMIT_MS ? 0 : null;
  const pid = Number(first);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return null;
  if (mark) return mark === startMark(pid) ? pid : null;
  return pid !== process.pid && isHolder(pid) ? pid : null;
}
