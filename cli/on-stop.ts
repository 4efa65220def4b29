import { config } from '#lib/config/config.ts';
import { log } from '#lib/config/log.ts';
import { stopUnusedPostgres } from '#lib/db/embedded-postgres.ts';

/**
 * Runs `stop` once when this process is asked to end: SIGTERM, or the end of the process that started it. SIGINT is
 * left to that one: Ctrl-C in a terminal reaches the whole group, and the database must outlive those who use it. Where
 * `hallmark start` was killed, the last of its children stops the embedded database in its place.
 */
export function onStop(stop: () => Promise<void>): void {
  const isChild = process.send !== undefined;
  let isStopping = false;
  const run = async () => {
    if (isStopping) return;
    isStopping = true;
    try {
      await stop();
      if (isChild && !process.connected) {
        await stopUnusedPostgres({ dataDir: config().dataDir, url: process.env.DATABASE_URL ?? '' });
      }
    } catch (error) {
      log.warn({ error: error instanceof Error ? error.message : String(error) }, 'stopping did not go cleanly');
    }
    process.exit(0);
  };
  process.on('SIGTERM', run);
  if (isChild) {
    process.on('disconnect', run);
    process.on('SIGINT', () => {});
  } else {
    process.on('SIGINT', run);
  }
}
