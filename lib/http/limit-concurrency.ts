import { DomainError } from './domain-error.ts';

/**
 * Lets at most `limit` calls run at once in this process; the next one is refused with BUSY instead of waiting, so that
 * requests that make us ask other servers cannot pile up.
 */
export function limitConcurrency(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  return async (work) => {
    if (running >= limit) {
      throw new DomainError('BUSY', 'Too many requests of this kind are being answered. Try again in some seconds.');
    }
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
    }
  };
}

/** The same for each key by itself, e.g. for each domain that is asked about. */
export function limitPerKey(limit: number): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const pools = new Map<string, { running: number; run: ReturnType<typeof limitConcurrency> }>();
  return async (key, work) => {
    const pool = pools.get(key) ?? { running: 0, run: limitConcurrency(limit) };
    pools.set(key, pool);
    pool.running += 1;
    try {
      return await pool.run(work);
    } finally {
      pool.running -= 1;
      if (pool.running === 0) pools.delete(key);
    }
  };
}
