import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';

type Query = (sql: string) => Promise<Record<string, unknown>[]>;

/** Names of migrations in `projectDir` that the database does not have, asked over a connection of its own. */
export async function pendingMigrations({
  databaseUrl,
  projectDir,
}: {
  databaseUrl: string;
  projectDir: string;
}): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return await missingMigrations({ query: async (sql) => (await client.query(sql)).rows, projectDir });
  } finally {
    await client.end().catch(() => {});
  }
}

/** The same over a connection that the caller has. Plain queries, so that `/readyz` can ask often. */
export async function missingMigrations({
  query,
  projectDir,
}: {
  query: Query;
  projectDir: string;
}): Promise<string[]> {
  const [table] = await query("select to_regclass('_prisma_migrations')::text as name");
  const rows = table?.name
    ? await query(
        'select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null',
      )
    : [];
  const applied = new Set(rows.map((row) => row.migration_name));
  return migrationNames(projectDir).filter((name) => !applied.has(name));
}

/** Folders of prisma/migrations in the order in which they apply. */
export function migrationNames(projectDir: string): string[] {
  return fs
    .readdirSync(path.join(/*turbopackIgnore: true*/ projectDir, 'prisma', 'migrations'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
