import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyMigrations } from '#lib/db/migrate.ts';
import { pendingMigrations } from '#lib/db/pending-migrations.ts';
import { schemaDifference, withSchemaEngine } from '#lib/db/schema-engine.ts';
import { createTestDatabase } from '../database.ts';

const projectDir = path.resolve(import.meta.dirname, '../..');

describe('migrations', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('are all applied, and a second run has nothing to do', async () => {
    expect(await pendingMigrations({ databaseUrl: database.url, projectDir })).toEqual([]);
    expect(await applyMigrations({ databaseUrl: database.url, projectDir })).toEqual([]);
  });

  it('give exactly the tables of prisma/schema', async () => {
    const { stdout } = await withSchemaEngine({ databaseUrl: database.url, projectDir }, (engine) =>
      engine.diff(schemaDifference(projectDir)),
    );
    expect(stdout).toContain('This is an empty migration');
  });
});
