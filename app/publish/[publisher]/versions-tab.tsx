import { Fragment } from 'react';
import type { PublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import { getPublisherServers, SERVERS_A_PAGE } from '#lib/publishers/get-publisher-servers.ts';
import { PendingLink } from '../../components/nav-link.tsx';
import { Section } from '../../components/section.tsx';
import { consolePath } from '../../paths.ts';
import { countOf } from '../../text/count-of.ts';
import { publishAction } from '../actions.ts';
import { PublishForm } from './publish-form.tsx';
import { ServerVersions } from './server-versions.tsx';

type Search = Record<string, string | string[] | undefined>;

/** Publishing, and everything that was published with its state. */
export async function VersionsTab({ publisher, search }: { publisher: PublisherConsole; search: Search }) {
  const only = typeof search.server === 'string' ? search.server : undefined;
  const page = Math.max(1, Math.trunc(Number(search.page)) || 1);
  const namespaces = publisher.namespaces.map(({ name }) => name);
  const isDeleted = only === undefined && search.deleted === 'true';
  const { servers, total, deletedTotal } = await getPublisherServers({ namespaces, only, isDeleted, page });
  const isWhole = only === undefined && !isDeleted;
  return (
    <>
      {isWhole && (
        <Section id="publish" title="Publish a version" aside="The server's name decides the namespace">
          <PublishPart publisher={publisher} />
        </Section>
      )}
      <Section
        id="versions"
        title={only !== undefined ? `All versions of ${only}` : isDeleted ? 'Deleted servers' : 'Published'}
        aside={isWhole ? countOf(total, 'server') : <BackLink slug={publisher.slug} />}
      >
        {servers.length === 0 && (
          <p className="text-ink-3">{deletedTotal > 0 ? 'Every server is deleted.' : 'Nothing is published yet.'}</p>
        )}
        <div className="grid gap-8">
          {servers.map((server) => (
            <ServerVersions key={server.name} server={server} publisher={publisher} />
          ))}
        </div>
        <Pages slug={publisher.slug} page={page} total={total} isDeleted={isDeleted} />
        {isWhole && deletedTotal > 0 && (
          <p className="mt-6 text-ink-3 text-sm">
            {countOf(deletedTotal, 'deleted server')},{' '}
            <PendingLink
              href={`${consolePath(publisher.slug, undefined, { deleted: 'true' })}#versions`}
              className="link"
            >
              show
            </PendingLink>
          </p>
        )}
      </Section>
    </>
  );
}

function PublishPart({ publisher }: { publisher: PublisherConsole }) {
  const names = publisher.namespaces.map(({ name }) => name);
  if (!publisher.can['version.publish']) {
    return (
      <p className="text-ink-3">Members of this publisher can publish. You see it as an admin of this instance.</p>
    );
  }
  if (names.length === 0) {
    return (
      <p className="text-ink-2">
        A server's name begins with a namespace, and this publisher holds none yet.{' '}
        <PendingLink href={consolePath(publisher.slug, 'namespaces')} className="link">
          Claim a namespace
        </PendingLink>
      </p>
    );
  }
  return (
    <>
      <p className="mb-3 text-ink-2 text-sm">
        Names begin with{' '}
        {names.map((name, index) => (
          <Fragment key={name}>
            {index > 0 && ' or '}
            <span className="font-mono text-xs">{name}/</span>
          </Fragment>
        ))}
        . A version never changes once it is published.
      </p>
      <PublishForm action={publishAction} />
    </>
  );
}

const BackLink = ({ slug }: { slug: string }) => (
  <PendingLink href={consolePath(slug)} className="link">
    All servers
  </PendingLink>
);

function Pages({ slug, page, total, isDeleted }: { slug: string; page: number; total: number; isDeleted: boolean }) {
  const last = Math.max(1, Math.ceil(total / SERVERS_A_PAGE));
  if (last === 1) return null;
  const link = 'rounded-md border border-line-strong px-3 py-1 hover:bg-well';
  const query: Record<string, string> = isDeleted ? { deleted: 'true' } : {};
  const to = (target: number) => `${consolePath(slug, undefined, { ...query, page: String(target) })}#versions`;
  return (
    <nav aria-label="Pages" className="mt-6 flex items-center gap-3 border-line border-t pt-4 text-sm">
      {page > 1 && (
        <PendingLink rel="prev" href={to(page - 1)} className={link}>
          Previous
        </PendingLink>
      )}
      <span className="text-ink-3">
        Page {page} of {last}
      </span>
      {page < last && (
        <PendingLink rel="next" href={to(page + 1)} className={link}>
          Next
        </PendingLink>
      )}
    </nav>
  );
}
