import pg from 'pg';
import { pendingMigrations } from './pending-migrations.ts';
import { NO_FILTERS, readMigrations, withSchemaEngine } from './schema-engine.ts';

/** Serialises migrations of processes that start at once; any constant that nothing else uses. */
const MIGRATION_LOCK = 7_246_031_988;

/** Applies what is missing and returns the names of what it applied. Safe to run from many processes at once. */
export async function applyMigrations({
  databaseUrl,
  projectDir,
}: {
  databaseUrl: string;
  projectDir: string;
}): Promise<string[]> {
  if ((await pendingMigrations({ databaseUrl, projectDir })).length === 0) return [];
  const client = new pg.Client({ connectionString: databaseUrl });
  // A connection that ends while it only holds the lock, e.g. as the database is stopped, must not end the process; the
  // migration beside it fails by itself.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const { appliedMigrationNames } = await withSchemaEngine({ databaseUrl, projectDir }, (engine) =>
      engine.applyMigrations({ migrationsList: readMigrations(projectDir), filters: NO_FILTERS }),
    );
    return appliedMigrationNames;
  } finally {
    await client.end().catch(() => {});
  }
}
