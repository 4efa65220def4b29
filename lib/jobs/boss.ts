import { PgBoss } from 'pg-boss';
import { log } from '#lib/config/log.ts';
import { QUEUE_POLICIES, QUEUES } from './queues.ts';

const shared = globalThis as typeof globalThis & { hallmarkBoss?: Promise<PgBoss> };

/** The job queue of this process, on the database of DATABASE_URL. Started once. */
export function boss(): Promise<PgBoss> {
  shared.hallmarkBoss ??= start();
  return shared.hallmarkBoss;
}

export async function stopBoss(): Promise<void> {
  const running = shared.hallmarkBoss;
  shared.hallmarkBoss = undefined;
  await (await running?.catch(() => undefined))?.stop({ graceful: true, timeout: 10_000 });
}

async function start(): Promise<PgBoss> {
  const connectionString = process.env.DATABASE_URL;
  if (!connectionString) throw new Error('DATABASE_URL is not set in this process.');
  const queue = new PgBoss({ connectionString, max: 4, application_name: 'hallmark-jobs' });
  queue.on('error', (error) => log.warn({ error: error.message }, 'the job queue reports an error'));
  await queue.start();
  for (const kind of Object.keys(QUEUES) as (keyof typeof QUEUES)[]) {
    await queue.createQueue(QUEUES[kind], { policy: QUEUE_POLICIES[kind] });
  }
  return queue;
}
