import { notFound } from 'next/navigation';
import { getEntry } from '#lib/orgs/allowlist/get-entry.ts';
import { EventList } from '../../../../../components/event-list.tsx';
import { HostileText } from '../../../../../components/hostile-text.tsx';
import { PendingLink } from '../../../../../components/nav-link.tsx';
import { Notice } from '../../../../../components/notice.tsx';
import { Section } from '../../../../../components/section.tsx';
import { orgPath, serverPath } from '../../../../../paths.ts';
import { AllowlistNav } from '../../../allowlist-nav.tsx';
import { DriftNotices } from '../../../drift-notices.tsx';
import { OrgFrame, openOrg } from '../../../org-frame.tsx';
import { DecideEntry } from './decide-entry.tsx';
import { EntryFacts } from './entry-facts.tsx';
import { EntryRequests } from './entry-requests.tsx';
import { EntryUsers } from './entry-users.tsx';
import { EntryVersion } from './entry-version.tsx';
import { TermsForm } from './terms-form.tsx';

type Props = { params: Promise<{ org: string; namespace: string; name: string }> };

const nameOf = ({ namespace, name }: { namespace: string; name: string }): string | null => {
  try {
    const text = `${decodeURIComponent(namespace)}/${decodeURIComponent(name)}`;
    return text.includes('\0') || !text.isWellFormed() ? null : text;
  } catch {
    return null;
  }
};

export async function generateMetadata({ params }: Props) {
  return { title: `${nameOf(await params) ?? 'Not found'} · Allowlist`, robots: { index: false } };
}

export default async function OrgEntryRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'allowlist');
  const serverName = nameOf(await params);
  if (serverName === null) notFound();
  const entry = await getEntry({ viewer, orgSlug: org.slug, serverName });
  // What nobody knows, decided or denied has no page.
  if (!entry.isKnown && entry.state === 'absent' && entry.denials.length === 0) notFound();
  const canAct = entry.canDecide && entry.state !== 'absent';
  return (
    <OrgFrame org={org} part="allowlist">
      <AllowlistNav slug={org.slug} current="entry" />
      <header className="mb-5">
        <h2 className="font-semibold text-xl">
          <HostileText>{entry.title ?? serverName}</HostileText>
        </h2>
        <p className="flex flex-wrap gap-x-4 text-sm">
          {entry.title !== null && (
            <span className="font-mono text-ink-3">
              <HostileText>{serverName}</HostileText>
            </span>
          )}
          {entry.isKnown && (
            <PendingLink href={serverPath(serverName)} className="link">
              In the catalog
            </PendingLink>
          )}
          {entry.isKnown && entry.canDecide && (
            <PendingLink href={`${serverPath(serverName, { tab: 'approval' })}#${org.slug}`} className="link">
              Approve a version
            </PendingLink>
          )}
          <PendingLink href={orgPath(org.slug, 'why', { server: serverName })} className="link">
            Why is it allowed or blocked?
          </PendingLink>
          {entry.canDecide && (
            <PendingLink href={orgPath(org.slug, 'denials', { server: serverName })} className="link">
              Deny
            </PendingLink>
          )}
        </p>
      </header>
      <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="min-w-0">
          {(entry.warnings.length > 0 || entry.drift.length > 0) && (
            <div className="mb-5 grid gap-2">
              {entry.warnings.map((warning) => (
                <Notice key={warning}>
                  <HostileText>{warning}</HostileText>
                </Notice>
              ))}
              <DriftNotices drift={entry.drift} serverName={serverName} orgSlug={org.slug} />
            </div>
          )}
          <Section id="versions" title="Versions">
            {entry.versions.length === 0 ? (
              <p className="text-ink-2">No version of it was approved.</p>
            ) : (
              <ul className="divide-y divide-line">
                {entry.versions.map((version) => (
                  <li key={version.version} className="py-3 first:pt-0">
                    <EntryVersion version={version} entry={entry} orgSlug={org.slug} />
                  </li>
                ))}
              </ul>
            )}
          </Section>
          <EntryUsers entry={entry} orgSlug={org.slug} />
          <EntryRequests entry={entry} orgSlug={org.slug} />
          {entry.history && entry.history.length > 0 && (
            <Section
              id="history"
              title="History"
              aside={
                <PendingLink href={orgPath(org.slug, 'audit', { server: serverName })} className="link">
                  In the audit log
                </PendingLink>
              }
            >
              <EventList events={entry.history} />
            </Section>
          )}
        </div>
        <aside className="grid content-start gap-6">
          <EntryFacts entry={entry} />
          {canAct && <DecideEntry entry={entry} orgSlug={org.slug} version={null} />}
          {canAct && entry.state !== 'expired' && entry.state !== 'revoked' && (
            <TermsForm entry={entry} orgSlug={org.slug} />
          )}
        </aside>
      </div>
    </OrgFrame>
  );
}
