import type { ServerPage } from '#lib/catalog/views.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Section } from '../../../components/section.tsx';
import { Time } from '../../../components/time.tsx';
import { serverPath } from '../../../paths.ts';

/** In place of a server whose versions are all deleted: that it was here, why it went, and where. */
export function GonePage({ server }: { server: ServerPage }) {
  const { name, title, moves, statusMessage, statusChangedAt, versions } = server;
  return (
    <article className="max-w-3xl">
      <p className="label">Gone</p>
      <h1 className="mt-1 font-semibold text-2xl leading-tight tracking-tight">
        <HostileText>{title ?? name.slice(name.indexOf('/') + 1)}</HostileText>
      </h1>
      <p className="mt-1 font-mono text-ink-2 text-sm">
        <HostileText>{name}</HostileText>
      </p>
      <p className="mt-4 max-w-prose">
        This server is not listed any more: all of its versions were deleted, the last one on{' '}
        <Time iso={statusChangedAt} />. Clients do not offer it, and nobody should start to use it.
      </p>
      {statusMessage && (
        <p className="mt-2 max-w-prose text-ink-2">
          The publisher says: <HostileText>{statusMessage}</HostileText>
        </p>
      )}
      {moves.movedTo && (
        <Notice className="mt-4">
          It goes on as{' '}
          <PendingLink href={serverPath(moves.movedTo)} className="link font-mono">
            <HostileText>{moves.movedTo}</HostileText>
          </PendingLink>
          .
        </Notice>
      )}
      <Section id="versions" title="What was here" aside="For those who approved one of these" className="mt-8">
        <ul className="divide-y divide-line">
          {versions.map((row) => (
            <li key={row.version} className="flex flex-wrap items-baseline gap-x-3 py-1.5 text-sm">
              <PendingLink href={serverPath(name, { version: row.version })} className="link font-mono">
                {row.version}
              </PendingLink>
              <span className="text-ink-3">
                published <Time iso={row.publishedAt} />
              </span>
            </li>
          ))}
        </ul>
      </Section>
    </article>
  );
}
