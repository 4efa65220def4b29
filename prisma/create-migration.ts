/**
 * `npm run migration -- NAME`: writes the SQL between the migrations and prisma/schema into a new migration folder.
 * Applies all migrations to a throw-away embedded server first and compares that with the schema.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../lib/db/embedded-postgres.ts';
import { NO_FILTERS, readMigrations, schemaDifference, withSchemaEngine } from '../lib/db/schema-engine.ts';

const name = process.argv[2];
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  process.stderr.write('Name the migration in lower case, e.g. `npm run migration -- add_exceptions`.\n');
  process.exit(2);
}
const projectDir = path.resolve(import.meta.dirname, '..');
const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'hallmark-migration-'));
const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
try {
  const { stdout } = await withSchemaEngine({ databaseUrl: postgres.url, projectDir }, async (engine) => {
    await engine.applyMigrations({ migrationsList: readMigrations(projectDir), filters: NO_FILTERS });
    return engine.diff(schemaDifference(projectDir));
  });
  const sql = stdout ?? '';
  if (/^-- This is an empty migration/.test(sql) || sql.trim() === '') {
    process.stdout.write('The migrations and the schema agree; nothing to write.\n');
  } else {
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    const dir = path.join(projectDir, 'prisma', 'migrations', `${stamp}_${name}`);
    fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(path.join(dir, 'migration.sql'), sql);
    process.stdout.write(`Wrote ${path.relative(projectDir, dir)}/migration.sql\n`);
  }
} finally {
  await postgres.stop();
  fs.rmSync(dataDir, { recursive: true, force: true });
}
