import pg from 'pg';
import { log } from '#lib/config/log.ts';

/** How often the connection is tried: a peer that vanished without a word must be noticed. */
const CHECK_MS = 10_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

export type Subscription = {
  /** The payload of each NOTIFY on the channel. */
  onMessage: (payload: string) => void;
  /** The connection is there (again): what was said meanwhile was not heard. */
  onOpen?: () => void;
};

type Shared = typeof globalThis & { hallmarkListener?: Listener };
const shared = globalThis as Shared;

/**
 * Hears NOTIFY on a channel of the database of DATABASE_URL, over one connection for the whole process, made with the
 * first subscription and made again when it breaks. Messages are hints: whoever needs to be sure reads the rows, at
 * the latest in `onOpen`. Returns what ends the subscription; `closeDb` ends all.
 */
export function subscribe(channel: string, subscription: Subscription): () => void {
  shared.hallmarkListener ??= new Listener();
  return shared.hallmarkListener.add(channel, subscription);
}

/** Whether messages are being heard at this moment. */
export const isListening = (): boolean => shared.hallmarkListener?.isOpen ?? false;

export async function stopListening(): Promise<void> {
  const listener = shared.hallmarkListener;
  shared.hallmarkListener = undefined;
  await listener?.stop();
}

class Listener {
  isOpen = false;
  readonly #subscriptions = new Map<string, Set<Subscription>>();
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #failures = 0;
  #isStopped = false;

  constructor() {
    void this.#connect();
  }

  add(channel: string, subscription: Subscription): () => void {
    if (!/^[a-z_]{1,60}$/.test(channel)) throw new Error(`${channel} is no channel name`);
    const all = this.#subscriptions.get(channel) ?? new Set();
    const isNew = all.size === 0;
    all.add(subscription);
    this.#subscriptions.set(channel, all);
    if (isNew && this.isOpen) void this.#client?.query(`listen ${channel}`).catch(() => this.#broken());
    return () => all.delete(subscription);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.isOpen = false;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#client?.end().catch(() => {});
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: process.env.DATABASE_URL,
      application_name: 'hallmark-listener',
      keepAlive: true,
      connectionTimeoutMillis: CHECK_MS,
      query_timeout: CHECK_MS,
    });
    this.#client = client;
    client.on('error', () => this.#broken(client));
    client.on('end', () => this.#broken(client));
    client.on('notification', ({ channel, payload }) => {
      for (const { onMessage } of this.#subscriptions.get(channel) ?? []) guarded(() => onMessage(payload ?? ''));
    });
    try {
      await client.connect();
      for (const channel of this.#subscriptions.keys()) await client.query(`listen ${channel}`);
    } catch {
      return this.#broken(client);
    }
    if (this.#isStopped) return void client.end().catch(() => {});
    this.isOpen = true;
    this.#failures = 0;
    for (const all of this.#subscriptions.values()) for (const { onOpen } of all) guarded(() => onOpen?.());
    this.#later(CHECK_MS, () => this.#check(client));
  }

  async #check(client: pg.Client): Promise<void> {
    try {
      await client.query('select 1');
      this.#later(CHECK_MS, () => this.#check(client));
    } catch {
      this.#broken(client);
    }
  }

  #broken(client = this.#client): void {
    if (this.#isStopped || !client || client !== this.#client) return;
    this.#client = null;
    this.isOpen = false;
    void client.end().catch(() => {});
    const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#later(delay, () => this.#connect());
  }

  #later(ms: number, work: () => Promise<void>): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void work(), ms);
    this.#timer.unref();
  }
}

function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    log.error({ err: error }, 'a listener on the database failed');
  }
}
