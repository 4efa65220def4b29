import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { getOrgPage } from '#lib/orgs/get-org-page.ts';
import { getOrgFlows } from '#lib/orgs/org-flows.ts';
import { TabNav } from '../../components/tab-nav.tsx';
import { signInPath } from '../../paths.ts';
import { currentViewer } from '../../viewer.ts';
import { AllowlistTab } from './allowlist-tab.tsx';
import { AuditTab } from './audit-tab.tsx';
import { FeedTab } from './feed-tab.tsx';
import { FlowsTab } from './flows-tab.tsx';
import { MembersTab } from './members-tab.tsx';

type Props = {
  params: Promise<{ org: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const TABS = ['allowlist', 'flows', 'feed', 'audit', 'members'] as const;

const loadOrg = cache(async (slug: string) => getOrgPage({ viewer: await currentViewer(), slug }));

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const org = await loadOrg((await params).org);
  return { title: org?.displayName ?? 'Not found', robots: { index: false } };
}

export default async function OrgRoute({ params, searchParams }: Props) {
  const [{ org: slug }, search, viewer] = await Promise.all([params, searchParams, currentViewer()]);
  if (!viewer) redirect(signInPath(`/orgs/${encodeURIComponent(slug)}`));
  const org = await loadOrg(slug);
  if (!org) notFound();
  const tab = TABS.find((id) => id === search.tab) ?? 'allowlist';
  const path = (id: string) => (id === 'allowlist' ? `/orgs/${org.slug}` : `/orgs/${org.slug}?tab=${id}`);
  const approved = org.allowlist.filter((entry) => entry.state === 'approved').length;
  return (
    <div>
      <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <div>
          <h1 className="font-semibold text-2xl tracking-tight">{org.displayName}</h1>
          <p className="text-ink-3 text-sm">
            <span className="font-mono">{org.slug}</span> · your role: {org.role}
          </p>
        </div>
        <dl className="flex gap-6 text-sm">
          <div>
            <dt className="label">Approved servers</dt>
            <dd className="font-semibold text-lg">{approved}</dd>
          </div>
          <div>
            <dt className="label">Feed serial</dt>
            <dd className="font-semibold text-lg">{org.feed.serial}</dd>
          </div>
        </dl>
      </header>
      <div className="mt-5 mb-6">
        <TabNav
          label="Parts of the organization"
          current={tab}
          tabs={[
            { id: 'allowlist', label: 'Allowlist', href: path('allowlist'), count: org.allowlist.length },
            { id: 'flows', label: 'Flows', href: path('flows') },
            { id: 'feed', label: 'Feed', href: path('feed') },
            { id: 'audit', label: 'Audit', href: path('audit') },
            { id: 'members', label: 'Members', href: path('members'), count: org.members.length },
          ]}
        />
      </div>
      {tab === 'allowlist' && <AllowlistTab org={org} />}
      {tab === 'flows' && (
        <FlowsTab
          flows={await getOrgFlows({ viewer, slug: org.slug })}
          path={path('flows')}
          selected={[search.flow].flat()[0]}
        />
      )}
      {tab === 'feed' && <FeedTab org={org} />}
      {tab === 'audit' && <AuditTab org={org} />}
      {tab === 'members' && <MembersTab org={org} />}
    </div>
  );
}
