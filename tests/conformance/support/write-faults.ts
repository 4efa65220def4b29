import {
  type Answered,
  type Asked,
  changeItems,
  changeJson,
  changeList,
  changeOfficial,
  isList,
  queryOf,
  type RegistryFault,
  refuse,
} from './broken-registry.ts';

/** Each case writes under a name that ends in its tag. */
const isAbout = ({ path, body }: Asked, tag: string) => path.includes(`-${tag}`) || body.includes(`-${tag}"`);
const isNamed = (item: { server: { name?: unknown } }, tag: string) => String(item.server.name).endsWith(`-${tag}`);

const isPublish = ({ path, method }: Asked) => method === 'POST' && path === '/v0.1/publish';

const changeBody = (asked: Asked, change: (body: Record<string, unknown>) => void): Partial<Asked> => {
  const body = JSON.parse(asked.body) as Record<string, unknown>;
  change(body);
  return { body: JSON.stringify(body) };
};

/** What was never moved since the publication. */
const keepUpdatedAt = (tag: string) => (answered: Answered) =>
  changeOfficial(answered, (official, item) => {
    if (isNamed(item, tag)) official.updatedAt = official.publishedAt!;
  });

const hideChanges = (tag: string) => (answered: Answered, asked: Asked) =>
  isList(asked) && queryOf(asked).has('updated_since')
    ? changeList(answered, (list) => {
        list.servers = list.servers.filter((item) => !isNamed(item, tag));
      })
    : undefined;

export const SYNC_WRITE_FAULTS: RegistryFault[] = [
  { name: 'new versions left out', fails: ['sync-publication'], answer: hideChanges('sync-new') },
  { name: 'updatedAt that stays on a change of status', fails: ['sync-status'], answer: keepUpdatedAt('sync-status') },
  {
    name: 'updatedAt that stays on a flip of isLatest',
    fails: ['sync-latest-flip'],
    answer: keepUpdatedAt('sync-flip'),
  },
  { name: 'deletions left out', fails: ['sync-tombstone'], answer: hideChanges('sync-gone') },
  {
    name: 'a deleted version shown as deprecated',
    fails: ['sync-tombstone'],
    answer: (answered) =>
      changeOfficial(answered, (official, item) => {
        if (isNamed(item, 'sync-gone')) official.status = 'deprecated';
      }),
  },
  {
    name: 'no latest version once the highest is deleted',
    fails: ['sync-latest-moves'],
    ask: ({ path }) => ({ path: path.replace(/(-sync-latest\/versions\/)latest/, '$12.0.0') }),
  },
  {
    name: 'the last published for the latest',
    fails: ['sync-latest-by-version'],
    ask: ({ path }) => ({ path: path.replace(/(-sync-order\/versions\/)latest/, '$110.0.0-rc.1') }),
  },
  {
    name: 'a plus read as a space',
    fails: ['encoding-plus'],
    ask: ({ path }) => ({ path: path.replaceAll('+', '%20') }),
  },
  {
    name: 'a version called latest',
    fails: ['encoding-latest-reserved'],
    ask: (asked) => (isPublish(asked) && asked.body.includes('"latest"') ? { answer: { body: '{}' } } : undefined),
  },
  {
    name: 'the ETag of before',
    fails: ['caching-changes'],
    ask: (asked) =>
      isAbout(asked, 'etag') && asked.headers['if-none-match'] ? { answer: { status: 304 } } : undefined,
  },
];

