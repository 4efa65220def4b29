import type { ServerPage } from '#lib/catalog/views.ts';
import { versionsAnsweringDifferently } from '#lib/scans/versions-answering-differently.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Time } from '../../../components/time.tsx';
import { MarkRow } from '../../../marks/mark-row.tsx';
import { comparePath, serverPath } from '../../../paths.ts';
import { SIGNER_CHANGE_WORD } from '../../../text/signer-change-words.ts';

export async function VersionsTab({ server }: { server: ServerPage }) {
  const differing = await versionsAnsweringDifferently(server.name);
  return (
    <ol className="max-w-4xl">
      {server.versions.map((row, index) => (
        <li
          key={row.version}
          aria-current={row.version === server.version ? 'true' : undefined}
          className="grid items-center gap-x-6 gap-y-1 border-line border-b py-2 first:pt-0 sm:grid-cols-[minmax(0,1fr)_19rem]"
        >
          <div className="min-w-0">
            <PendingLink
              href={serverPath(server.name, { version: row.isLatest ? undefined : row.version })}
              className="link font-medium font-mono text-sm"
            >
              {row.version}
            </PendingLink>
            {[
              row.isLatest && 'latest',
              row.status !== 'active' && row.status,
              row.signerChange && SIGNER_CHANGE_WORD[row.signerChange.kind],
              row.version === server.version && 'shown here',
            ]
              .filter(Boolean)
              .map((word) => (
                <span
                  key={String(word)}
                  className="ml-2 rounded-sm border border-line-strong px-1 align-middle text-2xs text-ink-2"
                >
                  {word}
                </span>
              ))}
            <p className="text-ink-3 text-sm">
              <Time iso={row.publishedAt} />
              <CompareLinks
                name={server.name}
                version={row.version}
                previous={server.versions[index + 1]?.version}
                answersDifferently={differing.has(row.version)}
              />
              {row.statusMessage && (
                <>
                  {' · '}
                  <HostileText>{row.statusMessage}</HostileText>
                </>
              )}
            </p>
          </div>
          <MarkRow marks={row.marks} of={`version ${row.version}`} />
        </li>
      ))}
    </ol>
  );
}

/** What changed since the version before, and, where one version did not always say the same, between its answers. */
function CompareLinks({
  name,
  version,
  previous,
  answersDifferently,
}: {
  name: string;
  version: string;
  previous: string | undefined;
  answersDifferently: boolean;
}) {
  return (
    <>
      {previous !== undefined && (
        <>
          {' · '}
          <PendingLink href={comparePath(name, { from: previous, to: version })} className="link">
            compare with {previous}
          </PendingLink>
        </>
      )}
      {answersDifferently && (
        <>
          {' · '}
          <PendingLink href={comparePath(name, { from: version, to: version })} className="link">
            answered differently before
          </PendingLink>
        </>
      )}
    </>
  );
}
