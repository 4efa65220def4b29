import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyMigrations } from '#lib/db/migrate.ts';
import { migrationNames, pendingMigrations } from '#lib/db/pending-migrations.ts';
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

  it('take over versions from before, with addresses too long for an index', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query('drop schema public cascade');
      await client.query('create schema public');
      const long = `https://acme.example/${randomBytes(9000).toString('base64url')}`;
      const manifest = { remotes: [{ url: long }, { url: 'https://acme.example/mcp' }, { type: 'sse' }] };
      for (const name of migrationNames(projectDir)) {
        if (name.endsWith('_publishers_and_proofs')) {
          await client.query(`insert into "Server" (id, name, namespace) values ('s', 'com.acme/old', 'com.acme')`);
          await client.query(
            `insert into "Version" (id, "serverId", "serverName", version, "manifestBytes", manifest, "manifestSha256",
               "manifestJcsSha256", origin, "updatedAt")
             values ('v', 's', 'com.acme/old', '1.0.0', '', $1, '', '', 'mirrored', now())`,
            [manifest],
          );
        }
        const file = path.join(projectDir, 'prisma', 'migrations', name, 'migration.sql');
        await client.query(fs.readFileSync(file, 'utf8'));
      }
      const { rows } = await client.query('select "remoteUrls" from "Version"');
      expect(rows).toEqual([{ remoteUrls: ['https://acme.example/mcp'] }]);
    } finally {
      await client.end();
    }
  });
});
