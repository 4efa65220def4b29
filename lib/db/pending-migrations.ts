import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** Names of migrations in `projectDir` that the database does not have. A plain query, so that `/readyz` can ask often. */
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
    return migrationNames(projectDir).filter((name) => !applied.has(name));
  } finally {
    await client.end();
  }
}

/** Folders of prisma/migrations in the order in which they apply. */
export function migrationNames(projectDir: string): string[] {
  return fs
    .readdirSync(path.join(/*turbopackIgnore: true*/ projectDir, 'prisma', 'migrations'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
