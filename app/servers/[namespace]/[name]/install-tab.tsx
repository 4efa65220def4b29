import type { Viewer } from '#lib/auth/viewer.ts';
import type { InstallSnippet, InstallTarget, ServerPage } from '#lib/catalog/views.ts';
import { cn } from '../../../cn.ts';
import { CodeBlock } from '../../../components/code-block.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { PendingLink } from '../../../components/nav-link.tsx';
import { Notice } from '../../../components/notice.tsx';
import { serverPath } from '../../../paths.ts';
import { OrgStateLines } from './org-state-lines.tsx';

type Search = Record<string, string | string[] | undefined>;

/** One snippet for every client and every way to run the version, each with its own address. */
export function InstallTab({ server, viewer, search }: { server: ServerPage; viewer: Viewer | null; search: Search }) {
  const targets = server.install;
  const target = targets.find(({ id }) => id === search.target) ?? targets.find(hasSnippets) ?? targets[0];
  if (!target) {
    return <Notice>The manifest names no package and no remote, so there is nothing to install.</Notice>;
  }
  const clients = [...new Map(target.snippets.map(({ client, label }) => [client, label]))];
  const client = clients.find(([id]) => id === search.client)?.[0] ?? clients[0]?.[0];
  const href = (query: { target: string; client?: string }) => {
    const base = serverPath(server.name, { version: server.isLatest ? undefined : server.version, tab: 'install' });
    return `${base}&${new URLSearchParams(Object.entries(query).filter((pair) => pair[1] !== undefined) as [string, string][])}`;
  };
  return (
    <div className="grid max-w-4xl gap-5">
      {viewer && viewer.orgs.length > 0 && <OrgStateLines server={server} viewer={viewer} />}
      {targets.length > 1 && (
        <Choices
          label="Ways to run it"
          choices={targets.map(({ id, label }) => ({
            id,
            label,
            href: href({ target: id, client }),
            isOn: id === target.id,
            isMono: true,
          }))}
        />
      )}
      <TargetNotes target={target} />
      {clients.length > 0 && (
        <>
          <Choices
            label="Client"
            choices={clients.map(([id, label]) => ({
              id,
              label,
              href: href({ target: target.id, client: id }),
              isOn: id === client,
            }))}
          />
          <div className="grid gap-5">
            {target.snippets
              .filter((snippet) => snippet.client === client)
              .map((snippet) => (
                <Snippet key={`${snippet.kind} ${snippet.content}`} snippet={snippet} />
              ))}
          </div>
          <Inputs target={target} />
        </>
      )}
    </div>
  );
}

const hasSnippets = ({ snippets }: InstallTarget): boolean => snippets.length > 0;

function TargetNotes({ target }: { target: InstallTarget }) {
  if (target.problem) {
    return (
      <Notice>
        <HostileText>{target.problem}</HostileText>
      </Notice>
    );
  }
  if (target.isPinned) return null;
  return (
    <Notice>
      {target.kind === 'remote' ? (
        <>
          <strong className="font-semibold">Not pinned.</strong> A remote server runs at its operator. What answers can
          change at any time without a new version here.
        </>
      ) : (
        <>
          <strong className="font-semibold">Not pinned.</strong> The manifest does not name one exact release, so what
          starts can change without a new version here.
        </>
      )}
    </Notice>
  );
}

type Choice = { id: string; label: string; href: string; isOn: boolean; isMono?: boolean };

function Choices({ label, choices }: { label: string; choices: Choice[] }) {
  return (
    <nav aria-label={label}>
      <p className="label mb-1.5">{label}</p>
      <ul className="flex flex-wrap gap-1.5">
        {choices.map(({ id, label: text, href, isOn, isMono }) => (
          <li key={id} className="min-w-0">
            <PendingLink
              href={href}
              scroll={false}
              aria-current={isOn ? 'true' : undefined}
              className={cn(
                'block rounded-md border border-line-strong px-2.5 py-1 text-sm hover:bg-well',
                isMono && 'font-mono text-xs leading-5',
                isOn && 'border-accent bg-accent text-on-accent hover:bg-accent',
              )}
            >
              <HostileText>{text}</HostileText>
            </PendingLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Snippet({ snippet }: { snippet: InstallSnippet }) {
  return (
    <div>
      {snippet.file && (
        <p className="mb-1.5 text-ink-2 text-sm">
          Add to <code>{snippet.file}</code>
        </p>
      )}
      {snippet.kind === 'link' ? (
        <a
          href={snippet.content}
          rel="noopener noreferrer nofollow"
          className="inline-block rounded-md bg-accent px-4 py-2 font-medium text-on-accent text-sm hover:opacity-90"
        >
          {snippet.content.startsWith('https:') ? 'Download the bundle' : `Install in ${snippet.label}`}
        </a>
      ) : (
        <CodeBlock text={snippet.content} what={`the ${snippet.kind} for ${snippet.label}`} />
      )}
      {snippet.note && <p className="mt-1.5 text-ink-3 text-sm">{snippet.note}</p>}
    </div>
  );
}

function Inputs({ target: { inputs } }: { target: InstallTarget }) {
  if (inputs.length === 0) return null;
  return (
    <div>
      <h2 className="label mb-1.5">What it asks you for</h2>
      <dl className="grid gap-2">
        {inputs.map((input) => (
          <div key={input.name} className="grid gap-x-4 sm:grid-cols-[14rem_minmax(0,1fr)]">
            <dt className="font-mono text-sm">
              <HostileText>{input.name}</HostileText>
            </dt>
            <dd className="text-ink-2 text-sm">
              {input.description && (
                <>
                  <HostileText>{input.description}</HostileText>{' '}
                </>
              )}
              <span className="text-ink-3">
                {input.isRequired ? 'required' : 'optional'}
                {input.isSecret && ', secret'}
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
