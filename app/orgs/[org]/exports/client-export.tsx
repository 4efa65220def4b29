import { type ExportClient, type ExportClientId, exportClient, type NoteSeverity } from '#lib/exports/index.ts';
import type { ClientsPage } from '#lib/orgs/published/get-clients-page.ts';
import { CodeBlock } from '../../../components/code-block.tsx';
import { Fact, Facts } from '../../../components/facts.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Notice } from '../../../components/notice.tsx';
import { countOf } from '../../../text/count-of.ts';

const CONFIDENCE: Record<ExportClient['confidence'], string> = {
  V: 'read in its source or documentation',
  D: 'seen in an excerpt of its documentation: try the file before you roll it out',
  G: 'general knowledge: try the file before you roll it out',
};

const SEVERITY: Record<NoteSeverity, string> = {
  'left-out': 'Left out',
  warning: 'Weaker than decided',
  info: 'To know',
};

type Shown = NonNullable<ClientsPage['shown']>;

export function ClientExport({ client: id, shown }: { client: ExportClientId; shown: Shown | null }) {
  const client = exportClient(id);
  if (!shown) {
    return <Notice>The published list has no such team or group. Choose another one above.</Notice>;
  }
  const { counts } = shown;
  return (
    <div className="min-w-0">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h3 className="font-semibold text-lg">{client.title}</h3>
        <a
          href={shown.download}
          download={client.file}
          className="rounded-md bg-accent px-3.5 py-1.5 font-medium text-on-accent text-sm hover:opacity-90"
        >
          Download {client.file}
        </a>
      </div>
      <p className="mt-1 text-ink-2 text-sm">
        {counts.servers === 0
          ? 'This file allows nothing'
          : `${countOf(counts.servers, 'server')} in ${countOf(counts.versions, 'version')}`}
        {counts.leftOut > 0 && `; ${counts.leftOut} of ${counts.listed} left out`}.
      </p>
      <Facts className="mt-4 sm:grid-cols-2">
        <Fact label="Holds users to">{client.enforces}</Fact>
        <Fact label="Cannot">{client.cannot}</Fact>
        <Fact label="Looks at it again">{client.refresh}</Fact>
        <Fact label="What we know of the format">{CONFIDENCE[client.confidence]}</Fact>
      </Facts>
      <Steps client={client} />
      <Addresses shown={shown} />
      <Notes shown={shown} />
      <details className="mt-5">
        <summary className="link w-fit text-sm">Show {client.file}</summary>
        <CodeBlock text={shown.text} what={`the beginning of ${client.file}`} className="mt-2" />
        {shown.isCut && <p className="mt-1 text-ink-3 text-sm">This is the beginning. The download has all of it.</p>}
      </details>
    </div>
  );
}

function Steps({ client }: { client: ExportClient }) {
  return (
    <div className="mt-5 grid gap-5 sm:grid-cols-2">
      <div>
        <h4 className="label">Where it goes</h4>
        <dl className="mt-1 grid gap-2 text-sm">
          {client.places.map(({ where, path }) => (
            <div key={where}>
              <dt className="text-ink-3">{where}</dt>
              <dd className="break-all font-mono text-xs">{path}</dd>
            </div>
          ))}
        </dl>
      </div>
      <div>
        <h4 className="label">What to do</h4>
        <ol className="mt-1 grid list-decimal gap-1.5 pl-5 text-sm">
          {client.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </div>
    </div>
  );
}

function Addresses({ shown }: { shown: Shown }) {
  return (
    <div className="mt-5 grid gap-3">
      <div>
        <h4 className="label mb-1">Address with the view key, for what sends no credentials</h4>
        <CodeBlock text={shown.withKey} what="the address with the view key" />
      </div>
      <div>
        <h4 className="label mb-1">In a job, with a token</h4>
        <CodeBlock
          text={`curl -fsS -H "Authorization: Bearer $HALLMARK_VIEW_TOKEN" -o ${exportClient(shown.client).file} '${shown.withToken}'`}
          what="the command with a token"
        />
      </div>
    </div>
  );
}

function Notes({ shown }: { shown: Shown }) {
  const groups = Object.entries(Object.groupBy(shown.notes, ({ severity }) => severity)) as [
    NoteSeverity,
    Shown['notes'],
  ][];
  return (
    <div className="mt-6">
      <h4 className="font-medium">What this file cannot say</h4>
      {groups.length === 0 && <p className="text-ink-3 text-sm">Nothing is missing in it.</p>}
      {groups.map(([severity, notes]) => (
        <details key={severity} open={notes.length <= 12} className="mt-2">
          <summary className="cursor-pointer text-sm">
            <span className="font-medium">{SEVERITY[severity]}</span>{' '}
            <span className="text-ink-3">{countOf(notes.length, 'note')}</span>
          </summary>
          <ul className="mt-1 divide-y divide-line border-line border-y">
            {notes.map(({ code, server, version, text }) => (
              <li key={`${code} ${server} ${version} ${text}`} className="py-1.5 text-sm">
                {server && (
                  <span className="mr-2 font-mono text-ink-2 text-xs">
                    {server} {version}
                  </span>
                )}
                <HostileText>{text}</HostileText>
              </li>
            ))}
          </ul>
        </details>
      ))}
      {shown.moreNotes > 0 && (
        <p className="mt-1 text-ink-3 text-sm">
          And {shown.moreNotes} more: add .notes.json to the name of the file for all of them.
        </p>
      )}
    </div>
  );
}
