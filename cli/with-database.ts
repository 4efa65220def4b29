import os from 'node:os';
import { config } from '#lib/config/config.ts';
import { closeDb } from '#lib/db/db.ts';
import { applyMigrations } from '#lib/db/migrate.ts';
import { openDatabase } from '#lib/db/open-database.ts';
import { stopBoss } from '#lib/jobs/boss.ts';
import { PROJECT_DIR } from './commands/web.ts';
import { createSteps } from './progress.ts';
import { requireDatabase, requireInstance } from './require-instance.ts';
import { onStopSignals } from './stop-signals.ts';
import { warnAboutVariables } from './warn-about-variables.ts';

/**
 * Runs an operator's command against the instance's database: the one of DATABASE_URL, or the embedded one of the data
 * folder, which is started when it does not run, and stopped at the end when nobody else uses it by then. Without
 * `mayCreate` there must be an instance. Throws NO_INSTANCE.
 */
export async function withDatabase<T>(work: () => Promise<T>, { mayCreate = false } = {}): Promise<T> {
  const settings = config();
  warnAboutVariables();
  if (!mayCreate) requireInstance(settings);
  await requireDatabase(settings);
  const steps = createSteps();
  const opening = openDatabase(settings, (text) => steps.step(text));
  // The server lives in a session of its own: Ctrl-C does not reach it.
  onStopSignals((signal) => {
    void opening
      .then((database) => database.stop({ isUrgent: true }))
      .finally(() => process.exit(128 + os.constants.signals[signal]));
  });
  const database = await opening;
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
