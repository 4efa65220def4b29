import type { ReactNode } from 'react';
import type { Viewer } from '#lib/auth/viewer.ts';
import type { ServerPage } from '#lib/catalog/views.ts';
import type { FindingClass } from '#scanners/types.ts';
import { CodeBlock } from '../../../components/code-block.tsx';
import { Digest } from '../../../components/digest.tsx';
import { ExternalLink } from '../../../components/external-link.tsx';
import { Fact, Facts } from '../../../components/facts.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Section } from '../../../components/section.tsx';
import { Time } from '../../../components/time.tsx';
import { countOf } from '../../../text/count-of.ts';
import { OrgStateLines } from './org-state-lines.tsx';
import { PermissionLines } from './permission-lines.tsx';
import { standingAccusations } from './standing-accusations.ts';
import { tabPath } from './tabs.ts';

export function OverviewTab({ server, viewer }: { server: ServerPage; viewer: Viewer | null }) {
  return (
    <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <div className="min-w-0">
        <QuickInstall server={server} />
        <Section id="can-do" title="What it can do" aside={more(server, 'permissions', 'Which tools do it')}>
          <CanDo server={server} />
        </Section>
        <Section id="found" title="What the scan found" aside={more(server, 'findings', 'Evidence and coverage')}>
          <Found server={server} />
        </Section>
        <Section id="manifest" title="Manifest">
          <ManifestParts server={server} />
        </Section>
      </div>
      <aside className="grid content-start gap-6">
        {viewer && viewer.orgs.length > 0 && <OrgStateLines server={server} viewer={viewer} />}
        <ServerFacts server={server} />
      </aside>
    </div>
  );
}

const more = (server: ServerPage, tab: 'permissions' | 'findings' | 'install', text: string): ReactNode => (
  <PendingLink href={tabPath(server, tab)} className="link">
    {text}
  </PendingLink>
);

function QuickInstall({ server }: { server: ServerPage }) {
  const target = server.install.find(({ snippets }) => snippets.some(({ kind }) => kind === 'command'));
  const snippet = target?.snippets.find(({ kind }) => kind === 'command');
  // What stands accused, or is over, is not offered beside the word for that; the tab still has it.
  const isAccused = server.scan?.findings.some((finding) => finding.class === 'accusation');
  const isOver = server.status === 'deleted' || server.moves.movedTo !== null;
  if (!target || !snippet || isAccused || isOver) return null;
  return (
    <Section id="install" title={`Install in ${snippet.label}`} aside={more(server, 'install', 'All clients')}>
      <CodeBlock text={snippet.content} what={`the command for ${snippet.label}`} />
      {!target.isPinned && (
        <p className="mt-1.5 text-ink-3 text-sm">Not pinned: what runs can change without a new version here.</p>
      )}
    </Section>
  );
}

function CanDo({ server }: { server: ServerPage }) {
  const count = server.scan?.permissions.length ?? 0;
  if (!server.scan?.finishedAt) return <p className="text-ink-3">Not known: this version has no finished scan.</p>;
  if (count === 0) {
    return (
      <p className="text-ink-3">
        {server.tools === null
          ? 'Not known: its tool definitions were not seen.'
          : 'Nothing was seen that needs a permission.'}
      </p>
    );
  }
  return <PermissionLines server={server} />;
}

const CLASS_WORD: Record<FindingClass, [one: string, many: string]> = {
  accusation: ['accusation', 'accusations'],
  hygiene: ['hygiene finding', 'hygiene findings'],
  capability: ['capability fact', 'capability facts'],
};

