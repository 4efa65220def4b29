import type { Config } from '../config/config.ts';
import { findEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

export type OpenDatabase = { url: string; stop(): Promise<void> };

/**
 * The database that the configuration names, or the embedded one of the data folder, which is started when it does not
 * run. Sets DATABASE_URL of this process, so that children and `db()` find it.
 */
export async function openDatabase(config: Config, onProgress?: (step: string) => void): Promise<OpenDatabase> {
  const opened = await open(config, onProgress);
  process.env.DATABASE_URL = opened.url;
  return opened;
}

async function open(config: Config, onProgress?: (step: string) => void): Promise<OpenDatabase> {
  if (config.DATABASE_URL) return { url: config.DATABASE_URL, stop: async () => {} };
  const running = await findEmbeddedPostgres(config.dataDir);
  if (running) return { url: running, stop: async () => {} };
  return startEmbeddedPostgres({ dataDir: config.dataDir, onProgress });
}
