import type { Command } from 'commander';
import { config } from '#lib/config/config.ts';
import { log } from '#lib/config/log.ts';
import { closeDb } from '#lib/db/db.ts';
import { stopBoss } from '#lib/jobs/boss.ts';
import { startWorkers } from '#lib/jobs/start-workers.ts';
import { onStop } from '../on-stop.ts';
import { requireDatabase, requireDatabaseUrl } from '../require-instance.ts';

/** `hallmark worker`: scans and re-signs feeds. DATABASE_URL must be set. Any number may run. */
export function registerWorker(program: Command): void {
  program
    .command('worker')
    .description('run one worker process (needs DATABASE_URL; `hallmark start` runs everything)')
    .action(async () => {
      const abort = new AbortController();
      const settings = config();
      requireDatabaseUrl(settings);
      await requireDatabase(settings);
      await startWorkers({ settings, signal: abort.signal });
      log.info('worker is ready');
      process.send?.({ type: 'listening' });
      onStop(async () => {
        abort.abort(new Error('the worker stops'));
        await stopBoss();
        await closeDb();
      });
    });
}
