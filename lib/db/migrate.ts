import pg from 'pg';
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
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const { appliedMigrationNames } = await withSchemaEngine({ databaseUrl, projectDir }, (engine) =>
      engine.applyMigrations({ migrationsList: readMigrations(projectDir), filters: NO_FILTERS }),
    );
    return appliedMigrationNames;
  } finally {
    await client.end();
  }
}

/** Names of migrations on disk that the database does not have. A plain query: it also answers `/readyz`. */
export async function pendingMigrations({
  databaseUrl,
  projectDir,
}: {
  databaseUrl: string;
  projectDir: string;
}): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    const { rows: table } = await client.query("select to_regclass('_prisma_migrations') as name");
    const { rows } = table[0].name
      ? await client.query(
          'select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null',
        )
      : { rows: [] };
    const applied = new Set(rows.map((row) => row.migration_name as string));
    return readMigrations(projectDir)
      .migrationDirectories.map((m) => m.path)
      .filter((name) => !applied.has(name));
  } finally {
    await client.end();
  }
}
