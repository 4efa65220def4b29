import { log } from '#lib/config/log.ts';

/**
 * Runs `stop` once when this process is asked to end: SIGTERM, or the end of the process that started it. SIGINT is
 * left to that one: Ctrl-C in a terminal reaches the whole group, and the database must outlive those who use it.
 */
export function onStop(stop: () => Promise<void>): void {
  let isStopping = false;
  const run = async () => {
    if (isStopping) return;
    isStopping = true;
    try {
      await stop();
    } catch (error) {
      log.warn({ error: error instanceof Error ? error.message : String(error) }, 'stopping did not go cleanly');
    }
    process.exit(0);
  };
  process.on('SIGTERM', run);
  if (process.send) {
    process.on('disconnect', run);
    process.on('SIGINT', () => {});
  } else {
    process.on('SIGINT', run);
  }
}
