import { describe, expect, it } from 'vitest';
import {
  isPlain,
  lastPage,
  parseSearchQuery,
  searchPath,
  toSearchRequest,
  withToggled,
} from '#app/catalog/search-query.ts';

describe('the address of a search', () => {
  it('survives being read and written', () => {
    const params = { q: 'query postgres', grade: ['A', 'B'], runs: 'npm', page: '3' };
    expect(searchPath(parseSearchQuery(params))).toBe('/?q=query+postgres&grade=A&grade=B&runs=npm&page=3');
  });

  it('becomes a request with a limit and an offset, without empty filters', () => {
    expect(toSearchRequest(parseSearchQuery({ q: ' files ', risk: 'low', page: '2' }))).toEqual({
      text: 'files',
      filters: { risk: ['low'] },
      limit: 20,
      offset: 20,
    });
  });

  it('is the home page when nothing is asked', () => {
    expect(isPlain(parseSearchQuery({ q: '  ', page: '1', unknown: 'x' }))).toBe(true);
    expect(searchPath(parseSearchQuery({}))).toBe('/');
  });

  it.each([
    ['a grade that is none', { grade: ['A', 'E', "'; drop table"] }, { grade: ['A'] }],
    ['a value twice', { grade: ['A', 'A'] }, { grade: ['A'] }],
    ['a category of absurd length', { category: 'x'.repeat(1000) }, {}],
  ])('leaves out %s', (_, params, filters) => {
    expect(toSearchRequest(parseSearchQuery(params)).filters).toEqual(filters);
  });

  it.each([['0'], ['-1'], ['1.5'], ['x'], ['1e99'], ['999999']])('reads the page %s as one that exists', (page) => {
    const { offset } = toSearchRequest(parseSearchQuery({ page }));
    expect(offset).toBeGreaterThanOrEqual(0);
    expect(offset).toBeLessThanOrEqual(980);
  });

  it('cuts a text of absurd length', () => {
    expect(parseSearchQuery({ q: 'x'.repeat(5000) }).text).toHaveLength(200);
  });

  it('turns a filter on and off again, from the first page', () => {
    const query = parseSearchQuery({ q: 'files', page: '4' });
    const on = withToggled(query, 'risk', 'low');
    expect(searchPath(on)).toBe('/?q=files&risk=low');
    expect(searchPath(withToggled(on, 'risk', 'low'))).toBe('/?q=files');
  });

  it.each([
    [0, 1],
    [20, 1],
    [21, 2],
    [100_000, 50],
  ])('has for %i servers %i pages', (total, pages) => {
    expect(lastPage(total)).toBe(pages);
  });
});
