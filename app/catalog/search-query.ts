import type { SearchFilters, SearchRequest } from '#lib/catalog/views.ts';

/** What a search page is asked for, as its address says it. Every address is a search; unknown values are left out. */
export type SearchQuery = {
  text: string;
  filters: Filters;
  page: number;
  /** Slug of an organization of who asks: only what it allows. */
  allowed?: string;
};
type FacetKey = keyof SearchFilters;
export type Filters = Record<FacetKey, string[]>;

export type Facet = {
  key: FacetKey;
  /** Name in the address. */
  param: string;
  heading: string;
  /** Values with their words, in the order they are shown; null: whatever values the catalog has. */
  values: readonly (readonly [value: string, label: string])[] | null;
};

export const FACETS: readonly Facet[] = [
  {
    key: 'publisher',
    param: 'publisher',
    heading: 'Publisher',
    values: [
      ['official', 'official'],
      ['verified', 'verified'],
      ['unverified', 'unverified'],
    ],
  },
  {
    key: 'signature',
    param: 'signature',
    heading: 'Signature',
    values: [
      ['signed', 'signed'],
      ['unknown_signer', 'unknown signer'],
      ['invalid', 'invalid'],
      ['none', 'not signed'],
    ],
  },
  {
    key: 'grade',
    param: 'grade',
    heading: 'Scan',
    values: [
      ['A', 'grade A'],
      ['B', 'grade B'],
      ['C', 'grade C'],
      ['D', 'grade D'],
      ['F', 'grade F'],
    ],
  },
  {
    key: 'risk',
    param: 'risk',
    heading: 'Risk',
    values: [
      ['low', 'low'],
      ['medium', 'medium'],
      ['high', 'high'],
    ],
  },
  {
    key: 'runsAs',
    param: 'runs',
    heading: 'Runs as',
    values: [
      ['npm', 'npm package'],
      ['pypi', 'PyPI package'],
      ['oci', 'container image'],
      ['mcpb', 'MCP bundle'],
      ['nuget', 'NuGet package'],
      ['cargo', 'Cargo crate'],
      ['remote', 'remote server'],
    ],
  },
  { key: 'category', param: 'category', heading: 'Category', values: null },
];

export const PAGE_SIZE = 20;
/** Deeper pages cost more than they help: a better query finds more than page 51. */
const MAX_PAGE = 50;
const MAX_TEXT = 200;
const MAX_VALUES = 20;

type Params = Record<string, string | string[] | undefined>;

export function parseSearchQuery(params: Params): SearchQuery {
  const filters = {} as Filters;
  for (const { key, param, values } of FACETS) {
    const given = [params[param] ?? []].flat().slice(0, MAX_VALUES);
    const known = given.filter((value) => (values ? values.some(([name]) => name === value) : value.length <= 80));
    filters[key] = [...new Set(known)];
  }
  const page = Number([params.page].flat()[0] ?? 1);
  const allowed = [params.allowed].flat()[0];
  return {
    text: ([params.q].flat()[0] ?? '').slice(0, MAX_TEXT).trim(),
    filters,
    page: Number.isInteger(page) ? Math.min(Math.max(page, 1), MAX_PAGE) : 1,
    ...(allowed && allowed.length <= 80 ? { allowed } : {}),
  };
}

export function toSearchRequest({ text, filters, page }: SearchQuery): SearchRequest {
  const set = Object.fromEntries(Object.entries(filters).filter(([, values]) => values.length > 0));
  return { text, filters: set as SearchFilters, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE };
}

/** Address of a search; page 1 and empty parts are left out, so that the same search has one address. */
export function searchPath({ text, filters, page, allowed }: SearchQuery): string {
  const query = new URLSearchParams();
  if (text) query.set('q', text);
  for (const { key, param } of FACETS) for (const value of filters[key]) query.append(param, value);
  if (allowed) query.set('allowed', allowed);
  if (page > 1) query.set('page', String(page));
  return query.size > 0 ? `/?${query}` : '/';
}

/** The search with one facet value turned on or off, from its first page. */
export function withToggled(query: SearchQuery, key: FacetKey, value: string): SearchQuery {
  const current = query.filters[key];
  const values = current.includes(value) ? current.filter((other) => other !== value) : [...current, value];
  return { ...query, page: 1, filters: { ...query.filters, [key]: values } };
}

/** The search with an organization's list turned on or off. */
export function withAllowed({ allowed, ...query }: SearchQuery, slug: string): SearchQuery {
  return { ...query, page: 1, ...(allowed === slug ? {} : { allowed: slug }) };
}

export const isPlain = ({ text, filters, page, allowed }: SearchQuery): boolean =>
  text === '' && page === 1 && !allowed && Object.values(filters).every((values) => values.length === 0);

export const lastPage = (total: number): number => Math.min(MAX_PAGE, Math.max(1, Math.ceil(total / PAGE_SIZE)));
