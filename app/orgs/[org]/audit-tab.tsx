import type { OrgPage } from '#lib/orgs/get-org-page.ts';
import { Digest } from '../../components/digest.tsx';
import { HostileText } from '../../components/hostile-text.tsx';
import { Time } from '../../components/time.tsx';

/** Events, newest first. Each carries the hash of the one before, so that a gap or an edit shows. */
export function AuditTab({ org }: { org: OrgPage }) {
  return (
    <div className="max-w-4xl">
      <p className="mb-3 max-w-prose text-ink-3 text-sm">
        The newest {org.audit.length} events. Each carries the hash of the one before it, so that none can be changed or
        taken out unseen.
      </p>
      <ol className="divide-y divide-line border-line border-y">
        {org.audit.map((event) => (
          <li key={event.seq} className="grid gap-x-4 gap-y-0.5 py-2 text-sm sm:grid-cols-[3rem_minmax(0,1fr)_auto]">
            <span className="font-mono text-ink-3">{event.seq}</span>
            <div className="min-w-0">
              <p>
                <HostileText>{event.text}</HostileText>
              </p>
              <p className="text-ink-3">
                <HostileText>{event.actor}</HostileText>, <Time iso={event.at} withTime /> · <code>{event.kind}</code>
              </p>
            </div>
            <Digest value={event.hash} what={`the hash of event ${event.seq}`} />
          </li>
        ))}
      </ol>
    </div>
  );
}
