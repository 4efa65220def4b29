import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb } from '#lib/db/db.ts';
import { handleHealth } from '#lib/http/health.ts';
import { createTestDatabase } from '../database.ts';

describe('GET /readyz', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let observer: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    process.env.DATABASE_URL = database.url;
    observer = new pg.Client({ connectionString: database.url });
    await observer.connect();
  });
  afterAll(async () => {
    await observer.end();
    await closeDb();
    await database.drop();
  });

  const readyz = async () => (await handleHealth(new Request('http://localhost/readyz')))!.json();
  const sessions = async () =>
    Number(
      (await observer.query('select sessions from pg_stat_database where datname = current_database()')).rows[0]
        .sessions,
    );

  it('asks the database once for many requests', async () => {
    await readyz();
    const before = await sessions();
    const answers = await Promise.all(Array.from({ length: 50 }, readyz));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0].checks).toMatchObject({ database: 'ok', migrations: 'ok' });
    // A connection of our own shows that the statistics have caught up.
    const last = new pg.Client({ connectionString: database.url });
    await last.connect();
    await last.end();
    await expect.poll(sessions, { timeout: 10_000 }).toBeGreaterThan(before);
    expect((await sessions()) - before).toBeLessThan(20);
  });

  it('names a missing migration by its absence once the last answer is too old', async () => {
    expect((await readyz()).checks.migrations).toBe('ok');
    await observer.query('update _prisma_migrations set finished_at = null');
    await expect
      .poll(async () => (await readyz()).checks.migrations, { timeout: 10_000, interval: 200 })
      .toBe('failed');
  });
});
