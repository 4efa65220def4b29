import { randomBytes } from 'node:crypto';
import path from 'node:path';
import pg from 'pg';
import { applyMigrations } from '#lib/db/migrate.ts';

const projectDir = path.resolve(import.meta.dirname, '..');

/**
 * A database of its own for one test file, on the throw-away server that tests/global-setup.ts started, with all
 * migrations. The first call makes a template, later ones copy it.
 */
export async function createTestDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server) throw new Error('TEST_POSTGRES_URL is not set: run tests through vitest with tests/global-setup.ts.');
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  const template = 'hallmark_template';
  const name = `test_${randomBytes(6).toString('hex')}`;
  try {
    // Files run in parallel processes: one makes the template, the others wait.
    await admin.query('select pg_advisory_lock(1)');
    const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [template]);
    if (!rowCount) {
      await admin.query(`create database ${template}_making`);
      await applyMigrations({ databaseUrl: withDatabase(server, `${template}_making`), projectDir });
      await admin.query(`alter database ${template}_making rename to ${template}`);
    }
    await admin.query(`create database ${name} template ${template}`);
  } finally {
    await admin.end();
  }
  return {
    url: withDatabase(server, name),
    drop: async () => {
      const client = new pg.Client({ connectionString: server });
      await client.connect();
      await client.query(`drop database if exists ${name} with (force)`);
      await client.end();
    },
  };
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
