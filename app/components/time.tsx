import { formatDate, formatDateTime, formatRelative } from '../text/format-date.ts';

/** An absolute date with a relative hint: `12 November 2026, 8 days ago`. */
export function Time({ iso, hint = true, withTime = false }: { iso: string; hint?: boolean; withTime?: boolean }) {
  return (
    <time dateTime={iso} title={formatDateTime(iso)} className="whitespace-nowrap">
      {withTime ? formatDateTime(iso) : formatDate(iso)}
      {hint && <span className="whitespace-normal text-ink-3"> ({formatRelative(iso, new Date())})</span>}
    </time>
  );
}
