import { listInstanceEvents } from '#lib/audit/list-instance-events.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { EventList } from '../components/event-list.tsx';
import { PendingLink } from '../components/nav-link.tsx';
import { adminPath, type Search } from './admin-tabs.ts';

const LINK = 'rounded-md border border-line-strong px-3 py-1 hover:bg-well';

/** What happened on the instance: publishers, versions, trust roots, upstreams. Organizations have chains of their own. */
export async function AuditTab({ viewer, search }: { viewer: Viewer; search: Search }) {
  const asked = Number([search.before].flat()[0]);
  const before = Number.isInteger(asked) && asked > 0 && asked <= 2 ** 31 - 1 ? asked : null;
  const { events, next } = await listInstanceEvents({ viewer, before });
  return (
    <div className="max-w-4xl">
      <p className="mb-3 max-w-prose text-ink-3 text-sm">
        Events of the instance, newest first. Each carries the hash of the one before it, so that none can be changed or
        taken out unseen. Organizations have chains of their own.
      </p>
      {events.length > 0 ? <EventList events={events} /> : <p className="text-ink-3">There are no earlier events.</p>}
      <nav aria-label="Pages" className="mt-4 flex gap-3 text-sm empty:hidden">
        {before !== null && (
          <PendingLink href={adminPath('audit')} className={LINK}>
            Newest
          </PendingLink>
        )}
        {next !== null && (
          <PendingLink rel="next" href={adminPath('audit', { before: next })} className={LINK}>
            Earlier
          </PendingLink>
        )}
      </nav>
    </div>
  );
}
