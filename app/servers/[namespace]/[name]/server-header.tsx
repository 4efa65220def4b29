import { Fragment } from 'react';
import type { ServerPage } from '#lib/catalog/views.ts';
import { movedMessage } from '#lib/publishers/move-server.ts';
import { CopyButton } from '../../../components/copy-button.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Notice } from '../../../components/notice.tsx';
import { WithPublisherLink } from '../../../components/publisher-link.tsx';
import { Time } from '../../../components/time.tsx';
import { serverPath } from '../../../paths.ts';
import { countOf } from '../../../text/count-of.ts';
import { SignerChangeNotice } from './signer-change-notice.tsx';
import { standingAccusations } from './standing-accusations.ts';
import { type TabId, tabPath } from './tabs.ts';
import { VersionPicker } from './version-picker.tsx';

/** Who this is: name, version, where it came from, and what must be seen before anything else. */
export function ServerHeader({ server, tab }: { server: ServerPage; tab: TabId }) {
  const latest = server.versions.find((row) => row.isLatest);
  const accusations = standingAccusations(server.scan);
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
        <Origins server={server} />
      </p>
      <div className="mt-4 grid gap-2 empty:hidden">
        <MoveNotice server={server} />
        <StatusNotice server={server} />
        {tab !== 'trust' && <SignerChangeNotice server={server} />}
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

/** The sentence that names the actor, with a link where the actor has a page here. */
function Origins({ server: { origins, marks, upstream } }: { server: ServerPage }) {
  return (
    <>
      <WithPublisherLink publisher={marks.publisher}>{origins}</WithPublisherLink>
      {upstream?.syncedAt && (
        <>
          {' '}
          Upstream <q>{upstream.name}</q>, last synced <Time iso={upstream.syncedAt} withTime />.
        </>
      )}
    </>
  );
}

function MoveNotice({ server: { moves, status, statusChangedAt } }: { server: ServerPage }) {
  if (moves.movedTo) {
    return (
      <Notice>
        <strong className="font-semibold">Goes on as</strong> <ServerLink name={moves.movedTo} />. New versions come out
        under that name only.{' '}
        {status === 'deprecated' && (
          <>
            This one is deprecated since <Time iso={statusChangedAt} />.
          </>
        )}
      </Notice>
    );
  }
  if (moves.movedFrom.length === 0) return null;
  return (
    <Notice>
      <strong className="font-semibold">Was</strong>{' '}
      {moves.movedFrom.map((name, index) => (
        <Fragment key={name}>
          {index > 0 && ', '}
          <ServerLink name={name} />
        </Fragment>
      ))}{' '}
      before.
    </Notice>
  );
}

const ServerLink = ({ name }: { name: string }) => (
  <PendingLink href={serverPath(name)} className="link font-mono">
    <HostileText>{name}</HostileText>
  </PendingLink>
);

function StatusNotice({ server: { status, statusMessage, statusChangedAt, moves } }: { server: ServerPage }) {
  const isSaidByMove = moves.movedTo !== null && statusMessage === movedMessage(moves.movedTo);
  if (status === 'active' || (status === 'deprecated' && isSaidByMove)) return null;
  return (
    <Notice>
      <strong className="font-semibold">{status === 'deprecated' ? 'Deprecated' : 'Deleted'}</strong> on{' '}
      <Time iso={statusChangedAt} />.{' '}
      {status === 'deleted' && 'Clients no longer list it. The page stays for those who approved it. '}
      {statusMessage && !isSaidByMove && (
        <>
          Message:{' '}
          <q>
            <HostileText>{statusMessage}</HostileText>
          </q>
        </>
      )}
    </Notice>
  );
}
