import { config } from '#lib/config/config.ts';
import { closeDb } from '#lib/db/db.ts';
import { applyMigrations } from '#lib/db/migrate.ts';
import { openDatabase } from '#lib/db/open-database.ts';
import { stopBoss } from '#lib/jobs/boss.ts';
import { PROJECT_DIR } from './commands/web.ts';
import { createSteps } from './progress.ts';

/**
 * Runs an operator's command against the instance's database: the one of DATABASE_URL, or the embedded one of the data
 * folder, which is started for the time of the command when it does not run.
 */
export async function withDatabase<T>(work: () => Promise<T>): Promise<T> {
  const steps = createSteps();
  const database = await openDatabase(config(), (text) => steps.step(text));
  try {
    await applyMigrations({ databaseUrl: database.url, projectDir: PROJECT_DIR });
    steps.done();
    return await work();
  } finally {
    await stopBoss();
    await closeDb();
    await database.stop();
  }
}
