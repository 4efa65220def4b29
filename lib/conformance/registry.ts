import { ensure } from './assertions.ts';
import type { Answer, HttpClient, Send } from './http-client.ts';
import { type Item, type Page, pageOf } from './items.ts';
import { CaseFailure, CaseSkip } from './outcome.ts';
import type { Writer } from './writer.ts';

/** A walk ends here; a registry with more is looked at in part. */
export const MAX_WALK = 2000;

export type Query = Record<string, string>;
export type Walk = { items: Item[]; isComplete: boolean; pages: number; answer: Answer };

/** The registry under test: its routes, what is known to be in it, and the means to write to it where there are some. */
export class Registry {
  readonly http: HttpClient;
  readonly #writer: Writer | null;
  #latest: Promise<Item[]> | null = null;
  #everything: Promise<Walk> | null = null;

  constructor({ http, writer }: { http: HttpClient; writer: Writer | null }) {
    this.http = http;
    this.#writer = writer;
  }

  get(path: string, send: Send = {}): Promise<Answer> {
    return this.http.send(path, send);
  }

  /** A request with a body, which is JSON unless it is text. */
  post(path: string, body: unknown, { headers, method = 'POST', ...send }: Send = {}): Promise<Answer> {
    return this.http.send(path, {
      ...send,
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  list(query: Query = {}): Promise<Answer> {
    return this.get(listPath(query));
  }

  async page(query: Query = {}): Promise<Page> {
    return pageOf(await this.list(query));
  }

  /** The pages of a query from the first, until `maxItems` are there. */
  async walk(query: Query, { maxItems = MAX_WALK }: { maxItems?: number } = {}): Promise<Walk> {
    const items: Item[] = [];
    const cursors = new Set<string>();
    let page = await this.page(query);
    for (let pages = 1; ; pages += 1) {
      items.push(...page.items);
      const { nextCursor, answer } = page;
      if (nextCursor === null || items.length >= maxItems) {
        return { items, isComplete: nextCursor === null, pages, answer };
      }
      ensure(!cursors.has(nextCursor), answer, 'a cursor that was not given before', nextCursor);
      ensure(pages <= maxItems, answer, 'an end of the list', `${pages} pages`);
      cursors.add(nextCursor);
      page = await this.page({ ...query, cursor: nextCursor });
    }
  }

  /** Versions that are listed as latest, at most a hundred. Skips the case where they cannot be read or are none. */
  async latest(): Promise<Item[]> {
    this.#latest ??= this.page({ version: 'latest', limit: '100' }).then(({ items }) => items);
    const items = await orSkip(this.#latest, 'the list of latest versions cannot be read');
    if (items.length === 0) throw new CaseSkip('The registry lists no server.');
    return items;
  }

  /** One server that is there. */
  async known(): Promise<Item> {
    return (await this.latest())[0]!;
  }

  /** Every version, deleted ones too, as far as a walk goes. */
  everything(): Promise<Walk> {
    this.#everything ??= this.walk({ include_deleted: 'true', limit: '100' });
    return orSkip(this.#everything, 'the list with deleted versions cannot be read');
  }

  /** A deleted version. Skips the case where none is listed. */
  async deleted(): Promise<Item> {
    const { items } = await this.everything();
    const found = items.find(({ status }) => status === 'deleted');
    if (!found) throw new CaseSkip('No deleted version is listed with include_deleted=true.');
    return found;
  }

  /** Means to write. Only for cases that need them: the runner skips those where there are none. */
  async writer(): Promise<Writer> {
    if (!this.#writer) throw new CaseSkip('There is no token to write with.');
    await this.#writer.ready();
    return this.#writer;
  }
}

export const listPath = (query: Query) => {
  const text = new URLSearchParams(query).toString();
  return `/v0.1/servers${text ? `?${text}` : ''}`;
};

export const versionsPath = (name: string) => `/v0.1/servers/${encodeURIComponent(name)}/versions`;
export const versionPath = (name: string, version: string) => `${versionsPath(name)}/${encodeURIComponent(version)}`;

/** What a case only needs as a start is no failure of that case. */
async function orSkip<T>(promise: Promise<T>, what: string): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof CaseFailure) throw new CaseSkip(`${what}: ${error.message}`);
    throw error;
  }
}
