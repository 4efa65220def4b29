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
