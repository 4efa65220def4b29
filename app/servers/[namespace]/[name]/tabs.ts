import type { ServerPage } from '#lib/catalog/views.ts';
import type { Tab } from '../../../components/tab-nav.tsx';
import { serverPath } from '../../../paths.ts';

export const TABS = [
  'overview',
  'tools',
  'permissions',
  'findings',
  'trust',
  'versions',
  'install',
  'approval',
] as const;
export type TabId = (typeof TABS)[number];

export const parseTab = (value: string | string[] | undefined): TabId =>
  TABS.find((tab) => tab === [value].flat()[0]) ?? 'overview';

/** Address of a tab of the version that is shown. The latest version and the overview need no words for it. */
export const tabPath = (server: Pick<ServerPage, 'name' | 'version' | 'isLatest'>, tab: TabId): string =>
  serverPath(server.name, {
    version: server.isLatest ? undefined : server.version,
    tab: tab === 'overview' ? undefined : tab,
  });

export function serverTabs(server: ServerPage, { withApproval }: { withApproval: boolean }): Tab[] {
  const tab = (id: TabId, label: string, count?: number | null): Tab => ({
    id,
    label,
    count,
    href: tabPath(server, id),
  });
  return [
    tab('overview', 'Overview'),
    tab('tools', 'Tools', server.tools?.length ?? null),
    tab('permissions', 'Permissions', server.scan?.finishedAt ? server.scan.permissions.length : null),
    tab('findings', 'Findings', server.scan?.finishedAt ? server.scan.findings.length : null),
    tab('trust', 'Trust'),
    tab('versions', 'Versions', server.versions.length),
    tab('install', 'Install'),
    ...(withApproval ? [tab('approval', 'Approval')] : []),
  ];
}
