import {
  type Asked,
  changeItems,
  changeJson,
  changeList,
  changeOfficial,
  changeQuery,
  isDetail,
  isList,
  isVersions,
  queryOf,
  type RegistryFault,
  refuse,
  withQuery,
} from './broken-registry.ts';

const NONSENSE = 'zqxjkvwzqxjkv';
const replacePath = (from: RegExp | string, to: string) => (asked: Asked) => ({ path: asked.path.replace(from, to) });

export const ENVELOPE_FAULTS: RegistryFault[] = [
  {
    name: 'items of the list without a description',
    fails: ['envelope-list'],
    answer: (answered, { path }) =>
      path === '/v0.1/servers' ? changeItems(answered, ({ server }) => delete server.description) : undefined,
  },
  {
    name: 'a detail of another version',
    fails: ['envelope-detail', 'envelope-untouched'],
    ask: replacePath(/(one\/versions\/)2\.0\.0$/, '$11.1.0'),
  },
  {
    name: 'the first version for the latest',
    fails: ['envelope-latest', 'encoding-slash'],
    ask: replacePath(/(one\/versions\/)latest$/, '$11.0.0'),
  },
  {
    name: 'versions of another server among those of one',
    fails: ['envelope-versions'],
    answer: (answered, asked) =>
      isVersions(asked)
        ? changeList(answered, ({ servers, metadata }) => {
            const last = servers.at(-1)!;
            servers.push({ ...last, server: { ...last.server, name: 'com.other/server' } });
            metadata.count = servers.length;
          })
        : undefined,
  },
  {
    name: 'versions oldest first',
    fails: ['envelope-newest-first'],
    answer: (answered, asked) =>
      isVersions(asked) ? changeList(answered, ({ servers }) => servers.reverse()) : undefined,
  },
  {
    name: 'every version the latest of its server',
    fails: ['envelope-one-latest'],
    answer: (answered, asked) =>
      isVersions(asked) ? changeOfficial(answered, (official) => (official.isLatest = true)) : undefined,
  },
  {
    name: 'no _meta in the list',
    fails: ['envelope-meta', 'vscode-items'],
    answer: (answered, asked) =>
      isList(asked) && ['50', '100'].includes(queryOf(asked).get('limit') ?? '') && queryOf(asked).has('version')
        ? changeList(answered, ({ servers }) => {
            delete servers.at(-1)?._meta;
          })
        : undefined,
  },
  {
    name: 'a further member in the official object',
    fails: ['envelope-official'],
    answer: (answered) => changeOfficial(answered, (official) => (official.serverId = 'x')),
  },
  {
    name: 'updated before it was published',
    fails: ['envelope-times'],
    answer: (answered, asked) =>
      isList(asked)
        ? changeOfficial(answered, (official) => (official.publishedAt = '2038-01-01T00:00:00Z'))
        : undefined,
  },
  {
    name: 'a count of everything in place of the page',
    fails: ['envelope-count'],
    answer: (answered) =>
      changeJson<{ metadata?: { count: number } }>(answered, ({ metadata }) => {
        if (metadata) metadata.count = 38;
      }),
  },
  {
    name: 'an id of the registry within server',
    fails: ['envelope-untouched'],
    answer: (answered, asked) =>
      isDetail(asked) ? changeItems(answered, ({ server }) => (server.id = 'x')) : undefined,
  },
  {
    name: 'a transport that server.json does not have',
    fails: ['envelope-server-json'],
    answer: (answered) =>
      changeItems(answered, ({ server }) => {
        server.packages = [{ registryType: 'npm', identifier: 'x', transport: { type: 'pipe' } }];
      }),
  },
  {
    name: 'a list that is called text',
    fails: ['envelope-content-type'],
    answer: ({ headers }, { path }) =>
      path === '/v0.1/servers' ? { headers: { ...headers, 'content-type': 'text/plain' } } : undefined,
  },
  {
    name: '404 as a page of HTML',
    fails: [
      'envelope-error',
      'envelope-problem',
      'encoding-unknown-server',
      'encoding-unknown-version',
      'encoding-unknown-path',
      'alias-refusals',
    ],
    answer: ({ status, headers }) =>
      status === 404
        ? { headers: { ...headers, 'content-type': 'text/html' }, body: '<html>Not found</html>' }
        : undefined,
  },
  {
    name: 'problems without the member error',
    fails: ['envelope-problem'],
    answer: ({ status, body }) => (status >= 400 ? { body: body.replace(/"error":/, '"cause":') } : undefined),
  },
  {
    name: 'no HEAD',
    fails: ['envelope-head'],
    ask: ({ method }) => (method === 'HEAD' ? refuse(405, 'No.') : undefined),
  },
  {
    name: 'no OPTIONS',
    fails: ['envelope-options'],
    ask: ({ method, headers }) =>
      method === 'OPTIONS' && !headers['access-control-request-method'] ? refuse(405, 'No.') : undefined,
  },
  {
    name: '404 for a method that is not there',
    fails: ['envelope-method'],
    ask: ({ method }) => (method === 'DELETE' ? refuse(404, 'No.') : undefined),
  },
];