function Found({ server: { scan } }: { server: ServerPage }) {
  if (!scan?.finishedAt) return <p className="text-ink-3">Nothing yet: this version has no finished scan.</p>;
  const accusations = new Set(standingAccusations(scan));
  const classes: FindingClass[] = ['accusation', 'hygiene', 'capability'];
  const counts = classes.map((of) => {
    const count = scan.findings.filter((finding) => finding.class === of).length;
    const withdrawn = of === 'accusation' ? count - standingAccusations(scan).length : 0;
    return { of, text: `${countOf(count, ...CLASS_WORD[of])}${withdrawn > 0 ? ` (${withdrawn} withdrawn)` : ''}` };
  });
  return (
    <>
      <p className="first-letter:uppercase">{counts.map(({ text }) => text).join(', ')}.</p>
      {scan.findings.length > 0 && (
        <ul className="mt-2 grid gap-1 text-sm">
          {scan.findings.slice(0, 5).map((finding) => (
            <li key={finding.fingerprint} className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-3">
              <span className={accusations.has(finding) ? 'font-medium text-accusation' : 'text-ink-3'}>
                {finding.severity}
              </span>
              <span className="text-ink-2">
                {finding.title}
                {scan.withdrawn.includes(finding.fingerprint) && <span className="text-ink-3">, withdrawn</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function ManifestParts({ server }: { server: ServerPage }) {
  return (
    <div className="grid gap-4 text-sm">
      {(server.packages.length > 0 || server.remotes.length > 0) && (
        <ul className="grid gap-1.5">
          {server.packages.map((pkg) => (
            <li
              key={`${pkg.registryType} ${pkg.identifier}`}
              className="grid gap-x-4 sm:grid-cols-[6rem_minmax(0,1fr)]"
            >
              <span className="text-ink-3">{pkg.registryType} package</span>
              <span className="font-mono text-xs leading-5">
                <HostileText>{[pkg.identifier, pkg.version].filter(Boolean).join(' ')}</HostileText>
              </span>
            </li>
          ))}
          {server.remotes.map((remote) => (
            <li key={remote.url} className="grid gap-x-4 sm:grid-cols-[6rem_minmax(0,1fr)]">
              <span className="text-ink-3">remote</span>
              <span className="font-mono text-xs leading-5">
                <HostileText>{remote.url}</HostileText>
              </span>
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary className="text-ink-2">server.json as it was published</summary>
        <CodeBlock className="mt-2" what="server.json" text={server.manifestText} />
      </details>
    </div>
  );
}

function ServerFacts({ server }: { server: ServerPage }) {
  const { repository, websiteUrl, scan, license, category, source } = server;
  const api = `/v0.1/servers/${encodeURIComponent(server.name)}/versions/${encodeURIComponent(server.version)}`;
  return (
    <Facts>
      <Fact label="Published">
        <Time iso={server.publishedAt} />
      </Fact>
      <Fact label="Repository">
        {repository && (
          <ExternalLink href={repository.url}>
            {[withoutScheme(repository.url), repository.subfolder].filter(Boolean).join(' ')}
          </ExternalLink>
        )}
      </Fact>
      <Fact label="Website">
        {websiteUrl && <ExternalLink href={websiteUrl}>{withoutScheme(websiteUrl)}</ExternalLink>}
      </Fact>
      <Fact label="Licence">{license ? <HostileText>{license}</HostileText> : 'not stated'}</Fact>
      <Fact label="Category">{category && <HostileText>{category}</HostileText>}</Fact>
      <Fact label="Tags">{server.tags.length > 0 && <HostileText>{server.tags.join(', ')}</HostileText>}</Fact>
      <Fact label="Listed from">{source && <HostileText>{source}</HostileText>}</Fact>
      <Fact label="Manifest">
        <Digest value={server.manifestSha256} prefix="sha256" what="the digest of the manifest" />
      </Fact>
      <Fact label="Manifest, canonical form">
        <Digest value={server.manifestJcsSha256} prefix="sha256" what="the digest of the canonical manifest" />
      </Fact>
      <Fact label="Tools">
        {scan?.toolsDigest ? (
          <Digest value={scan.toolsDigest} prefix="sha256" what="the digest of all tools" />
        ) : (
          'not seen'
        )}
      </Fact>
      <Fact label="Registry API">
        <a href={api} className="link">
          JSON
        </a>
      </Fact>
    </Facts>
  );
}

const withoutScheme = (url: string): string => url.replace(/^https?:\/\//, '');
