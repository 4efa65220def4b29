/** The longest notification that reaches a client, as JSON. */
export const MAX_NOTIFICATION_CHARACTERS = 256 * 1024;

const PER_SECOND = 100;
const BURST = 200;
const MERGED_MS = 1000;

/** A bucket of notifications: `BURST` at once, `PER_SECOND` in the long run. */
export class NotificationBucket {
  readonly #now: () => number;
  #left: number = BURST;
  #at: number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#at = now();
  }

  take(): boolean {
    const now = this.#now();
    this.#left = Math.min(BURST, this.#left + ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/**
 * Merges announcements that say no more than "ask again": the first goes out at once, all that follow within a second
 * as one at its end.
 */
export class Announcements {
  readonly #send: (method: string) => void;
  readonly #waiting = new Map<string, { timer: NodeJS.Timeout; isDue: boolean }>();

  constructor(send: (method: string) => void) {
    this.#send = send;
  }

  announce(method: string): void {
    const waiting = this.#waiting.get(method);
    if (waiting) {
      waiting.isDue = true;
      return;
    }
    const timer = setTimeout(() => {
      const { isDue } = this.#waiting.get(method)!;
      this.#waiting.delete(method);
      if (isDue) this.announce(method);
    }, MERGED_MS);
    timer.unref();
    this.#waiting.set(method, { timer, isDue: false });
    this.#send(method);
  }

  stop(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }
}
