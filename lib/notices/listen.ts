import pg from 'pg';
import { AUDIT_CHANNEL } from '#lib/audit/append-event.ts';
import { log } from '#lib/config/log.ts';

const RETRY_MS = 5000;

/**
 * Calls `onEvent` whenever an organization's chain grew, at the commit, until `signal` ends. The connection is its own and
 * is made anew when it is lost; `onEvent` is called then too, for what was missed. Without it the schedule does the work
 * within a minute, so a failure is logged and not raised.
 */
export async function listenForEvents({
  databaseUrl,
  onEvent,
  signal,
}: {
  databaseUrl: string;
  onEvent: () => void;
  signal: AbortSignal;
}): Promise<void> {
  if (signal.aborted) return;
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'hallmark-notices',
    keepAlive: true,
  });
  let isLost = false;
  const again = (reason: string) => {
    if (isLost || signal.aborted) return;
    isLost = true;
    log.warn({ error: reason }, 'does not hear of events; the schedule will look for them');
    void client.end().catch(() => {});
    const timer = setTimeout(() => void listenForEvents({ databaseUrl, onEvent, signal }), RETRY_MS);
    timer.unref();
  };
  client.on('error', (error) => again(error.message));
  client.on('end', () => again('the connection ended'));
  client.on('notification', onEvent);
  signal.addEventListener('abort', () => void client.end().catch(() => {}), { once: true });
  try {
    await client.connect();
    await client.query(`listen ${AUDIT_CHANNEL}`);
    onEvent();
  } catch (error) {
    again(error instanceof Error ? error.message : String(error));
  }
}
