import { SearchIcon } from 'lucide-react';
import Form from 'next/form';
import { SearchInput } from './search-input.tsx';
import { FACETS, type SearchQuery } from './search-query.ts';
import { SubmitSearch } from './submit-search.tsx';

/** A plain GET form: it works without JavaScript, and every search has an address. Filters that are on stay on. */
export function SearchForm({ query }: { query: SearchQuery }) {
  return (
    <Form action="/" role="search" className="flex gap-2" prefetch={false}>
      <div className="relative min-w-0 flex-1">
        <SearchIcon
          aria-hidden
          className="pointer-events-none absolute top-1/2 left-3 size-4.5 -translate-y-1/2 text-ink-3"
        />
        <SearchInput initial={query.text} />
      </div>
      {FACETS.flatMap(({ key, param }) =>
        query.filters[key].map((value) => <input key={`${param}=${value}`} type="hidden" name={param} value={value} />),
      )}
      {query.allowed && <input type="hidden" name="allowed" value={query.allowed} />}
      <SubmitSearch />
    </Form>
  );
}
