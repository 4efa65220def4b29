import type { OrgDriftNotice } from '#lib/orgs/drift/org-drift-notices.ts';
import { cn } from '../../cn.ts';
import { PendingLink } from '../../components/nav-link.tsx';
import { Time } from '../../components/time.tsx';
import { comparePath } from '../../paths.ts';

/** What changed since the approval, as the organization was told; settled by approving or revoking. */
export function DriftNotices({
  drift,
  serverName,
  orgSlug,
}: {
  drift: OrgDriftNotice[];
  serverName: string;
  orgSlug: string;
}) {
  if (drift.length === 0) return null;
  return (
    <div className="grid gap-2">
      {drift.map(({ version, approved, worst, says, at }) => (
        <div
          key={version}
          className={cn(
            'border-l-3 px-3 py-2 text-sm',
            worst === 'accusation' ? 'border-accusation bg-accusation-wash' : 'border-accent bg-accent-wash',
          )}
        >
          <strong className={cn('font-semibold', worst === 'accusation' && 'text-accusation')}>
            {version === approved
              ? `${version} is not what you approved`
              : `${version} differs from the approved ${approved}`}
          </strong>
          : {says}. {version === approved && 'Gateways refuse the tools that differ. '}
          <span className="text-ink-3">
            Seen <Time iso={at} hint={false} />.
          </span>{' '}
          <PendingLink
            href={comparePath(serverName, { from: approved, to: version, approved: orgSlug })}
            className="link"
          >
            See what changed
          </PendingLink>
        </div>
      ))}
    </div>
  );
}
