import { PageLinks } from '../components/page-links.tsx';
import { lastPage, type SearchQuery, searchPath } from './search-query.ts';

export function Pagination({ query, total }: { query: SearchQuery; total: number }) {
  return (
    <PageLinks
      page={query.page}
      last={lastPage(total)}
      href={(page) => searchPath({ ...query, page })}
      className="mt-0 border-line border-t pt-4"
    />
  );
}
