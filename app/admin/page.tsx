import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { TabNav } from '../components/tab-nav.tsx';
import { currentViewer } from '../viewer.ts';
import { ADMIN_TABS, adminPath, parseAdminTab, type Search } from './admin-tabs.ts';
import { AuditTab } from './audit-tab.tsx';
import { PublishersTab } from './publishers-tab.tsx';
import { ScansTab } from './scans-tab.tsx';
import { TokensTab } from './tokens-tab.tsx';
import { TrustRootsTab } from './trust-roots-tab.tsx';
import { UpstreamsTab } from './upstreams-tab.tsx';

export const metadata: Metadata = { title: 'Administration', robots: { index: false } };

/** For admins of the instance. To everybody else there is nothing at this address. */
export default async function AdminPage({ searchParams }: { searchParams: Promise<Search> }) {
  const [viewer, search] = await Promise.all([currentViewer(), searchParams]);
  if (!viewer?.isInstanceAdmin) notFound();
  const tab = parseAdminTab(search.tab);
  return (
    <div>
      <h1 className="font-semibold text-2xl tracking-tight">Administration</h1>
      <p className="text-ink-3 text-sm">Of this instance, for its admins. Every change is written to the audit log.</p>
      <div className="mt-5 mb-6">
        <TabNav
          label="Parts of the administration"
          current={tab}
          tabs={ADMIN_TABS.map(([id, label]) => ({ id, label, href: adminPath(id) }))}
        />
      </div>
      {tab === 'upstreams' && <UpstreamsTab />}
      {tab === 'roots' && <TrustRootsTab viewer={viewer} />}
      {tab === 'publishers' && <PublishersTab viewer={viewer} search={search} />}
      {tab === 'scans' && <ScansTab viewer={viewer} search={search} />}
      {tab === 'audit' && <AuditTab viewer={viewer} search={search} />}
      {tab === 'tokens' && <TokensTab viewer={viewer} />}
    </div>
  );
}
