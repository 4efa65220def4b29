import type { ServerPage } from '#lib/catalog/views.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Notice } from '../../../components/notice.tsx';
import { serverPath } from '../../../paths.ts';
import { countOf } from '../../../text/count-of.ts';
import { type TabId, tabPath } from './tabs.ts';
import { VersionPicker } from './version-picker.tsx';

/** Who this is: name, version, where it came from, and what must be seen before anything else. */
export function ServerHeader({ server, tab }: { server: ServerPage; tab: TabId }) {
  const latest = server.versions.find((row) => row.isLatest);
  const accusations = (server.scan?.findings ?? []).filter((finding) => finding.class === 'accusation');
  return (
    <header>
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-80">
          <h1 className="font-semibold text-2xl leading-tight tracking-tight">
            <HostileText>{server.title ?? server.name.slice(server.name.indexOf('/') + 1)}</HostileText>
          </h1>
          <p className="mt-1 font-mono text-ink-2 text-sm">
            <HostileText>{server.name}</HostileText>
            <CopyButton text={server.name} what="the server's name" className="ml-1" />
          </p>
        </div>
        <VersionPicker
          action={serverPath(server.name)}
          tab={tab}
          current={server.version}
          versions={server.versions.map(({ version, isLatest, status }) => ({ version, isLatest, status }))}
        />
      </div>
      <p className="mt-3 max-w-prose text-ink-2">
        <HostileText>{server.description}</HostileText>
      </p>
      <p className="mt-2 max-w-prose text-ink-3 text-sm">
        <HostileText>{server.origins}</HostileText>
      </p>
      <div className="mt-4 grid gap-2 empty:hidden">
        {server.status !== 'active' && (
          <Notice>
            <strong className="font-semibold">{server.status === 'deprecated' ? 'Deprecated.' : 'Deleted.'}</strong>{' '}
            {server.status === 'deleted' && 'Clients no longer list it. The page stays for those who approved it. '}
            {server.statusMessage && <HostileText>{server.statusMessage}</HostileText>}
          </Notice>
        )}
        {!server.isLatest && latest && (
          <Notice>
            This is not the latest version.{' '}
            <PendingLink href={serverPath(server.name, { tab: tab === 'overview' ? undefined : tab })} className="link">
              See {latest.version}
            </PendingLink>
          </Notice>
        )}
        {accusations.length > 0 && (
          <div className="border-accusation border-l-3 bg-accusation-wash px-3 py-2 text-sm">
            <strong className="font-semibold text-accusation">{countOf(accusations.length, 'accusation')}.</strong>{' '}
            {[...new Set(accusations.map((finding) => finding.title))].slice(0, 3).join('. ')}.{' '}
            {tab !== 'findings' && (
              <PendingLink href={tabPath(server, 'findings')} className="underline underline-offset-2">
                Read the evidence
              </PendingLink>
            )}
          </div>
        )}
      </div>
    </header>
  );
}
