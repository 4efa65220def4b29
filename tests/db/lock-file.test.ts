import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFile, tryLockFile } from '#lib/db/lock-file.ts';
import { startMark } from '#lib/db/process-identity.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-lock-'));
  file = path.join(dir, 'some.lock');
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const isTaken = () => 'release' in tryLockFile(file);

async function endedPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid!;
}

describe('a lock file', () => {
  it('is held by one at a time, and free again when released', () => {
    const lock = tryLockFile(file);
    expect(tryLockFile(file)).toEqual({ holder: process.pid });
    if ('release' in lock) lock.release();
    expect(isTaken()).toBe(true);
    expect(fs.readdirSync(dir)).toEqual(['some.lock']);
  });

  it('of a process that ended counts for nothing', async () => {
    fs.writeFileSync(file, `${await endedPid()}\nsome mark\n`);
    expect(isTaken()).toBe(true);
  });

  it('of a process whose id is in use again counts for nothing', () => {
    fs.writeFileSync(file, `${process.ppid}\nmark of an earlier process\n`);
    expect(isTaken()).toBe(true);
  });

  it('of a living process holds', () => {
    fs.writeFileSync(file, `${process.ppid}\n${startMark(process.ppid)}\n`);
    expect(tryLockFile(file)).toEqual({ holder: process.ppid });
  });

  it('that is being written holds; one that stayed empty does not', () => {
    fs.writeFileSync(file, '');
    expect(tryLockFile(file)).toEqual({ holder: 0 });
    const past = new Date(Date.now() - 60_000);
    fs.utimesSync(file, past, past);
    expect(isTaken()).toBe(true);
  });

  it('is left alone while another process removes a stale one', async () => {
    fs.writeFileSync(file, `${await endedPid()}\nsome mark\n`);
    fs.writeFileSync(`${file}.removing`, `${process.ppid}\n${startMark(process.ppid)}\n`);
    expect(tryLockFile(file)).toEqual({ holder: 0 });
    fs.writeFileSync(`${file}.removing`, `${await endedPid()}\nsome mark\n`);
    expect(isTaken()).toBe(true);
  });

  it('that nobody releases ends the wait with the holder', async () => {
    tryLockFile(file);
    const waiting = lockFile({ file, limitMs: 100, onTimeout: (holder) => new Error(`held by ${holder}`) });
    await expect(waiting).rejects.toThrow(`held by ${process.pid}`);
  });
});
