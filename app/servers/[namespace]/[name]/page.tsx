import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { TabNav } from '../../../components/tab-nav.tsx';
import { serverPath } from '../../../paths.ts';
import { visibleText } from '../../../text/split-invisible.ts';
import { currentViewer } from '../../../viewer.ts';
import { ApprovalTab } from './approval-tab.tsx';
import { FindingsTab } from './findings-tab.tsx';
import { GonePage } from './gone-page.tsx';
import { InstallTab } from './install-tab.tsx';
import { loadServer, type ServerParams, type ServerSearch } from './load-server.ts';
import { MarkStrip } from './mark-strip.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { PermissionsTab } from './permissions-tab.tsx';
import { ServerHeader } from './server-header.tsx';
import { parseTab, serverTabs } from './tabs.ts';
import { ToolsTab } from './tools-tab.tsx';
import { TrustTab } from './trust-tab.tsx';
import { VersionsTab } from './versions-tab.tsx';

type Props = { params: ServerParams; searchParams: ServerSearch };

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const server = await loadServer(params, searchParams);
  if (!server) return { title: 'Not found' };
  const title = visibleText(`${server.title ?? server.name} ${server.version}`);
  const description = visibleText(server.description);
  return {
    title,
    description,
    openGraph: { type: 'website', siteName: 'Hallmark', title, description },
    alternates: { types: { 'application/atom+xml': `${serverPath(server.name)}/feed.xml` } },
    // Findings of a version that is not the latest would compete with those of the one that is.
    robots: server.isLatest && !server.isGone ? undefined : { index: false },
  };
}

export default async function ServerRoute({ params, searchParams }: Props) {
  const [server, search, viewer] = await Promise.all([loadServer(params, searchParams), searchParams, currentViewer()]);
  if (!server) notFound();
  if (server.isGone && !search.version) return <GonePage server={server} />;
  const withApproval = (viewer?.orgs.length ?? 0) > 0;
  const requested = parseTab(search.tab);
  const tab = requested === 'approval' && !withApproval ? 'overview' : requested;
  return (
    <article>
      <ServerHeader server={server} tab={tab} />
      <MarkStrip server={server} isCompact={tab !== 'overview'} />
      <div className="mt-6">
        <TabNav label="Parts of this server's page" tabs={serverTabs(server, { withApproval })} current={tab} />
      </div>
      <div className="pt-6">
        {tab === 'overview' && <OverviewTab server={server} viewer={viewer} />}
        {tab === 'tools' && <ToolsTab server={server} />}
        {tab === 'permissions' && <PermissionsTab server={server} />}
        {tab === 'findings' && <FindingsTab server={server} viewer={viewer} />}
        {tab === 'trust' && <TrustTab server={server} />}
        {tab === 'versions' && <VersionsTab server={server} />}
        {tab === 'install' && <InstallTab server={server} viewer={viewer} search={search} />}
        {tab === 'approval' && viewer && <ApprovalTab server={server} viewer={viewer} />}
      </div>
    </article>
  );
}
