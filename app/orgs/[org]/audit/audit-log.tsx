import type { OrgPage } from '#lib/orgs/get-org-page.ts';
import { EventList } from '../../../components/event-list.tsx';

/** Events, newest first. Each carries the hash of the one before, so that a gap or an edit shows. */
export function AuditLog({ org }: { org: OrgPage }) {
  return (
    <div className="max-w-4xl">
      <p className="mb-3 max-w-prose text-ink-3 text-sm">
        The newest {org.audit.length} events. Each carries the hash of the one before it, so that none can be changed or
        taken out unseen.
      </p>
      <EventList events={org.audit} />
    </div>
  );
}
