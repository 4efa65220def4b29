import type { Config } from '../config/config.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

export type OpenDatabase = Pick<EmbeddedPostgres, 'url' | 'lost' | 'stop'>;

/**
 * The database that the configuration names, or the embedded one of the data folder, which is started when it does not
 * run. Sets DATABASE_URL of this process, so that children and `db()` find it. `lost` and `stop` are about the embedded
 * one only: a server of your own comes back by itself.
 */
export async function openDatabase(config: Config, onProgress?: (step: string) => void): Promise<OpenDatabase> {
  const opened = await open(config, onProgress);
  process.env.DATABASE_URL = opened.url;
  return opened;
}

async function open(config: Config, onProgress?: (step: string) => void): Promise<OpenDatabase> {
  if (config.DATABASE_URL) return { url: config.DATABASE_URL, lost: new Promise(() => {}), stop: async () => {} };
  return startEmbeddedPostgres({ dataDir: config.dataDir, onProgress, isShared: true });
}
