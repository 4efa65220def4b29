import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '#lib/db/embedded-postgres.ts';

const HALLMARK = path.resolve(import.meta.dirname, '../../cli/hallmark.mjs');

/** A Node before 24 on this machine: only such a one starts another. */
function olderNode(): string | null {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    const node = path.join(folder, 'node');
    try {
      if (Number(execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).split('.')[0]) < 24)
        return node;
    } catch {
      // No Node here.
    }
  }
  return null;
}
const node = olderNode();

describe('hallmark under an older Node', () => {
  for (const [name, toGroup] of [
    ['kill -INT of it', false],
    ['Ctrl-C, which reaches both processes', true],
  ] as const) {
    it(`ends in order on ${name}`, async (test) => {
      if (!node) return test.skip('no Node before 24 on this machine');
      const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-shim-'));
      const child = spawn(node, [HALLMARK, 'start'], {
        env: {
          ...process.env,
          DATABASE_URL: '',
          HALLMARK_DATA_DIR: dataDir,
          PORT: String(await freePort()),
          HALLMARK_URL: '',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
      const ended = once(child, 'exit');
      const has = (name: string) => fs.existsSync(path.join(dataDir, name));
      await expect.poll(() => has('postgres/postmaster.pid'), { timeout: 60_000 }).toBe(true);
      process.kill(toGroup ? -child.pid! : child.pid!, 'SIGINT');
      expect(await ended, output).toEqual([0, null]);
      expect(output.match(/Stopping\./g)).toHaveLength(1);
      expect([has('postgres/postmaster.pid'), has('hallmark.pid'), has('postgres.lock')]).toEqual([
        false,
        false,
        false,
      ]);
      fs.rmSync(dataDir, { recursive: true, force: true });
    }, 120_000);
  }
});
