import http from 'node:http';
import path from 'node:path';
import type { Command } from 'commander';
import { config } from '#lib/config/config.ts';
import { log } from '#lib/config/log.ts';
import { closeDb } from '#lib/db/db.ts';
import { endEventStreams } from '#lib/http/feed/event-stream.ts';
import { createRequestListener } from '#lib/http/node-server.ts';
import { stopBoss } from '#lib/jobs/boss.ts';
import { listenFault } from '../check-listening.ts';
import { onStop } from '../on-stop.ts';
import { requireDatabaseUrl } from '../require-instance.ts';

export const PROJECT_DIR = path.resolve(import.meta.dirname, '../..');

/** `hallmark web`: one web process. DATABASE_URL must be set; `hallmark start` sets it. Any number may run. */
export function registerWeb(program: Command): void {
  program
    .command('web')
    .description('run one web process (needs DATABASE_URL; `hallmark start` runs everything)')
    .option('--dev', 'rebuild pages while they are edited')
    .action(async ({ dev = false }: { dev?: boolean }) => {
      const settings = config();
      requireDatabaseUrl(settings);
      process.env.NEXTAUTH_URL ??= settings.publicUrl;
      const next = (await import('next')).default as unknown as typeof import('next').default;
      const app = next({ dev, dir: PROJECT_DIR, hostname: settings.HOST, port: settings.PORT });
      await app.prepare();
      const server = http.createServer(createRequestListener(app.getRequestHandler()));
      // The numbers of the official registry: slow senders must not hold connections.
      server.headersTimeout = 10_000;
      server.requestTimeout = 60_000;
      server.keepAliveTimeout = 65_000;
      await new Promise<void>((resolve, reject) => {
        server.once('error', (error) => reject(listenFault(error, settings)));
        server.listen(settings.PORT, settings.HOST, resolve);
      });
      log.info({ address: server.address() }, 'web server listens');
      process.send?.({ type: 'listening' });
      onStop(async () => {
        endEventStreams();
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 5000).unref();
        await closed;
        await stopBoss();
        await closeDb();
      });
    });
}
