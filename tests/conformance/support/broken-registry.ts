import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '#lib/manifest/types.ts';

export type Asked = { method: string; path: string; headers: http.IncomingHttpHeaders; body: string };
export type Answered = { status: number; headers: Record<string, string>; body: string };

/** One thing that a registry does wrong, and every case that must notice, and no other. */
export type RegistryFault = {
  name: string;
  fails: string[];
  /** Changes what is asked, or answers at once. */
  ask?: (asked: Asked) => Partial<Asked> | { answer: Partial<Answered> } | undefined;
  /** Changes what is answered. */
  answer?: (answered: Answered, asked: Asked) => Partial<Answered> | undefined;
};

/** Answers to readings, for as long as nothing is written: a hundred faults ask the same. */
export type Recorded = Map<string, Promise<Answered>>;

/** Our registry behind a proxy with one fault. */
export async function serveBroken(
  fault: RegistryFault,
  origin: string,
  recorded?: Recorded,
): Promise<{ baseUrl: string; close: () => Promise<unknown> }> {
  const ask = recorded ? recording(recorded, origin) : (asked: Asked) => forward(origin, asked);
  const server = http.createServer(async (request, response) => {
    try {
      const { status, headers, body } = await answerWith(fault, await readAsked(request), ask);
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    } catch (error) {
      response.writeHead(599).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

type Ask = (asked: Asked) => Promise<Answered>;

async function answerWith(fault: RegistryFault, asked: Asked, ask: Ask): Promise<Answered> {
  const changed = fault.ask?.(asked);
  const made = changed && 'answer' in changed ? changed.answer : null;
  if (made) return { status: 200, headers: { 'content-type': 'application/json' }, body: '', ...made };
  const sent = { ...asked, ...(changed as Partial<Asked> | undefined) };
  const answered = await ask(sent);
  return { ...answered, ...fault.answer?.(answered, asked) };
}

const recording =
  (recorded: Recorded, origin: string): Ask =>
  (asked) => {
    if (asked.body !== '' || !['GET', 'HEAD', 'OPTIONS'].includes(asked.method)) return forward(origin, asked);
    const { host: _, ...headers } = asked.headers;
    const key = JSON.stringify([asked.method, asked.path, headers]);
    const known = recorded.get(key) ?? forward(origin, asked);
    recorded.set(key, known);
    return known;
  };

async function readAsked(request: http.IncomingMessage): Promise<Asked> {
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: request.headers,
    body: await textOf(request),
  };
}

/** `http.request` and not fetch: the path has to arrive as it was sent. */
function forward(origin: string, { method, path, headers, body }: Asked): Promise<Answered> {
  const { hostname, port } = new URL(origin);
  const { 'content-length': _length, 'transfer-encoding': _encoding, connection: _connection, ...kept } = headers;
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    // A connection of its own: one that was refused half-way must not serve the next request.
    const request = http.request(
      { hostname, port, method, path, headers: { ...kept, ...length }, agent: false },
      async (response) => {
        const { 'content-length': _old, connection: _, 'transfer-encoding': __, ...answered } = response.headers;
        resolve({
          status: response.statusCode!,
          headers: Object.fromEntries(Object.entries(answered).map(([name, value]) => [name, String(value)])),
          body: await textOf(response),
        });
      },
    );
    request.on('error', reject).end(body);
  });
}

async function textOf(stream: http.IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** An item of a list, or a whole answer about one version. */
type Item = { server: JsonObject; _meta?: Record<string, JsonObject> };
type List = { servers: Item[]; metadata: JsonObject };

export const OFFICIAL = 'io.modelcontextprotocol.registry/official';

/** The answer with its JSON changed; untouched where it is none or no answer of 200. */
export function changeJson<T>(answered: Answered, change: (body: T) => void): Partial<Answered> | undefined {
  if (answered.status !== 200 || !answered.headers['content-type']?.includes('json') || answered.body === '') return;
  const body = JSON.parse(answered.body) as T;
  change(body);
  return { body: JSON.stringify(body) };
}

/** The answer with each of its items changed. */
export const changeItems = (answered: Answered, change: (item: Item) => void) =>
  changeJson<Item & List>(answered, (body) => {
    for (const item of body.servers ?? (body.server ? [body] : [])) change(item);
  });

/** The same with the registry's own facts of each. */
export const changeOfficial = (answered: Answered, change: (official: JsonObject, item: Item) => void) =>
  changeItems(answered, (item) => {
    const official = item._meta?.[OFFICIAL];
    if (official) change(official, item);
  });

export const changeList = (answered: Answered, change: (list: List) => void) => changeJson<List>(answered, change);

/** `/servers` under either prefix. */
export const isList = ({ path }: Asked) => /^\/v0(\.1)?\/servers(\?|$)/.test(path);
export const isVersions = ({ path }: Asked) => /^\/v0(\.1)?\/servers\/[^/]+\/versions(\?|$)/.test(path);
export const isDetail = ({ path }: Asked) => /^\/v0(\.1)?\/servers\/[^/]+\/versions\/[^/?]+(\?|$)/.test(path);

export const queryOf = ({ path }: Asked) => new URLSearchParams(path.split('?')[1] ?? '');

/** The path with a query changed. */
export function withQuery(asked: Asked, change: (query: URLSearchParams) => void): Partial<Asked> {
  const query = queryOf(asked);
  change(query);
  const text = query.toString();
  return { path: `${asked.path.split('?')[0]}${text ? `?${text}` : ''}` };
}

/** A list's request with its query changed. */
export const changeQuery = (change: (query: URLSearchParams) => void) => (asked: Asked) =>
  isList(asked) ? withQuery(asked, change) : undefined;

export const refuse = (status: number, detail: string): { answer: Partial<Answered> } => ({
  answer: {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    },
    body: JSON.stringify({ title: 'Refused', status, detail, error: detail }),
  },
});
