import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '#lib/db/embedded-postgres.ts';

/** One throw-away PostgreSQL for the whole run; every test file that needs a database makes its own on it. */
export default async function setup() {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-tests-'));
  const postgres = await startEmbeddedPostgres({
    dataDir,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  process.env.TEST_POSTGRES_URL = postgres.url;
  return async () => {
    await postgres.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  };
}
