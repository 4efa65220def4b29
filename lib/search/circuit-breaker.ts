export type CircuitBreaker = {
  /** False while the pause after a failure lasts. */
  mayTry(): boolean;
  failed(): void;
  succeeded(): void;
};

/** Remembers that something failed, so that the next `pauseMs` milliseconds nobody waits for it again. */
export function createCircuitBreaker({ pauseMs, now }: { pauseMs: number; now: () => number }): CircuitBreaker {
  let failedAt: number | null = null;
  return {
    mayTry: () => failedAt === null || now() - failedAt >= pauseMs,
    failed: () => {
      failedAt = now();
    },
    succeeded: () => {
      failedAt = null;
    },
  };
}
