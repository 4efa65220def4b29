import { describe, expect, it } from 'vitest';
import { documentWords } from '#lib/search/document-words.ts';
import { editDistance, prefixDistance } from '#lib/search/edit-distance.ts';
import { SEARCH_LIMITS } from '#lib/search/limits.ts';
import { parseSearchText } from '#lib/search/parse-text.ts';
import { fold, nameKey, splitNamespace, splitWords } from '#lib/search/words.ts';
import { record } from './records.ts';

describe('fold', () => {
  it.each([
    ['Café', 'cafe'],
    ['ŁÓDŹ', 'lodz'],
    ['Straße', 'strasse'],
    ['İstanbul', 'istanbul'],
    ['ＡＢＣ', 'abc'],
    ['post\u200bgres\u00ad', 'postgres'],
    ['が', 'が'],
    ['한국어', '한국어'],
    ['\ud800x', '\ufffdx'],
  ])('%j is %j', (text, expected) => expect(fold(text)).toBe(expected));
});

describe('splitWords', () => {
  it.each<[string, string, string[], string[]]>([
    ['snake case', 'read_file', ['read', 'file'], ['readfile']],
    ['camel case', 'readTextFile', ['read', 'text', 'file'], ['readtext', 'textfile', 'readtextfile']],
    [
      'an abbreviation in camel case',
      'parseHTTPHeader',
      ['parse', 'http', 'header'],
      ['parsehttp', 'httpheader', 'parsehttpheader'],
    ],
    ['no name that begins with a capital', 'GitHub PostgreSQL', ['github', 'postgresql'], []],
    ['a package name', '@acme/web-search', ['acme', 'web', 'search'], ['acmeweb', 'websearch', 'acmewebsearch']],
    ['a long compound in pairs only', 'a-b-c-d-e', ['a', 'b', 'c', 'd', 'e'], ['ab', 'bc', 'cd', 'de']],
    ['digits with letters', 'k8s oauth2 s3', ['k8s', 'oauth2', 's3'], []],
    ['a possessive', 'Notion’s pages', ['notion', 'pages'], []],
    ['Chinese in pairs', '数据库 x', ['数据', '据库', 'x'], ['数', '据', '库']],
    ['Japanese in pairs', 'データ', ['デー', 'ータ'], ['デ', 'ー', 'タ']],
    ['a mixture', '高德map', ['高德', 'map'], ['高', '德']],
    ['no symbols', '½ → 🙂 %', ['12'], []],
  ])('takes apart %s', (_, text, words, joined) => expect(splitWords(text)).toEqual({ words, joined }));

  it('takes every identifier apart when asked', () => {
    expect(splitWords('CreateGitHubIssue', { identifiers: true })).toEqual({
      words: ['create', 'git', 'hub', 'issue'],
      joined: ['creategit', 'github', 'hubissue', 'creategithubissue'],
    });
  });

  it('leaves out words that nobody types', () => {
    const digest = 'f'.repeat(SEARCH_LIMITS.wordCharacters + 1);
    expect(splitWords(`a ${digest} b`).words).toEqual(['a', 'b']);
  });
});

describe('splitNamespace', () => {
  it.each([
    ['com.acme', { owner: 'acme', isShared: false }],
    ['com.acme.mcp', { owner: 'acme.mcp', isShared: false }],
    ['io.github.Acme', { owner: 'Acme', isShared: true }],
    ['app.vercel.acme', { owner: 'acme', isShared: true }],
    ['io.githubber', { owner: 'githubber', isShared: false }],
    ['acme', { owner: 'acme', isShared: false }],
  ])('%s', (namespace, expected) => expect(splitNamespace(namespace)).toEqual(expected));
});

describe('documentWords', () => {
  it('takes a domain for a name and an account for a description', () => {
    const domain = documentWords(record({ name: 'com.acme/mcp', title: 'Acme MCP Server' }));
    expect(domain).toMatchObject({
      nameKey: 'acme',
      titleKey: 'acme',
      names: 'acme mcp server mcp acme',
      description: '',
    });
    const account = documentWords(record({ name: 'io.github.acme/weather-mcp' }));
    expect(account).toMatchObject({ nameKey: 'weather', names: 'weather mcp weathermcp', description: 'acme' });
  });

  it('leaves addresses out of descriptions', () => {
    const words = documentWords(record({ name: 'a/b', description: 'See https://example.com/very/long?x=1 for more' }));
    expect(words.description).toBe('see for more');
  });

  it('keeps only words of generic names where there are no others', () => {
    expect(nameKey(['mcp', 'server'])).toBe('mcp server');
    expect(nameKey(['postgres', 'mcp', 'server'])).toBe('postgres');
  });
});

describe('parseSearchText', () => {
  const words = (text: string) => parseSearchText(text).words.map(({ word }) => word);

  it.each<[string, string[]]>([
    ['How do I query my Postgres', ['query', 'postgres']],
    ['postgres mcp server', ['postgres']],
    ['mcp server', ['mcp', 'server']],
    ['how to', ['how', 'to']],
    ['read read file', ['read', 'file']],
    ['io.github.acme/weather-server', ['acme', 'weather']],
    ['com.acme', ['acme']],
    ['https://github.com/acme/weather', ['https', 'github', 'com', 'acme', 'weather']],
    ['node.js', ['node', 'js']],
    ['', []],
  ])('%j', (text, expected) => expect(words(text)).toEqual(expected));

  it('takes the last word for a beginning unless something follows it', () => {
    const isOpen = (text: string) => parseSearchText(text).words.at(-1)?.isPrefix;
    expect(isOpen('query post')).toBe(true);
    expect(isOpen('query post ')).toBe(false);
    expect(isOpen('"query post"')).toBe(false);
    expect(isOpen('post server')).toBe(false);
    expect(isOpen('p')).toBe(false);
  });

  it('understands quotes, also typographic and unclosed ones, and exclusions', () => {
    const { words: asked, phrases, excluded } = parseSearchText('“read file” -slow -"very old" fast');
    expect(phrases).toEqual([['read', 'file']]);
    expect(excluded).toEqual([['slow'], ['very', 'old']]);
    expect(asked.map(({ word, isExact }) => [word, isExact])).toEqual([
      ['read', true],
      ['file', true],
      ['fast', false],
    ]);
    expect(parseSearchText('"read fi').phrases).toEqual([]);
    expect(words('well-known')).toEqual(['well', 'known']);
  });

  it('reads no more than its limits', () => {
    const numbered = Array.from({ length: 500 }, (_, i) => `w${i}`).join(' ');
    expect(words(numbered)).toEqual(Array.from({ length: SEARCH_LIMITS.words }, (_, i) => `w${i}`));
    expect(words(`${' '.repeat(SEARCH_LIMITS.textCharacters)}late`)).toEqual([]);
  });
});

describe('editDistance', () => {
  it.each([
    ['postgers', 'postgres', 1],
    ['filesytem', 'filesystem', 1],
    ['jria', 'jira', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['same', 'same', 0],
    ['ca', 'abc', 3],
  ])('%s to %s is %d', (a, b, expected) => {
    expect(editDistance(a, b)).toBe(expected);
    expect(editDistance(b, a)).toBe(expected);
  });

  it('to a beginning leaves the rest out', () => {
    expect(prefixDistance('postge', 'postgresql')).toBe(1);
    expect(prefixDistance('kubren', 'kubernetes')).toBe(1);
    expect(prefixDistance('zebra', 'kubernetes')).toBeGreaterThan(3);
  });
});
