import { shiftTime } from '#lib/conformance/items.ts';
import {
  type Answered,
  type Asked,
  changeItems,
  changeList,
  changeQuery,
  isDetail,
  isList,
  OFFICIAL,
  queryOf,
  type RegistryFault,
  refuse,
} from './broken-registry.ts';

/** Lists of one query without some of their items. */
const withoutItems =
  (isMeant: (query: URLSearchParams) => boolean, isLeftOut: (item: never, index: number) => boolean) =>
  (answered: Answered, asked: Asked) =>
    isList(asked) && isMeant(queryOf(asked))
      ? changeList(answered, (list) => {
          list.servers = list.servers.filter((item, index) => !isLeftOut(item as never, index));
          list.metadata.count = list.servers.length;
        })
      : undefined;

const shiftSince = (milliseconds: number) =>
  changeQuery((query) => {
    const since = query.get('updated_since') ?? '';
    // Times that a case makes up stay: the fault is about those of changes.
    if (since.startsWith('2026')) query.set('updated_since', shiftTime(since, milliseconds));
  });

let pages = 0;

export const PAGING_FAULTS: RegistryFault[] = [
  {
    name: 'an item lost between pages',
    fails: ['paging-walk'],
    answer: withoutItems(
      (query) => query.get('limit') === '3' && query.has('cursor'),
      (_, index) => index === 0,
    ),
  },
  {
    name: 'an item on two pages',
    fails: ['paging-walk'],
    answer: (answered, asked) =>
      isList(asked) && queryOf(asked).get('limit') === '3'
        ? changeList(answered, ({ servers, metadata }) => {
            if (servers[0]) servers.push(servers[0]);
            metadata.count = servers.length;
          })
        : undefined,
  },
  {
    name: 'another order each time',
    fails: ['paging-stable'],
    answer: (answered, asked) => {
      if (!isList(asked) || queryOf(asked).get('limit') !== '4') return undefined;
      pages += 1;
      return pages % 3 === 1 ? changeList(answered, ({ servers }) => servers.reverse()) : undefined;
    },
  },
  {
    name: 'a cursor on the last page that leads back',
    fails: ['paging-end'],
    answer: (answered, asked) =>
      isList(asked) && queryOf(asked).get('limit') === '1' && queryOf(asked).has('search')
        ? changeList(answered, ({ metadata }) => {
            metadata.nextCursor ??= 'back';
          })
        : undefined,
    ask: changeQuery((query) => query.get('cursor') === 'back' && query.delete('cursor')),
  },
  {
    name: 'a cursor whenever the page is full',
    fails: ['paging-no-empty-page'],
    ask: (asked) =>
      queryOf(asked).get('cursor') === 'end'
        ? { answer: { body: '{"servers":[],"metadata":{"count":0}}' } }
        : undefined,
    answer: (answered, asked) =>
      isList(asked)
        ? changeList(answered, ({ servers, metadata }) => {
            const isFull = servers.length > 0 && servers.length === Number(queryOf(asked).get('limit'));
            if (isFull) metadata.nextCursor ??= 'end';
          })
        : undefined,
  },
  {
    name: 'a server twice among the latest',
    fails: ['paging-latest-once'],
    answer: (answered, asked) =>
      isList(asked) && queryOf(asked).get('limit') === '20'
        ? changeList(answered, ({ servers }) => servers.push(servers[0]!))
        : undefined,
  },
  {
    name: 'pages counted by the size of the new page',
    fails: ['paging-limit-change'],
    answer: withoutItems(
      (query) => query.get('limit') === '5' && query.has('cursor'),
      (_, index) => index === 0,
    ),
  },
  {
    name: 'a cursor with a plus',
    fails: ['vscode-cursor-raw'],
    ask: changeQuery((query) => {
      const cursor = query.get('cursor') ?? '';
      if (cursor.startsWith('a+b')) query.set('cursor', cursor.slice(3));
    }),
    answer: (answered, asked) =>
      isList(asked)
        ? changeList(answered, ({ metadata }) => {
            if (metadata.nextCursor) metadata.nextCursor = `a+b${metadata.nextCursor}`;
          })
        : undefined,
  },
  {
    name: 'a cursor that does not carry the search',
    fails: ['vscode-cursor-search'],
    ask: changeQuery((query) => {
      const cursor = Buffer.from(query.get('cursor') ?? '', 'base64url').toString();
      if (cursor.includes('"search":"') && !query.has('search')) query.delete('cursor');
    }),
  },
];

export const SYNC_FAULTS: RegistryFault[] = [
  {
    name: 'updated_since with the time itself',
    fails: ['sync-strictly-after'],
    ask: shiftSince(-1),
  },
  {
    name: 'updated_since of whole seconds',
    fails: ['sync-finds', 'sync-deleted'],
    ask: shiftSince(1000),
  },
  {
    name: 'an item that updated_since forgets',
    fails: ['sync-from-the-start'],
    answer: withoutItems(
      (query) => query.has('updated_since'),
      (item: { server: { name: string } }) => item.server.name === 'com.beta/half_way',
    ),
  },
  {
    name: 'updated_since without what was deleted',
    fails: ['sync-from-the-start', 'sync-deleted'],
    answer: withoutItems(
      (query) => query.has('updated_since'),
      (item: { _meta: Record<string, { status: string }> }) => item._meta[OFFICIAL]?.status === 'deleted',
    ),
  },
];

