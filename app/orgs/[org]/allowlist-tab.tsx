import { ORG_PERMISSIONS, type OrgRole } from '#lib/auth/viewer.ts';
import type { AllowlistVersionView, OrgPage } from '#lib/orgs/get-org-page.ts';
import { cn } from '../../cn.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { PendingLink } from '../../components/nav-link.tsx';
import { Notice } from '../../components/notice.tsx';
import { Time } from '../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import { TextArea } from '../../forms/fields.tsx';
import { MarkRow } from '../../marks/mark-row.tsx';
import { comparePath, serverPath } from '../../paths.ts';
import { countOf } from '../../text/count-of.ts';
import { revoke } from '../decision-actions.ts';

type Entry = OrgPage['allowlist'][number];

export function AllowlistTab({ org }: { org: OrgPage }) {
  if (org.allowlist.length === 0) {
    return (
      <div className="max-w-prose">
        <p className="font-medium">Nothing is approved yet.</p>
        <p className="mt-1 text-ink-2">
          Every gateway of this organization refuses every server. Find one in the{' '}
          <PendingLink href="/" className="link">
            catalog
          </PendingLink>{' '}
          and approve a version under Approval on its page.
        </p>
      </div>
    );
  }
  const canDecide = (ORG_PERMISSIONS['allowlist.decide'] as readonly OrgRole[]).includes(org.role);
  return (
    <ul className="grid gap-4">
      {org.allowlist.map((entry) => (
        <li key={entry.serverName} className="sheet p-4">
          <EntryHeader entry={entry} />
          <DriftNotices entry={entry} orgSlug={org.slug} />
          <ul className="mt-3 divide-y divide-line border-line border-t">
            {entry.versions.map((version) => (
              <li key={version.id} className="py-3 last:pb-0">
                <EntryVersion
                  version={version}
                  serverName={entry.serverName}
                  orgSlug={org.slug}
                  canDecide={canDecide}
                />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function EntryHeader({ entry }: { entry: Entry }) {
  return (
    <header className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
      <h2 className="min-w-0 font-semibold">
        <PendingLink href={serverPath(entry.serverName)} className="hover:text-accent hover:underline">
          <HostileText>{entry.title ?? entry.serverName}</HostileText>
        </PendingLink>
        <span className="ml-2 font-mono font-normal text-ink-3 text-xs">
          <HostileText>{entry.serverName}</HostileText>
        </span>
      </h2>
      <p className="text-ink-3 text-sm sm:ml-auto">
        {entry.state}, <Time iso={entry.updatedAt} />
      </p>
      <p className="w-full text-ink-2 text-sm">
        <q>{entry.reason}</q>
      </p>
    </header>
  );
}

/** What changed since the approval, as the organization was told; settled by approving or revoking. */
function DriftNotices({ entry, orgSlug }: { entry: Entry; orgSlug: string }) {
  if (entry.drift.length === 0) return null;
  return (
    <div className="mt-3 grid gap-2">
      {entry.drift.map(({ version, approved, worst, says, at }) => (
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
            href={comparePath(entry.serverName, { from: approved, to: version, approved: orgSlug })}
            className="link"
          >
            See what changed
          </PendingLink>
        </div>
      ))}
    </div>
  );
}

function EntryVersion({
  version,
  serverName,
  orgSlug,
  canDecide,
}: {
  version: AllowlistVersionView;
  serverName: string;
  orgSlug: string;
  canDecide: boolean;
}) {
  const isApproved = version.state === 'approved';
  return (
    <div className="grid gap-x-6 gap-y-2 md:grid-cols-[minmax(0,1fr)_19rem]">
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <PendingLink
            href={serverPath(serverName, { version: version.version, tab: 'approval' })}
            className="link font-medium font-mono text-sm"
          >
            {version.version}
          </PendingLink>
          <span className={isApproved ? 'text-sm' : 'text-ink-3 text-sm'}>
            {isApproved ? 'approved' : 'revoked'} <Time iso={version.revokedAt ?? version.approvedAt} />
          </span>
        </p>
        {version.revokedReason && (
          <p className="text-ink-2 text-sm">
            <q>{version.revokedReason}</q>
          </p>
        )}
        {isApproved && (
          <details className="mt-1 text-sm">
            <summary className="text-ink-2">
              {version.totalTools === null
                ? countOf(version.allowedTools.length, 'tool')
                : `${version.allowedTools.length} of ${countOf(version.totalTools, 'tool')}`}{' '}
              allowed, new tools refused
            </summary>
            <ul className="mt-2 flex flex-wrap gap-1.5">
              {version.allowedTools.map((name) => (
                <li key={name} className="rounded-sm border border-line px-1.5 font-mono text-xs leading-5">
                  <HostileText>{name}</HostileText>
                </li>
              ))}
            </ul>
          </details>
        )}
        {version.drift && <Notice className="mt-2">{version.drift}</Notice>}
        {isApproved && canDecide && (
          <details className="mt-2 text-sm">
            <summary className="link w-fit">Revoke</summary>
            <ActionForm action={revoke} label={`Revoke ${serverName} ${version.version}`} className="mt-2 gap-3">
              <input type="hidden" name="org" value={orgSlug} />
              <input type="hidden" name="server" value={serverName} />
              <input type="hidden" name="version" value={version.version} />
              <TextArea
                name="reason"
                label="Reason"
                hint="Goes into the revocations document, which every gateway reads."
                rows={2}
                maxLength={500}
              />
              <SubmitButton isQuiet pendingText="Revoking">
                Revoke {version.version}
              </SubmitButton>
              <FormMessage />
            </ActionForm>
          </details>
        )}
      </div>
      <MarkRow marks={version.marks} of={`${serverName} ${version.version}`} className="self-start" />
    </div>
  );
}
