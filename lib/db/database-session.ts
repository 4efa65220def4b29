import pg from 'pg';
import { findPostmaster } from './postmaster.ts';

/** Name under which a process says that it uses the embedded server, one connection each. */
const PRESENCE = 'hallmark-presence';
/** How long a backend may take to notice that its client left. */
const LEAVE_LIMIT_MS = 1500;

export type DatabaseSession = {
  /** Resolves when the server ended by itself, and never after `close`. */
  lost: Promise<void>;
  /**
   * True when no other client is connected. With `presencesOnly` only other Hallmark processes count: for one that was
   * told to end while its own queries run.
   */
  isAlone(options?: { presencesOnly?: boolean }): Promise<boolean>;
  close(): Promise<void>;
};

/** pg's clients have these; its types do not. */
type Held = pg.Client & { ref(): void; unref(): void };

/**
 * One idle connection that marks this process as a user of the embedded server, and notices its end. It is opened again
 * when the server lives on without it, e.g. after it recovered from a crash of one session.
 */
export async function openDatabaseSession({
  url,
  cluster,
}: {
  url: string;
  cluster: string;
}): Promise<DatabaseSession> {
  let isClosed = false;
  let client: pg.Client;
  let onLost = () => {};
  const lost = new Promise<void>((resolve) => {
    onLost = resolve;
  });

  const connect = async () => {
    const next = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, application_name: PRESENCE });
    next.on('error', () => {});
    try {
      await next.connect();
    } catch (error) {
      await next.end().catch(() => {});
      throw error;
    }
    client = next;
    // Must not keep a process alive that has nothing else to do. Who waits for an answer holds it again: else the process
    // ends amid its stop, and leaves the server running.
    (next as Held).unref();
    next.once('end', () => void reconnect());
  };
  const reconnect = async () => {
    while (!isClosed) {
      if (!findPostmaster(cluster)) return onLost();
      try {
        return await connect();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  };
  await connect();

  return {
    lost,
    async isAlone({ presencesOnly = false } = {}) {
      (client as Held).ref();
      const until = Date.now() + LEAVE_LIMIT_MS;
      for (;;) {
        const { rows } = await client.query(
          `select count(*)::int as others from pg_stat_activity
           where backend_type = 'client backend' and pid <> pg_backend_pid() and (not $1 or application_name = $2)`,
          [presencesOnly, PRESENCE],
        );
        if (rows[0].others === 0) return true;
        if (Date.now() > until) return false;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async close() {
      isClosed = true;
      (client as Held).ref();
      await client.end().catch(() => {});
    },
  };
}