const status = (code: number) => (_: Answered, __: Asked) => ({ status: code });
const isPath =
  (path: RegExp, fault: RegistryFault['answer']): RegistryFault['answer'] =>
  (answered, asked) =>
    path.test(asked.path) ? fault?.(answered, asked) : undefined;

export const ENCODING_FAULTS: RegistryFault[] = [
  {
    name: 'only %2F in capitals',
    fails: ['encoding-slash'],
    ask: ({ path }) => (path.includes('%2f') ? refuse(404, 'Server not found') : undefined),
  },
  {
    name: '500 for a version of an unknown server',
    fails: ['encoding-unknown-server'],
    answer: isPath(/no-such-server\/versions\/1\.0\.0$/, status(500)),
  },
  {
    name: 'the latest for an unknown version',
    fails: ['encoding-unknown-version'],
    ask: ({ path }) => ({ path: path.replace('0.0.0-conformance.none', 'latest') }),
  },
  {
    name: 'a page for an unknown path',
    fails: ['encoding-unknown-path'],
    ask: ({ path }) =>
      path.includes('no-such-endpoint')
        ? { answer: { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' } }
        : undefined,
  },
  {
    name: '301 for a slash at the end',
    fails: ['encoding-trailing-slash'],
    answer: (answered) => (answered.status === 308 ? { status: 301 } : undefined),
  },
  {
    name: 'a redirect that loses the query',
    fails: ['encoding-trailing-slash'],
    answer: ({ status, headers }) =>
      status === 308 ? { headers: { ...headers, location: headers.location!.split('?')[0]! } } : undefined,
  },
  {
    name: 'a redirect to what the path names',
    fails: ['encoding-open-redirect'],
    ask: ({ path }) =>
      path === '//evil.example/' ? { answer: { status: 308, headers: { location: '//evil.example' } } } : undefined,
  },
  {
    name: '500 for a NUL byte',
    fails: ['encoding-nul'],
    answer: isPath(/\?search=a%00b/, status(500)),
  },
  {
    name: '404 for a broken encoding',
    fails: ['encoding-broken'],
    answer: isPath(/%zz/, status(404)),
  },
];

export const CACHING_FAULTS: RegistryFault[] = [
  {
    name: 'weak ETags',
    fails: ['caching-etag', 'caching-not-modified'],
    answer: ({ headers }) => (headers.etag ? { headers: { ...headers, etag: `W/${headers.etag}` } } : undefined),
  },
  {
    name: 'If-None-Match ignored',
    fails: ['caching-not-modified'],
    ask: ({ headers: { 'if-none-match': _, ...headers } }) => ({ headers }),
  },
  {
    name: '304 to any tag',
    fails: ['caching-not-modified'],
    ask: ({ headers }) => (headers['if-none-match'] === '"another"' ? { answer: { status: 304 } } : undefined),
  },
  {
    name: 'no Cache-Control',
    fails: ['caching-control'],
    answer: ({ status, headers: { 'cache-control': _, ...headers } }) => (status === 200 ? { headers } : undefined),
  },
  {
    name: 'refusals that are kept',
    fails: ['caching-errors'],
    answer: ({ status, headers }) =>
      status >= 400 ? { headers: { ...headers, 'cache-control': 'public, max-age=60' } } : undefined,
  },
];

export const CORS_FAULTS: RegistryFault[] = [
  {
    name: 'no Access-Control-Allow-Headers',
    fails: ['cors-copilot'],
    answer: ({ headers: { 'access-control-allow-headers': _, ...headers } }, { method }) =>
      method === 'GET' ? { headers } : undefined,
  },
  {
    name: 'more methods than Copilot names, on one of the three',
    fails: ['cors-copilot'],
    answer: ({ headers }, asked) =>
      isDetail(asked) ? { headers: { ...headers, 'access-control-allow-methods': 'GET, PUT, OPTIONS' } } : undefined,
  },
  {
    name: 'no preflight',
    fails: ['cors-preflight'],
    ask: ({ headers }) => (headers['access-control-request-method'] ? refuse(405, 'No.') : undefined),
  },
  {
    name: 'refusals without CORS',
    fails: ['cors-errors'],
    answer: ({ status, headers: { 'access-control-allow-origin': _, ...headers } }) =>
      status >= 400 ? { headers } : undefined,
  },
];

export const ALIAS_FAULTS: RegistryFault[] = [
  {
    name: 'no versions under /v0',
    fails: ['alias-reads'],
    ask: ({ path }) => (/^\/v0\/servers\/com\.alpha.*versions$/.test(path) ? refuse(404, 'No.') : undefined),
  },
  {
    name: 'older items under /v0',
    fails: ['alias-reads'],
    answer: (answered, { path }) =>
      path.startsWith('/v0/') ? changeItems(answered, ({ server }) => (server.title = 'Old')) : undefined,
  },
  {
    name: 'no bounds under /v0',
    fails: ['alias-refusals'],
    ask: (asked) =>
      asked.path.startsWith('/v0/')
        ? changeQuery((query) => query.get('limit') === '0' && query.set('limit', '1'))(asked)
        : undefined,
  },
];