export const PUBLISH_FAULTS: RegistryFault[] = [
  {
    name: '201 for a publication',
    fails: ['publish-answer'],
    answer: (_, asked) => (isPublish(asked) && isAbout(asked, 'answer') ? { status: 201 } : undefined),
  },
  {
    name: 'a publication that is not latest',
    fails: ['publish-answer'],
    answer: (answered, asked) =>
      isPublish(asked) && isAbout(asked, 'answer')
        ? changeOfficial(answered, (official) => (official.isLatest = false))
        : undefined,
  },
  {
    name: 'a manifest that comes back tidied',
    fails: ['publish-untouched'],
    answer: (answered) =>
      changeItems(answered, (item) => {
        if (isNamed(item, 'untouched')) item.server.title = 'Unicode "title"';
      }),
  },
  {
    name: '409 for a version that exists',
    fails: ['publish-duplicate'],
    answer: ({ body }) => (body.includes('duplicate version') ? { status: 409 } : undefined),
  },
  {
    name: 'a version that is replaced in silence',
    fails: ['publish-duplicate'],
    answer: (answered, asked) =>
      asked.method === 'GET'
        ? changeItems(answered, (item) => {
            if (isNamed(item, 'duplicate')) item.server.title = 'Another title';
          })
        : undefined,
  },
  {
    name: 'a refusal that does not say what is allowed',
    fails: ['publish-forbidden'],
    answer: ({ status, body }) =>
      status === 403
        ? { body: body.replaceAll(/You have permission to publish: [^"]*?\. Attempting/g, 'Attempting') }
        : undefined,
  },
  {
    name: 'a description that is cut in silence',
    fails: ['publish-invalid'],
    ask: (asked) =>
      isPublish(asked) && isAbout(asked, 'invalid') && asked.body.includes('x'.repeat(101))
        ? changeBody(asked, (body) => {
            body.description = 'x'.repeat(100);
          })
        : undefined,
  },
  {
    name: '500 for a large body',
    fails: ['publish-too-large'],
    ask: ({ body }) => (body.length > 1_500_000 ? refuse(500, 'Failed') : undefined),
  },
];

export const statusFaults = (editToken: () => string): RegistryFault[] => [
  {
    name: 'messages that are not shown',
    fails: ['status-deprecate'],
    answer: (answered, { method }) =>
      method === 'GET'
        ? changeOfficial(answered, (official, item) => {
            if (isNamed(item, 'deprecate')) delete official.statusMessage;
          })
        : undefined,
  },
  {
    name: 'no way back from deleted',
    fails: ['status-restore'],
    ask: (asked) =>
      isAbout(asked, 'restore') && asked.body.includes('active') && asked.method === 'PATCH'
        ? refuse(400, 'Deleted is final')
        : undefined,
  },
  {
    name: 'a message beside active dropped in silence',
    fails: ['status-message-active'],
    ask: (asked) =>
      isAbout(asked, 'message-active') && asked.method === 'PATCH'
        ? changeBody(asked, (body) => delete body.statusMessage)
        : undefined,
  },
  {
    name: 'a long message cut in silence',
    fails: ['status-message-length'],
    ask: (asked) =>
      isAbout(asked, 'message-length') && asked.method === 'PATCH'
        ? changeBody(asked, (body) => {
            body.statusMessage = String(body.statusMessage).slice(0, 500);
          })
        : undefined,
  },
  {
    name: 'success for no change',
    fails: ['status-unchanged'],
    answer: ({ status }, asked) => (isAbout(asked, 'unchanged') && status === 400 ? { status: 200 } : undefined),
  },
  {
    name: 'a status of its own',
    fails: ['status-unknown'],
    ask: ({ body }) => ({ body: body.replace('yanked', 'deprecated') }),
  },
  {
    name: 'changes of status by anybody',
    fails: ['status-no-token'],
    ask: (asked) =>
      asked.method === 'PATCH' && !asked.headers.authorization
        ? { headers: { ...asked.headers, authorization: `Bearer ${editToken()}` } }
        : undefined,
  },
  {
    name: 'success for a version that is not there',
    fails: ['status-no-version'],
    answer: ({ status }, asked) => (isAbout(asked, 'no-version') && status === 404 ? { status: 200 } : undefined),
  },
  {
    name: 'a count of one for all',
    fails: ['status-all-versions'],
    answer: (answered, asked) =>
      isAbout(asked, 'all') && asked.method === 'PATCH'
        ? changeJson<{ updatedCount?: number }>(answered, (body) => {
            if (body.updatedCount) body.updatedCount = 1;
          })
        : undefined,
  },
  {
    name: 'manifests replaced by anybody',
    fails: ['edit-no-token'],
    ask: (asked) =>
      asked.method === 'PUT' && !asked.headers.authorization
        ? { headers: { ...asked.headers, authorization: `Bearer ${editToken()}` } }
        : undefined,
  },
  {
    name: 'the address believed and the body not read',
    fails: ['edit-other-name'],
    ask: (asked) =>
      asked.method === 'PUT' && isAbout(asked, 'edit-other')
        ? changeBody(asked, (body) => {
            const [, , , name, , version] = asked.path.split('/').map(decodeURIComponent);
            Object.assign(body, { name, version });
          })
        : undefined,
  },
  {
    name: 'the old manifest served on',
    fails: ['edit-applies'],
    answer: (answered, { method }) =>
      method === 'GET'
        ? changeItems(answered, (item) => {
            if (isNamed(item, 'edit-applies')) delete item.server.title;
          })
        : undefined,
  },
];
