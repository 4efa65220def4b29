import type pg from 'pg';
import { type Config, ConfigError } from '#lib/config/config.ts';
import { hasEmbeddedPostgres } from '#lib/db/embedded-postgres.ts';

/**
 * Throws NO_INSTANCE where neither DATABASE_URL nor the data folder leads to a database: a command with a forgotten
 * variable must not make an empty instance and answer from that.
 */
export function requireInstance(settings: Config): void {
  if (settings.DATABASE_URL || hasEmbeddedPostgres(settings.dataDir)) return;
  throw Object.assign(
    new Error(
      `There is no instance in ${settings.dataDir}. Set HALLMARK_DATA_DIR or DATABASE_URL as the running one has them.`,
    ),
    { code: 'NO_INSTANCE' },
  );
}

/** For processes that share a database and never start one. Throws NO_INSTANCE, or ConfigError beside an embedded one. */
export function requireDatabaseUrl(settings: Config): void {
  requireInstance(settings);
  if (settings.DATABASE_URL) return;
  throw new ConfigError(
    'DATABASE_URL is missing: this process needs it, e.g. postgresql://user:password@localhost:5432/hallmark. `hallmark start` sets it for its own.',
  );
}

/** Throws ConfigError that names DATABASE_URL where it is set and no database answers there. The password is not shown. */
export async function requireDatabase({ DATABASE_URL: url }: Config): Promise<void> {
  if (!url) return;
  let client: pg.Client | undefined;
  try {
    const { Client } = (await import('pg')).default;
    client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    client.on('error', () => {});
    await client.connect();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const place = URL.canParse(url) ? `${new URL(url).host}${new URL(url).pathname}` : 'a database';
    throw new ConfigError(
      `DATABASE_URL names ${place}, which cannot be used: ${message || code}. It looks like postgresql://user:password@localhost:5432/hallmark.`,
    );
  } finally {
    await client?.end().catch(() => {});
  }
}
