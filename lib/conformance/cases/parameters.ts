import { ensure, expectRefusal, expectStatus } from '../assertions.ts';
import { type Item, keysOf, pageOf, versionOf } from '../items.ts';
import { type Query, type Registry, versionPath, versionsPath } from '../registry.ts';
import { inArea, SOURCES } from './define.ts';

/** Items that a search gives, as far as five pages go: hits may stand behind many others. */
const hitsOf = async (registry: Registry, search: string) =>
  registry.walk({ search, version: 'latest', limit: '100' }, { maxItems: 500 });

async function expectHit(registry: Registry, search: string, wanted: Item) {
  const { items, answer } = await hitsOf(registry, search);
  const names = items.map(({ name }) => name);
  ensure(names.includes(wanted.name), answer, `${wanted.name} among the hits`, names.join(', ') || 'no hit');
}

/** Text that a wildcard would match and that a server without these characters does not hold. */
const textOf = ({ server }: Item) => [server.name, server.title, server.description].join(' ');

async function expectRefused(registry: Registry, status: number, queries: Query[]) {
  for (const query of queries) expectRefusal(await registry.list(query), status);
}

export const parameterCases = inArea('parameters', [
  {
    id: 'parameters-limit-default',
    title: 'Without `limit` a page has thirty items, or all where there are fewer',
    why: 'Readers without paging count on a page that is neither empty nor endless.',
    reference: SOURCES.official,
    level: 'should',
    async run(registry) {
      const { items: known } = await registry.page({ limit: '100' });
      const { items, answer } = await registry.page();
      const expected = Math.min(30, known.length);
      ensure(items.length === expected, answer, `${expected} items`, `${items.length} items`);
    },
  },
  {
    id: 'parameters-limit',
    title: 'A page has as many items as `limit` says',
    why: 'Clients lay out their pages by it; VS Code probes with limit=1.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const known = await registry.latest();
      for (const limit of [1, 2, 7]) {
        const { items, answer } = await registry.page({ limit: String(limit), version: 'latest' });
        const expected = Math.min(limit, known.length);
        ensure(items.length === expected, answer, `${expected} items`, `${items.length} items`);
      }
    },
  },
  {
    id: 'parameters-limit-100',
    title: '`limit=100` is taken',
    why: 'Docker and ToolHive always ask for a hundred.',
    reference: `${SOURCES.docker}; ${SOURCES.toolhive}`,
    level: 'must',
    async run(registry) {
      const { items, answer } = await registry.page({ limit: '100' });
      const { items: few } = await registry.page();
      ensure(
        items.length <= 100 && items.length >= few.length,
        answer,
        `${few.length} to 100 items`,
        `${items.length} items`,
      );
    },
  },
  {
    id: 'parameters-limit-invalid',
    title: 'A `limit` of 0, 101, -1 or no number is refused with 422',
    why: 'A limit that is clamped in silence makes a caller believe that a short page is the last.',
    reference: SOURCES.official,
    level: 'should',
    run: (registry) =>
      expectRefused(
        registry,
        422,
        ['0', '101', '-1', 'abc'].map((limit) => ({ limit })),
      ),
  },
  {
    id: 'parameters-cursor-invalid',
    title: 'A cursor that the registry did not give is refused with 400',
    why: 'Taken for something else it makes a client page through the wrong list.',
    reference: 'Cursors are opaque (openapi.yaml); the official server takes any text for a server name.',
    level: 'should',
    run: (registry) =>
      expectRefused(registry, 400, [{ cursor: 'not a cursor' }, { cursor: '!!!' }, { cursor: 'AAAA' }]),
  },
  {
    id: 'parameters-updated-since-forms',
    title: '`updated_since` takes every form of RFC 3339',
    why: 'Clients in other languages write fractions and offsets.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const page = await registry.page({ updated_since: '2020-01-01T00:00:00Z', limit: '5' });
      const forms = ['2020-01-01T00:00:00.000Z', '2020-01-01T00:00:00.000000000Z', '2020-01-01T02:00:00+02:00'];
      for (const form of forms) {
        const { items, answer } = await registry.page({ updated_since: form, limit: '5' });
        const [expected, seen] = [keysOf(page.items).join(', '), keysOf(items).join(', ')];
        ensure(expected === seen, answer, `as at 2020-01-01T00:00:00Z: ${expected}`, seen);
      }
    },
  },
  {
    id: 'parameters-updated-since-invalid',
    title: 'An `updated_since` that is no time is refused with 400',
    why: 'Ignored, it makes an increment look like a full list.',
    reference: SOURCES.official,
    level: 'should',
    run: (registry) =>
      expectRefused(
        registry,
        400,
        ['yesterday', '2025-02-31T00:00:00Z', '2025-01-01', '1735689600'].map((time) => ({ updated_since: time })),
      ),
  },
  {
    id: 'parameters-updated-since-without-deleted',
    title: '`updated_since` with `include_deleted=false` is refused with 400',
    why: 'A mirror that asks so would keep deleted versions for ever.',
    reference: SOURCES.official,
    level: 'should',
    run: (registry) =>
      expectRefused(registry, 400, [{ updated_since: '2025-01-01T00:00:00Z', include_deleted: 'false' }]),
  },
  {
    id: 'parameters-search',
    title: '`search` finds a server by a part of its name',
    why: 'It is the one way to find anything.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const known = await registry.known();
      await expectHit(registry, known.name.slice(1, -1), known);
    },
  },
  {
    id: 'parameters-search-case',
    title: '`search` does not mind upper and lower case',
    why: 'People type names as they remember them.',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      const known = await registry.known();
      await expectHit(registry, known.name.toUpperCase(), known);
      await expectHit(registry, known.name.toLowerCase(), known);
    },
  },
  {
    id: 'parameters-search-metacharacters',
    title: '`%` and `_` in `search` are characters, no wildcards',
    why: 'As wildcards they give everything, and let a caller make the database work for nothing.',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      // Three of them: the official server refuses shorter texts.
      for (const search of ['%%%', '___', '%_%']) {
        const { items, answer } = await hitsOf(registry, search);
        const stranger = items.find((item) => ![...search].some((character) => textOf(item).includes(character)));
        ensure(!stranger, answer, `only servers with ${search} in name, title or description`, stranger?.key ?? '');
      }
    },
  },
  {
    id: 'parameters-search-nothing',
    title: 'A `search` without hits gives an empty list',
    why: 'null in place of a list, or 404, ends clients.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { items, nextCursor, answer } = await registry.page({ search: 'zqxjkvwzqxjkv-9f3b1c7e' });
      ensure(items.length === 0, answer, 'no item', keysOf(items).join(', '));
      ensure(nextCursor === null, answer, 'no nextCursor', nextCursor ?? '');
    },
  },
  {
    id: 'parameters-version-latest',
    title: '`version=latest` lists latest versions only',
    why: 'VS Code and Docker always ask so, and would show a server once for each version.',
    reference: `${SOURCES.openapi}; ${SOURCES.vscode}`,
    level: 'must',
    async run(registry) {
      const { items, answer } = await registry.page({ version: 'latest', limit: '100' });
      const other = items.find(({ isLatest }) => isLatest === false);
      ensure(!other, answer, 'isLatest true everywhere', other?.key ?? '');
    },
  },
  {
    id: 'parameters-version-exact',
    title: '`version` lists that version only',
    why: 'Mirrors look for one release across servers.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { key, version } = await registry.known();
      const { items, answer } = await registry.page({ version, limit: '100' });
      const other = items.find((item) => item.version !== version);
      ensure(!other, answer, `version ${version} everywhere`, other?.key ?? '');
      ensure(keysOf(items).includes(key), answer, `${key} among them`, keysOf(items).join(', '));
    },
  },
  {
    id: 'parameters-unknown',
    title: 'A parameter that is not known is ignored',
    why: 'Clients add parameters of their own; the specification is additive.',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      const plain = await registry.page({ limit: '5' });
      const { items, answer } = await registry.page({ limit: '5', conformance: 'unknown', sort: 'name' });
      const [expected, seen] = [keysOf(plain.items).join(', '), keysOf(items).join(', ')];
      ensure(expected === seen, answer, `as without it: ${expected}`, seen);
    },
  },
  {
    id: 'parameters-include-deleted-list',
    title: 'Deleted versions are listed with `include_deleted=true` only',
    why: 'A deleted version is often malware; clients install what the list shows.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      await registry.deleted();
      for (const query of [{}, { include_deleted: 'false' }] as Query[]) {
        const { items, answer } = await registry.walk({ ...query, limit: '100' });
        const shown = items.find(({ status }) => status === 'deleted');
        ensure(!shown, answer, 'no deleted version', shown?.key ?? '');
      }
    },
  },
  {
    id: 'parameters-include-deleted-detail',
    title: 'A deleted version is 404 unless asked for with `include_deleted=true`',
    why: '404 is how a client learns that it must stop using a server.',
    reference: `${SOURCES.openapi}; ${SOURCES.vscode}`,
    level: 'must',
    async run(registry) {
      const { name, version, key } = await registry.deleted();
      expectStatus(await registry.get(versionPath(name, version)), 404);
      const answer = await registry.get(`${versionPath(name, version)}?include_deleted=true`);
      const found = versionOf(answer);
      ensure(
        found.key === key && found.status === 'deleted',
        answer,
        `${key}, deleted`,
        `${found.key}, ${found.status}`,
      );
      const versions = await registry.get(`${versionsPath(name)}?include_deleted=true`);
      ensure(keysOf(pageOf(versions).items).includes(key), versions, `${key} among them`, versions.text);
    },
  },
]);
