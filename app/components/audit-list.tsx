import type { ReactNode } from 'react';
import { type EventList as EventPage, SEARCHED_EVENTS } from '#lib/audit/list-events.ts';
import { type AuditQuery, narrowingOf } from '../text/audit-query.ts';
import { formatNumber } from '../text/count-of.ts';
import { AuditFilter } from './audit-filter.tsx';
import { EventList } from './event-list.tsx';
import { PendingLink } from './nav-link.tsx';

const LINK = 'rounded-md border border-line-strong px-3 py-1 hover:bg-well';

/** A page of a chain's events with the form that narrows it; `children` stand between the two. */
export function AuditList({
  list: { events, next, isCut },
  query,
  kinds,
  path,
  hidden = {},
  children,
}: {
  list: EventPage;
  query: AuditQuery;
  kinds: string[];
  path: (query: Record<string, string>) => string;
  /** Fields that the form sends along, e.g. the tab of the page. */
  hidden?: Record<string, string>;
  children?: ReactNode;
}) {
  const narrowed = narrowingOf(query);
  const isNarrowed = Object.keys(narrowed).length > 0;
  return (
    <>
      <AuditFilter query={query} kinds={kinds} reset={path({})} hidden={hidden} />
      {children}
      {events.length > 0 ? (
        <EventList events={events} />
      ) : (
        <p className="border-line border-t pt-3 text-ink-3">
          {isNarrowed ? 'No event here is like that.' : 'There are no earlier events.'}
        </p>
      )}
      {isCut && (
        <p className="mt-3 text-ink-3 text-sm">
          {formatNumber(SEARCHED_EVENTS)} events were looked through; earlier ones are on the next page.
        </p>
      )}
      <nav aria-label="Pages" className="mt-4 flex gap-3 text-sm empty:hidden">
        {query.before && (
          <PendingLink href={path(narrowed)} className={LINK}>
            Newest
          </PendingLink>
        )}
        {next !== null && (
          <PendingLink rel="next" href={path({ ...narrowed, before: String(next) })} className={LINK}>
            Earlier
          </PendingLink>
        )}
      </nav>
    </>
  );
}
