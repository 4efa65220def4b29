import { ensure } from '../assertions.ts';
import { keysOf } from '../items.ts';
import { CaseSkip } from '../outcome.ts';
import type { Query, Registry, Walk } from '../registry.ts';
import { inArea, SOURCES } from './define.ts';

/** Items whose order is compared: enough for several pages, few enough for pages of one. */
const PREFIX = 15;

const list = (keys: string[]) => keys.join(', ') || 'nothing';

/** A query with few hits that ends for sure: the names that hold this one. */
async function narrow(registry: Registry): Promise<{ query: Query; walk: Walk }> {
  const query = { search: (await registry.known()).name, version: 'latest' };
  const walk = await registry.walk({ ...query, limit: '100' }, { maxItems: 300 });
  if (!walk.isComplete) throw new CaseSkip(`The search for ${query.search} has more hits than can be walked through.`);
  return { query, walk };
}

export const pagingCases = inArea('paging', [
  {
    id: 'paging-walk',
    title: 'Pages of every size give the same items, none twice and none left out',
    why: 'A mirror that pages misses servers, or stores them twice.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const expected = keysOf((await registry.page({ limit: '100' })).items).slice(0, PREFIX);
      for (const limit of [1, 2, 3, 7]) {
        const { items, answer } = await registry.walk({ limit: String(limit) }, { maxItems: PREFIX });
        const seen = keysOf(items).slice(0, PREFIX);
        ensure(list(seen) === list(expected), answer, `with limit=${limit}: ${list(expected)}`, list(seen));
      }
    },
  },
  {
    id: 'paging-stable',
    title: 'The same pages come in the same order again',
    why: 'Paging by position is only sound over an order that stays.',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      const first = await registry.walk({ limit: '4' }, { maxItems: PREFIX });
      const second = await registry.walk({ limit: '4' }, { maxItems: PREFIX });
      const [expected, seen] = [list(keysOf(first.items)), list(keysOf(second.items))];
      ensure(expected === seen, second.answer, expected, seen);
    },
  },
  {
    id: 'paging-end',
    title: 'A list ends with a page without nextCursor',
    why: 'A client that pages until then never stops.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { query, walk } = await narrow(registry);
      const { items, isComplete, answer } = await registry.walk({ ...query, limit: '1' }, { maxItems: 301 });
      ensure(isComplete, answer, 'an end', 'a nextCursor on each of 301 pages');
      const [expected, seen] = [list(keysOf(walk.items)), list(keysOf(items))];
      ensure(expected === seen, answer, `in pages of one as on one page: ${expected}`, seen);
    },
  },
  {
    id: 'paging-no-empty-page',
    title: 'A page that is exactly full and the last has no nextCursor',
    why: 'Otherwise every such list costs a request for an empty page.',
    reference: 'The official server gives a cursor whenever a page is full.',
    level: 'should',
    async run(registry) {
      const { query, walk } = await narrow(registry);
      if (walk.items.length > 100) throw new CaseSkip('The narrowest list has more than one page.');
      const { nextCursor, answer } = await registry.page({ ...query, limit: String(walk.items.length) });
      ensure(nextCursor === null, answer, 'no nextCursor', nextCursor ?? '');
    },
  },
  {
    id: 'paging-latest-once',
    title: 'Through all pages of `version=latest` each server comes once',
    why: 'A catalog shows it twice.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { items, answer } = await registry.walk({ version: 'latest', limit: '20' }, { maxItems: 200 });
      const names = items.map(({ name }) => name);
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      ensure(twice === undefined, answer, 'each name once', `${twice} twice`);
    },
  },
  {
    id: 'paging-limit-change',
    title: 'A cursor goes on where its page ended, with another `limit` too',
    why: 'A client that asks for more on later pages skips or repeats items.',
    reference: SOURCES.openapi,
    level: 'should',
    async run(registry) {
      const expected = keysOf((await registry.page({ limit: '7' })).items).slice(2);
      const { nextCursor } = await registry.page({ limit: '2' });
      if (nextCursor === null) throw new CaseSkip('The registry lists fewer than three versions.');
      const { items, answer } = await registry.page({ limit: '5', cursor: nextCursor });
      const seen = list(keysOf(items).slice(0, expected.length));
      ensure(seen === list(expected), answer, list(expected), seen);
    },
  },
]);
