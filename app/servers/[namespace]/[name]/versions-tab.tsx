import type { ServerPage } from '#lib/catalog/views.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Time } from '../../../components/time.tsx';
import { MarkRow } from '../../../marks/mark-row.tsx';
import { serverPath } from '../../../paths.ts';
import { SIGNER_CHANGE_WORD } from '../../../text/signer-change-words.ts';

export function VersionsTab({ server }: { server: ServerPage }) {
  return (
    <ol className="max-w-4xl">
      {server.versions.map((row) => (
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
