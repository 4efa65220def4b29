import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataDir } from '#cli/lock-data-dir.ts';
import { startMark } from '#lib/db/process-identity.ts';

const SLEEP = 'setInterval(() => {}, 1000)';
let dataDir: string;
let other: ChildProcess;

beforeEach(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-lock-'));
});
afterEach(() => {
  other?.kill('SIGKILL');
  fs.rmSync(dataDir, { recursive: true, force: true });
});

/** Another process with these arguments, which hallmark.pid names. */
async function holder(args: string[], mark: (pid: number) => string | null): Promise<void> {
  other = spawn(process.execPath, args, { stdio: 'ignore' });
  await once(other, 'spawn');
  fs.writeFileSync(path.join(dataDir, 'hallmark.pid'), `${other.pid}\n${mark(other.pid!) ?? ''}\n`);
}

/** A script of that name in the data folder: what a command line shows. */
function script(name: string): string {
  const file = path.join(dataDir, name);
  fs.writeFileSync(file, SLEEP);
  return file;
}

describe('lockDataDir', () => {
  it('refuses a folder on which a living process works, and names it', async () => {
    await holder(['-e', SLEEP], startMark);
    expect(() => lockDataDir(dataDir)).toThrow(`process ${other.pid}`);
  });

  it('takes a folder whose process id went to another process', async () => {
    await holder(['-e', SLEEP, 'start'], () => 'mark of an earlier process');
    const release = lockDataDir(dataDir);
    expect(fs.readFileSync(path.join(dataDir, 'hallmark.pid'), 'utf8')).toContain(`${process.pid}\n`);
    await release();
    expect(fs.existsSync(path.join(dataDir, 'hallmark.pid'))).toBe(false);
  });

  it.runIf(process.platform === 'linux')('without a mark, believes `hallmark start` alone', async () => {
    await holder(['-e', SLEEP, 'restart', 'start'], () => null);
    await lockDataDir(dataDir)();
    other.kill('SIGKILL');
    await holder([script('hallmark.mjs'), 'import', 'start'], () => null);
    await lockDataDir(dataDir)();
    other.kill('SIGKILL');
    await holder([script('hallmark.mjs'), 'start'], () => null);
    expect(() => lockDataDir(dataDir)).toThrow(/already runs/);
  });
});