export const PARAMETER_FAULTS: RegistryFault[] = [
  {
    name: 'pages of ten unless told',
    fails: ['parameters-limit-default'],
    ask: changeQuery((query) => !query.has('limit') && query.set('limit', '10')),
  },
  {
    name: 'one item more than asked for',
    fails: ['parameters-limit', 'paging-limit-change'],
    ask: changeQuery((query) => {
      const limit = Number(query.get('limit'));
      if (limit > 0 && limit < 100) query.set('limit', String(limit + 1));
    }),
  },
  {
    name: 'at most twenty items',
    fails: ['parameters-limit-default', 'parameters-limit-100'],
    ask: changeQuery((query) => query.get('limit') === '100' && query.set('limit', '20')),
  },
  {
    name: 'a limit that is clamped',
    fails: ['parameters-limit-invalid'],
    ask: changeQuery((query) => query.get('limit') === '101' && query.set('limit', '100')),
  },
  {
    name: 'any text for a cursor',
    fails: ['parameters-cursor-invalid'],
    ask: changeQuery((query) => query.get('cursor') === 'not a cursor' && query.delete('cursor')),
  },
  {
    name: 'no offsets in updated_since',
    fails: ['parameters-updated-since-forms'],
    ask: (asked) => (queryOf(asked).get('updated_since')?.endsWith('+02:00') ? refuse(400, 'No offsets.') : undefined),
  },
  {
    name: 'a day that rolls over into the next month',
    fails: ['parameters-updated-since-invalid'],
    ask: changeQuery(
      (query) =>
        query.get('updated_since')?.startsWith('2025-02-31') && query.set('updated_since', '2025-03-03T00:00:00Z'),
    ),
  },
  {
    name: 'updated_since without deleted versions',
    fails: ['parameters-updated-since-without-deleted'],
    ask: changeQuery((query) => query.has('updated_since') && query.delete('include_deleted')),
  },
  {
    name: 'search from the start of a name only',
    fails: ['parameters-search'],
    ask: changeQuery((query) => query.get('search')?.startsWith('om.') && query.set('search', NONSENSE)),
  },
  {
    name: 'search that minds the case',
    fails: ['parameters-search-case'],
    ask: changeQuery((query) => query.get('search')?.startsWith('COM') && query.set('search', NONSENSE)),
  },
  {
    name: 'search with wildcards',
    fails: ['parameters-search-metacharacters'],
    ask: changeQuery((query) => query.get('search') === '___' && query.delete('search')),
  },
  {
    name: 'null in place of an empty list',
    fails: ['parameters-search-metacharacters', 'parameters-search-nothing', 'sync-strictly-after'],
    answer: ({ body }) => ({ body: body.replace('"servers":[]', '"servers":null') }),
  },
  {
    name: 'version=latest ignored beyond the first item',
    fails: ['parameters-version-latest'],
    answer: (answered, asked) =>
      queryOf(asked).get('version') === 'latest'
        ? changeList(answered, ({ servers }) => {
            const official = servers[2]?._meta?.['io.modelcontextprotocol.registry/official'];
            if (official) official.isLatest = false;
          })
        : undefined,
  },
  {
    name: 'an exact version ignored',
    fails: ['parameters-version-exact'],
    ask: changeQuery((query) => query.get('version') !== 'latest' && query.delete('version')),
  },
  {
    name: 'unknown parameters refused',
    fails: ['parameters-unknown'],
    ask: (asked) => (queryOf(asked).has('sort') ? refuse(400, 'There is no sort.') : undefined),
  },
  {
    name: 'deleted versions in the list',
    fails: ['parameters-include-deleted-list'],
    ask: changeQuery((query) => !query.has('updated_since') && query.set('include_deleted', 'true')),
  },
  {
    name: 'deleted versions in the detail',
    fails: ['parameters-include-deleted-detail'],
    ask: (asked) =>
      isDetail(asked) && asked.method === 'GET'
        ? withQuery(asked, (query) => query.set('include_deleted', 'true'))
        : undefined,
  },
];
