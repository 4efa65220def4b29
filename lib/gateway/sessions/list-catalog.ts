import { GatewayError } from '../decisions/reasons.ts';

export const CATALOG_LIMITS = {
  pages: 100,
  items: 10_000,
  /** How often a listing is begun anew because the server said that its list changed meanwhile. */
  restarts: 3,
} as const;

/** Asks for one page of a list. */
export type ListPage = (cursor: string | null) => Promise<unknown>;

/**
 * What the running server lists under one method, all pages, until something says that it may have changed. Digests of
 * it decide, so a listing that was overtaken by `invalidate` while it ran is thrown away.
 */
export class ListCatalog<T> {
  readonly #listPage: ListPage;
  readonly #member: string;
  readonly #read: (items: unknown[]) => T;
  #listing: T | null = null;
  #running: Promise<T> | null = null;
  #generation = 0;

  /** `member` is the result's array, `read` makes the listing of all its entries. */
  constructor({ listPage, member, read }: { listPage: ListPage; member: string; read: (items: unknown[]) => T }) {
    this.#listPage = listPage;
    this.#member = member;
    this.#read = read;
  }

  /** The server announced a change, or the digests have become too old to rely on. */
  invalidate(): void {
    this.#generation += 1;
    this.#listing = null;
  }

  /** The current listing; `fresh` asks the server again. Throws `GatewayError` or what `listPage` throws. */
  async list({ fresh = false }: { fresh?: boolean } = {}): Promise<T> {
    if (fresh && !this.#running) this.invalidate();
    if (this.#listing) return this.#listing;
    this.#running ??= this.#listSettled().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #listSettled(): Promise<T> {
    for (let attempt = 0; attempt <= CATALOG_LIMITS.restarts; attempt += 1) {
      const generation = this.#generation;
      const listing = await this.#listOnce();
      if (generation === this.#generation) {
        this.#listing = listing;
        return listing;
      }
    }
    throw new GatewayError(
      'UPSTREAM_UNSTABLE',
      `The server changes its ${this.#member} faster than they can be listed.`,
    );
  }

  async #listOnce(): Promise<T> {
    const items: unknown[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < CATALOG_LIMITS.pages; page += 1) {
      const { found, nextCursor } = this.#readPage(await this.#listPage(cursor));
      items.push(...found);
      if (items.length > CATALOG_LIMITS.items) break;
      if (nextCursor === null) return this.#read(items);
      cursor = nextCursor;
    }
    throw new GatewayError(
      'UPSTREAM_MALFORMED',
      `The server lists more than ${CATALOG_LIMITS.items} ${this.#member} or ${CATALOG_LIMITS.pages} pages of them.`,
    );
  }

  #readPage(result: unknown): { found: unknown[]; nextCursor: string | null } {
    const { [this.#member]: found, nextCursor } = (result ?? {}) as Record<string, unknown>;
    if (!Array.isArray(found)) {
      throw new GatewayError('UPSTREAM_MALFORMED', `The server answered without a list of ${this.#member}.`);
    }
    return { found, nextCursor: typeof nextCursor === 'string' ? nextCursor : null };
  }
}
