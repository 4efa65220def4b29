import { PendingLink } from '../components/nav-link.tsx';
import { formatNumber } from '../text/count-of.ts';
import { lastPage, type SearchQuery, searchPath } from './search-query.ts';

export function Pagination({ query, total }: { query: SearchQuery; total: number }) {
  const last = lastPage(total);
  if (last === 1 && query.page === 1) return null;
  const link = 'rounded-md border border-line-strong px-3 py-1 hover:bg-well';
  return (
    <nav aria-label="Pages" className="flex items-center gap-3 border-line border-t pt-4 text-sm">
      {query.page > 1 && (
        <PendingLink rel="prev" href={searchPath({ ...query, page: query.page - 1 })} className={link}>
          Previous
        </PendingLink>
      )}
      <span className="text-ink-3">
        Page {formatNumber(query.page)} of {formatNumber(last)}
      </span>
      {query.page < last && (
        <PendingLink rel="next" href={searchPath({ ...query, page: query.page + 1 })} className={link}>
          Next
        </PendingLink>
      )}
    </nav>
  );
}
