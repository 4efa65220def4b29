import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const LOCK_WAIT_MS = 10_000;
const LOCK_STALE_MS = 30_000;
const LOCK_POLL_MS = 25;

/** Writes beside the file, flushes, renames: a reader sees the old bytes or the new ones. */
export async function writeAtomically(file: string, bytes: Uint8Array | string, mode = 0o600): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}.new`;
  const handle = await open(draft, 'wx', mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

/** null when the file is not there. */
export async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Runs `action` while holding the directory's lock, so that gateways which share a state directory commit one after the
 * other. `mkdir` is atomic everywhere; a lock left by a killed process is taken over after 30 s.
 */
export async function withLock<T>(dir: string, action: () => Promise<T>): Promise<T> {
  const lock = path.join(dir, 'lock');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      await mkdir(lock, { mode: 0o700 });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age = await stat(lock).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
      if (age > LOCK_STALE_MS || Date.now() > deadline) await rm(lock, { recursive: true, force: true });
      else await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
    }
  }
  try {
    return await action();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Removes entries of `dir` that are older than `ageMs` and not kept: another process may still read younger ones. */
export async function removeOld({
  dir,
  keep,
  ageMs,
}: {
  dir: string;
  keep: Set<string>;
  ageMs: number;
}): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    if (keep.has(name)) continue;
    const entry = path.join(dir, name);
    const found = await stat(entry).catch(() => null);
    if (found && Date.now() - found.mtimeMs > ageMs) await rm(entry, { recursive: true, force: true });
  }
}
