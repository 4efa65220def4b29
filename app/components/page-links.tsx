import { cn } from '../cn.ts';
import { formatNumber } from '../text/count-of.ts';
import { PendingLink } from './nav-link.tsx';

const LINK = 'rounded-md border border-line-strong px-3 py-1 hover:bg-well';

/** Previous and next page of a list; nothing where all of it is on one page. */
export function PageLinks({
  page,
  last,
  href,
  className,
}: {
  page: number;
  last: number;
  href: (page: number) => string;
  className?: string;
}) {
  if (last <= 1 && page === 1) return null;
  return (
    <nav aria-label="Pages" className={cn('mt-4 flex items-center gap-3 text-sm', className)}>
      {page > 1 && (
        <PendingLink rel="prev" href={href(page - 1)} className={LINK}>
          Previous
        </PendingLink>
      )}
      <span className="text-ink-3">
        Page {formatNumber(page)} of {formatNumber(Math.max(last, 1))}
      </span>
      {page < last && (
        <PendingLink rel="next" href={href(page + 1)} className={LINK}>
          Next
        </PendingLink>
      )}
    </nav>
  );
}
