import type { EntryPage } from '#lib/orgs/allowlist/get-entry.ts';
import { HostileText } from '../../../../../components/hostile-text.tsx';
import { PendingLink } from '../../../../../components/nav-link.tsx';
import { Section } from '../../../../../components/section.tsx';
import { Time } from '../../../../../components/time.tsx';
import { orgPath } from '../../../../../paths.ts';

const KINDS = { person: 'asked', new_version: 'new version', drift: 'changed', expiry: 'ends' } as const;

/** Who or what asked for the server, the newest first. */
export function EntryRequests({ entry, orgSlug }: { entry: EntryPage; orgSlug: string }) {
  if (entry.requests.length === 0) return null;
  return (
    <Section id="requests" title="Requests">
      <ul className="divide-y divide-line text-sm">
        {entry.requests.map((request) => (
          <li key={request.id} className="py-2">
            <p className="flex flex-wrap gap-x-3">
              <PendingLink href={orgPath(orgSlug, `requests/${request.id}`)} className="link font-mono">
                {request.version}
              </PendingLink>
              <span>{request.state}</span>
              <span className="text-ink-3">
                {KINDS[request.kind]}
                {request.requester && (
                  <>
                    , <HostileText>{request.requester}</HostileText>
                  </>
                )}
                , <Time iso={request.createdAt} />
              </span>
            </p>
            <p className="text-ink-2">
              <q>
                <HostileText>{request.reason}</HostileText>
              </q>
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
