import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '#lib/db/embedded-postgres.ts';
import { findPostmaster, stopPostmaster } from '#lib/db/postmaster.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');
/** A command that queries without end, or ends at once. */
const PROGRAM = `
  import { withDatabase } from ${JSON.stringify(path.join(PROJECT, 'cli/with-database.ts'))};
  import { db } from ${JSON.stringify(path.join(PROJECT, 'lib/db/db.ts'))};
  await withDatabase(async () => {
    process.stdout.write('working\\n');
    while (process.env.ENDLESS) await db().$queryRawUnsafe('select 1 from pg_sleep(20)');
  }, { mayCreate: true });
`;
const LONG = 120_000;
let dataDir: string;
let cluster: string;

beforeEach(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-command-'));
  cluster = path.join(dataDir, 'postgres');
});
afterEach(async () => {
  await stopPostmaster(cluster);
  fs.rmSync(dataDir, { recursive: true, force: true });
}, LONG);

async function command({ isEndless = true } = {}) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    cwd: PROJECT,
    env: { ...process.env, DATABASE_URL: '', HALLMARK_DATA_DIR: dataDir, ENDLESS: isEndless ? 'yes' : '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = once(child, 'exit');
  await expect.poll(() => output, { timeout: LONG }).toContain('working');
  return { child, ended };
}

describe('a command that uses the database', () => {
  it(
    'stops the server that it started at its end, when nothing else keeps its process alive',
    async () => {
      const { ended } = await command({ isEndless: false });
      expect(await ended).toEqual([0, null]);
      expect(findPostmaster(cluster)).toBeNull();
    },
    LONG,
  );

  it(
    'stops the server that it started when Ctrl-C ends it amid a query',
    async () => {
      const { child, ended } = await command();
      child.kill('SIGINT');
      expect(await ended).toEqual([130, null]);
      expect(findPostmaster(cluster)).toBeNull();
      expect(fs.readdirSync(dataDir)).not.toContain('postgres.lock');
    },
    LONG,
  );

  it(
    'leaves the server that it started to another that joined, which stops it, also after a kill',
    async () => {
      const { child, ended } = await command();
      const joined = await startEmbeddedPostgres({ dataDir, isShared: true });
      expect(joined.isOwner).toBe(false);
      child.kill('SIGKILL');
      await ended;
      expect(findPostmaster(cluster)).not.toBeNull();
      await joined.stop({ isUrgent: true });
      expect(findPostmaster(cluster)).toBeNull();
    },
    LONG,
  );
});
