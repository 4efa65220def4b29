import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchFilters } from '#lib/catalog/views.ts';
import { SEARCH_LIMITS } from '#lib/search/limits.ts';
import type { SearchIndex, SearchRecord } from '#lib/search/types.ts';
import { CATALOG, record } from './records.ts';

export type IndexUnderTest = {
  index: SearchIndex;
  /** Called with records before they are first indexed, for an index that needs their servers to exist. */
  announce(records: SearchRecord[]): Promise<void>;
  close(): Promise<void>;
};

/** What every SearchIndex does, whatever it is made of. */
export function describeSearchIndex(kind: SearchIndex['kind'], open: () => Promise<IndexUnderTest>): void {
  describe(`the ${kind} search index`, () => {
    let under: IndexUnderTest;
    let index: SearchIndex;
    const names = new Map(CATALOG.map((one) => [one.serverId, one.name]));

    beforeAll(async () => {
      under = await open();
      index = under.index;
      await under.announce(CATALOG);
      await index.upsert(CATALOG);
    });
    afterAll(() => under?.close());

    const find = async (text: string, filters: SearchFilters = {}, page = { limit: 20, offset: 0 }) => {
      const { serverIds, total } = await index.search({ text, filters, ...page });
      return { names: serverIds.map((id) => names.get(id) ?? id), total };
    };
    const first = async (text: string, filters?: SearchFilters) => (await find(text, filters)).names[0];

    it('says what it is', () => expect(index.kind).toBe(kind));

    it('lists everything by name for an empty text', async () => {
      const { names: listed, total } = await find('', {}, { limit: 100, offset: 0 });
      expect(total).toBe(CATALOG.length);
      expect(listed).toEqual(CATALOG.map((one) => one.name).sort());
    });

    it.each(['   ', '"', '""', '!?', '--', '🙂'])('takes %j, which has no words, for an empty text', async (text) => {
      expect((await find(text)).total).toBe(CATALOG.length);
    });

    describe('ranks', () => {
      it.each([
        ['a server by its title', 'filesystem', 'io.github.pine/filesystem'],
        ['a server by its full name', 'io.github.pine/notes', 'io.github.pine/notes'],
        ['a server by the domain of its publisher', 'acme', 'com.acme/data-hub'],
        ['what a server is before what it mentions', 'postgres', 'io.github.lake/postgres'],
        ['the rarer word of a question first', 'query postgres', 'io.github.lake/postgres'],
        ['the order of the words as unimportant', 'postgres query', 'io.github.lake/postgres'],
        ['generic words as unimportant', 'postgres mcp server', 'io.github.lake/postgres'],
        [
          'words of a sentence as unimportant',
          'how do i send an email to my customers',
          'io.github.github-fan/letters',
        ],
        ['the official one of two with the same title', 'chatter', 'com.chatter.mcp/remote'],
        ['a title of several words', 'github issues', 'io.github.forge/code-issues'],
        ['a description', 'thermometer gauge 07', 'io.github.many/gauge-07'],
      ])('%s', async (_, text, expected) => expect(await first(text)).toBe(expected));

      it('does not take the host of an account for a word of the name', async () => {
        expect((await find('github')).names).toEqual(['io.github.forge/code-issues', 'io.github.github-fan/letters']);
      });

      it('finds by what a tool says, after what is called so', async () => {
        expect((await find('statement')).names).toEqual(['io.github.lake/postgres']);
      });
    });

    describe('finds tools', () => {
      it.each(['read_file', 'read file', 'readFile', 'READ-FILE'])('by %j', async (text) => {
        expect(await first(text)).toBe('io.github.pine/filesystem');
      });
      it.each(['addNote', 'add note', 'add_note'])('written in camel case, by %j', async (text) => {
        expect(await first(text)).toBe('io.github.pine/notes');
      });
    });

    describe('tolerates typing errors', () => {
      it.each([
        ['postgers', 'io.github.lake/postgres'],
        ['filesytem', 'io.github.pine/filesystem'],
        ['filesistem', 'io.github.pine/filesystem'],
        ['kuberntes', 'io.github.owl/kubernetes'],
        ['query postgers', 'io.github.lake/postgres'],
        ['chater', 'com.chatter.mcp/remote'],
        ['noets', 'io.github.pine/notes'],
      ])('%j', async (text, expected) => expect(await first(text)).toBe(expected));

      it('but not in words of three letters', async () => expect((await find('qzx')).total).toBe(0));
    });

    describe('folds', () => {
      it.each([
        ['cafe finder', 'io.github.owl/cafe-finder'],
        ['CAFÉ', 'io.github.owl/cafe-finder'],
        ['backereien', 'io.github.owl/cafe-finder'],
        ['lodz', 'io.github.owl/cafe-finder'],
        ['ｆｉｌｅｓｙｓｔｅｍ', 'io.github.pine/filesystem'],
        ['file\u200bsystem', 'io.github.pine/filesystem'],
      ])('%j', async (text, expected) => expect(await first(text)).toBe(expected));
    });

    it.each(['城市地图', '天气', '地图'])('finds %j in a script without spaces', async (text) => {
      expect((await find(text)).names).toEqual(['io.github.panda/ditu']);
    });

    it.each(['kub', 'kubern', 'kubernete', 'kubernetes'])('finds while %j is typed', async (text) => {
      expect(await first(text)).toBe('io.github.owl/kubernetes');
    });
    it('finds while the second word is typed', async () => {
      expect(await first('query postg')).toBe('io.github.lake/postgres');
    });
    it('takes only the last word for a beginning', async () => {
      expect((await find('kub cluster')).names).not.toContain('io.github.many/gauge-00');
      expect(await first('cluster kub')).toBe('io.github.owl/kubernetes');
    });

    it.each([
      ['issue', 'io.github.forge/code-issues'],
      ['deployment', 'io.github.owl/kubernetes'],
      ['k8s', 'io.github.owl/kubernetes'],
      ['postgresql', 'io.github.lake/postgres'],
    ])('finds %j in another form or by another word for it', async (text, expected) => {
      expect(await first(text)).toBe(expected);
    });

    it('finds words that were written together', async () => {
      expect(await first('file system')).toBe('io.github.pine/filesystem');
    });

    it.each(['postgres xyzzyplugh', 'xyzzyplugh postgres'])('answers %j although one word is unknown', async (text) => {
      expect(await first(text)).toBe('io.github.lake/postgres');
    });
    it('answers with the rarer words where no server has all', async () => {
      expect(await first('kubernetes thermometer cluster')).toBe('io.github.owl/kubernetes');
    });
    it('finds nothing for what nothing resembles', async () => {
      expect(await find('xyzzyplugh')).toEqual({ names: [], total: 0 });
    });

    describe('understands', () => {
      it('a phrase in quotes', async () => {
        expect((await find('"pull requests"')).names).toEqual(['io.github.forge/code-issues']);
        expect((await find('"requests pull"')).total).toBe(0);
      });
      it('words to leave out', async () => {
        const { names: found } = await find('chatter -com -read');
        expect(found).toContain('com.chatter.mcp/remote');
        expect(found).not.toContain('io.github.someone/chatter');
      });
      it('a phrase to leave out', async () => {
        expect((await find('messages -"posts into a channel"')).names).not.toContain('com.chatter.mcp/remote');
      });
    });

    describe('filters exactly', () => {
      it.each<[string, SearchFilters, string[]]>([
        ['one value', { publisher: ['official'] }, ['com.chatter.mcp/remote']],
        [
          'one of several values',
          { publisher: ['official', 'verified'] },
          ['com.acme/data-hub', 'com.chatter.mcp/remote'],
        ],
        ['several kinds at once', { grade: ['A'], risk: ['low'] }, ['io.github.pine/notes']],
        ['one of the ways a server runs', { runsAs: ['oci'] }, ['com.acme/data-hub', 'io.github.owl/kubernetes']],
        ['no part of a value', { category: ['sensor', 'data'] }, []],
        ['an empty list of values as no filter', { category: ['code'], grade: [] }, ['io.github.forge/code-issues']],
      ])('by %s', async (_, filters, expected) => expect((await find('', filters)).names).toEqual(expected));

      it('by a value with quotes and backslashes', async () => {
        expect((await find('', { category: ['sensors "odd"'] })).total).toBe(15);
        expect((await find('', { category: ['sensors \\"odd\\"', '" OR grade = "A', "') or true --"] })).total).toBe(0);
      });
      it('within a text', async () => {
        expect((await find('chatter', { publisher: ['unverified'] })).names).toEqual(['io.github.someone/chatter']);
        expect(await find('chatter', { category: ['files'] })).toEqual({ names: [], total: 0 });
      });
    });

    it('finds only servers within a list of ids, whatever the text and the filters', async () => {
      const page = { limit: 20, offset: 0 };
      const all = await index.search({ text: '', filters: {}, ...page });
      const within = all.serverIds.slice(0, 3);
      expect(await index.search({ text: '', filters: {}, within, ...page })).toEqual({ serverIds: within, total: 3 });
      const nobody = ['none', '" OR serverId EXISTS OR serverId = "', "' or true --"];
      for (const none of [[], nobody]) {
        expect(await index.search({ text: '', filters: {}, within: none, ...page })).toEqual({
          serverIds: [],
          total: 0,
        });
        const counted = await index.facets({ text: '', filters: {}, within: none });
        expect(Object.values(counted).every((values) => Object.keys(values).length === 0)).toBe(true);
      }
      const one = await index.facets({ text: '', filters: {}, within: within.slice(0, 1) });
      expect(Object.values(one.publisher)).toEqual([1]);
    });

    it('counts what the filters would leave', async () => {
      const all = await index.facets({ text: '', filters: {} });
      expect(all.grade).toEqual({ A: 3, B: 3, C: 1, D: 1 });
      expect(all.publisher).toEqual({ unverified: CATALOG.length - 2, verified: 1, official: 1 });
      expect(all.runsAs).toMatchObject({ oci: 2, remote: 2, pypi: 2 });
      expect(all.category).toMatchObject({ 'sensors "odd"': 15, travel: 3 });
      const some = await index.facets({ text: 'chatter', filters: { category: ['chat'] } });
      expect(some.grade).toEqual({ A: 1, D: 1 });
      expect(some.signature).toEqual({ signed: 1, none: 1 });
    });

    describe('pages', () => {
      it.each(['', 'gauge', 'thermometer'])('%j without a gap or a repetition', async (text) => {
        const { names: whole, total } = await find(text, {}, { limit: 100, offset: 0 });
        const parts: string[] = [];
        for (let offset = 0; offset < total; offset += 7) {
          const page = await find(text, {}, { limit: 7, offset });
          expect(page.total).toBe(total);
          parts.push(...page.names);
        }
        expect(parts).toEqual(whole);
        expect(new Set(parts).size).toBe(total);
      });
      it('say the total also past the end, and for no rows', async () => {
        const { total } = await find('gauge');
        expect(total).toBeGreaterThanOrEqual(30);
        expect(await find('gauge', {}, { limit: 10, offset: 5000 })).toEqual({ names: [], total });
        expect(await find('gauge', {}, { limit: 0, offset: 0 })).toEqual({ names: [], total });
      });
      it.each([
        [-5, -5],
        [Number.NaN, Number.NaN],
        [1e9, 1e12],
        [2.7, 0.2],
      ])('take limit %d and offset %d for something possible', async (limit, offset) => {
        const { names: found, total } = await find('gauge', {}, { limit, offset });
        expect(found.length).toBeLessThanOrEqual(SEARCH_LIMITS.hits);
        expect(total).toBeGreaterThanOrEqual(30);
      });
    });

    it.each([
      '\'; drop table "SearchDocument"; --',
      "postgres' or '1'='1",
      'postgres:* & !cluster | (a <-> b)',
      '((((',
      'a & | ! b <3> c',
      '%_%%__',
      '\\\\\\',
      '$1 $$x$$ {{y}}',
      'post\u0000gres',
      '\ud800 postgres \udc00',
      '-',
      '-"',
      '- - -',
      '-postgres -"',
      '"unclosed phrase of words',
      'OR AND NOT NEAR()',
      '*',
      `${'('.repeat(200)}postgres`,
      'word '.repeat(2000),
      'x'.repeat(10_000),
      '"a" '.repeat(2500),
      '地'.repeat(10_000),
      '👩‍👩‍👧'.repeat(1000),
      'ﷺ½①Ⅷ㎒',
    ])('never fails: %#', async (text) => {
      const { total } = await find(text);
      expect(total).toBeGreaterThanOrEqual(0);
      await index.facets({ text, filters: {} });
      expect((await find('')).total).toBe(CATALOG.length);
    });

    it('indexes hostile records and finds them', async () => {
      const long = record({
        name: 'io.github.evil/huge',
        title: 'z'.repeat(5000),
        description: `needleword \u0000 \ud800 '); drop table x; -- ${'数'.repeat(50_000)}`,
        tools: {
          [`very_${'long_'.repeat(5000)}name`]: Array.from({ length: 60_000 }, (_, i) => `w${i.toString(36)}`).join(
            ' ',
          ),
          'quote\'"\\:*&|!()<->': '🙂'.repeat(5000),
        },
      });
      await under.announce([long]);
      await index.upsert([long]);
      expect((await index.search({ text: 'needleword', filters: {}, limit: 5, offset: 0 })).serverIds).toEqual([
        long.serverId,
      ]);
      await index.remove([long.serverId]);
      expect((await find('')).total).toBe(CATALOG.length);
    });

    it('replaces, removes and adds again', async () => {
      const before = record({ name: 'io.github.newt/pond', title: 'Pond', description: 'About tadpoles' });
      await under.announce([before]);
      await index.upsert([before]);
      expect((await index.search({ text: 'tadpoles', filters: {}, limit: 5, offset: 0 })).total).toBe(1);

      await index.upsert([{ ...before, description: 'About salamanders', facets: { ...before.facets, grade: 'F' } }]);
      expect((await index.search({ text: 'tadpoles', filters: {}, limit: 5, offset: 0 })).total).toBe(0);
      expect((await index.search({ text: 'salamanders', filters: { grade: ['F'] }, limit: 5, offset: 0 })).total).toBe(
        1,
      );

      await index.remove([before.serverId, 'never-there']);
      await index.remove([]);
      await index.upsert([]);
      expect((await index.search({ text: 'salamanders', filters: {}, limit: 5, offset: 0 })).total).toBe(0);
    });
  });
}
