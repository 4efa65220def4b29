import { EVENT_KINDS } from '#lib/audit/events.ts';
import { eventFilterSchema } from '#lib/audit/list-events.ts';
import { listInstanceEvents } from '#lib/audit/list-instance-events.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { AuditList } from '../components/audit-list.tsx';
import { filterQuery, firstValues } from '../text/audit-query.ts';
import { adminPath, type Search } from './admin-tabs.ts';

/** What happened on the instance: publishers, versions, trust roots, upstreams. Organizations have chains of their own. */
export async function AuditTab({ viewer, search }: { viewer: Viewer; search: Search }) {
  const given = firstValues(search);
  const filter = eventFilterSchema.parse(given);
  const list = await listInstanceEvents({ viewer, filter });
  return (
    <div className="max-w-4xl">
      <p className="mb-3 max-w-prose text-ink-3 text-sm">
        Events of the instance, newest first. Each carries the hash of the one before it, so that none can be changed or
        taken out unseen. Organizations have chains of their own.
      </p>
      <AuditList
        list={list}
        query={filterQuery(given, filter)}
        kinds={Object.keys(EVENT_KINDS)}
        path={(query) => adminPath('audit', query)}
        hidden={{ tab: 'audit' }}
      />
    </div>
  );
}
