import type { PublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import type { PublisherServer, PublisherVersion } from '#lib/publishers/get-publisher-servers.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { PendingLink } from '../../components/nav-link.tsx';
import { Disclosure, Tag } from '../../components/parts.tsx';
import { Time } from '../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import { FileField, TextArea } from '../../forms/fields.tsx';
import { MarkRow } from '../../marks/mark-row.tsx';
import { consolePath, serverPath } from '../../paths.ts';
import { countOf } from '../../text/count-of.ts';
import { addSignatureAction, changeStatusAction } from '../status-actions.ts';

/** One server of a publisher: its versions with marks and states, and what can be done about them. */
export function ServerVersions({ server, publisher }: { server: PublisherServer; publisher: PublisherConsole }) {
  const { name, versions, versionCount, movedTo } = server;
  const canChange = publisher.can['version.status'];
  const hidden = versionCount - versions.length;
  return (
    <article aria-label={name} className="min-w-0">
      <h3 className="font-medium">
        <PendingLink href={serverPath(name)} className="link font-mono text-sm">
          {name}
        </PendingLink>
      </h3>
      {movedTo && (
        <p className="text-ink-2 text-sm">
          Goes on as{' '}
          <PendingLink href={serverPath(movedTo)} className="link font-mono text-xs">
            {movedTo}
          </PendingLink>
          . It takes no further versions.
        </p>
      )}
      <ul className="mt-1 divide-y divide-line border-line border-y">
        {versions.map((row) => (
          <Version key={row.version} row={row} server={server} publisher={publisher} />
        ))}
      </ul>
      {hidden > 0 && (
        <p className="mt-2 text-sm">
          <PendingLink href={consolePath(publisher.slug, undefined, { server: name })} className="link">
            {countOf(hidden, 'older version')}
          </PendingLink>
        </p>
      )}
      {canChange && versionCount > 1 && (
        <Disclosure summary="Change all versions">
          <StatusForm
            publisherSlug={publisher.slug}
            serverName={name}
            statuses={new Set(versions.map(({ status }) => status))}
            of={`all versions of ${name}`}
          />
        </Disclosure>
      )}
    </article>
  );
}

function Version({
  row,
  server,
  publisher,
}: {
  row: PublisherVersion;
  server: PublisherServer;
  publisher: PublisherConsole;
}) {
  const tags = [
    row.isLatest && 'latest',
    row.status !== 'active' && row.status,
    row.origin !== 'published' && row.origin,
  ];
  return (
    <li aria-label={`Version ${row.version}`} className="py-2">
      <div className="grid items-center gap-x-6 gap-y-1 sm:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="min-w-0">
          <PendingLink
            href={serverPath(server.name, { version: row.version })}
            className="link font-medium font-mono text-sm"
          >
            {row.version}
          </PendingLink>
          {tags.filter(Boolean).map((word) => (
            <Tag key={String(word)}>{word}</Tag>
          ))}
          <p className="text-ink-3 text-sm">
            <Time iso={row.publishedAt} />
          </p>
          {row.statusMessage && (
            <p className="text-ink-2 text-sm">
              <q>
                <HostileText>{row.statusMessage}</HostileText>
              </q>
            </p>
          )}
        </div>
        <MarkRow marks={row.marks} of={`${server.name} ${row.version}`} />
      </div>
      <VersionForms row={row} server={server} publisher={publisher} />
    </li>
  );
}

function VersionForms({
  row,
  server,
  publisher,
}: {
  row: PublisherVersion;
  server: PublisherServer;
  publisher: PublisherConsole;
}) {
  const { can, slug } = publisher;
  const of = `${server.name} ${row.version}`;
  if (!can['version.status'] && !can['signature.add']) return null;
  return (
    <Disclosure summary="Change">
      <div className="grid gap-5 divide-y divide-line">
        {can['version.status'] && (
          <StatusForm
            publisherSlug={slug}
            serverName={server.name}
            version={row.version}
            statuses={new Set([row.status])}
            of={of}
          />
        )}
        {can['signature.add'] && (
          <ActionForm action={addSignatureAction} label={`Add a signature to ${of}`} className="gap-3 pt-4 first:pt-0">
            <input type="hidden" name="publisherSlug" value={slug} />
            <input type="hidden" name="serverName" value={server.name} />
            <input type="hidden" name="version" value={row.version} />
            <FileField
              name="bundleFile"
              label="Add a Sigstore bundle"
              accept=".json,.sigstore,.bundle"
              hint="For the manifest as it was published. One that does not verify is kept, and shown as invalid."
            />
            <TextArea name="bundle" label="Or paste it" rows={2} required={false} isMono />
            <SubmitButton isQuiet pendingText="Verifying">
              Add signature
            </SubmitButton>
            <FormMessage />
          </ActionForm>
        )}
      </div>
    </Disclosure>
  );
}

/** Deprecate, delete, restore: what is on offer depends on what the versions are. */
function StatusForm({
  publisherSlug,
  serverName,
  version,
  statuses,
  of,
}: {
  publisherSlug: string;
  serverName: string;
  version?: string;
  statuses: ReadonlySet<PublisherVersion['status']>;
  of: string;
}) {
  const canBecome = (status: PublisherVersion['status']) => statuses.size > 1 || !statuses.has(status);
  return (
    <ActionForm action={changeStatusAction} label={`Status of ${of}`} className="gap-3">
      <input type="hidden" name="publisherSlug" value={publisherSlug} />
      <input type="hidden" name="serverName" value={serverName} />
      {version !== undefined && <input type="hidden" name="version" value={version} />}
      <TextArea
        name="statusMessage"
        label="Message"
        rows={2}
        required={false}
        maxLength={500}
        placeholder="Use 2.1.0: this version leaks the API key into its log."
        hint="Shown to everyone who looks at it. Restoring clears it."
      />
      <div className="flex flex-wrap gap-2">
        {canBecome('deprecated') && (
          <SubmitButton isQuiet pendingText="Changing" name="status" value="deprecated">
            Deprecate
          </SubmitButton>
        )}
        {canBecome('deleted') && (
          <SubmitButton isQuiet pendingText="Changing" name="status" value="deleted">
            Delete
          </SubmitButton>
        )}
        {canBecome('active') && (
          <SubmitButton isQuiet pendingText="Changing" name="status" value="active">
            Restore
          </SubmitButton>
        )}
      </div>
      <p className="text-ink-3 text-xs">
        Deprecated versions stay listed with a warning. Deleted ones leave lists and search; they are kept and can be
        restored.
      </p>
      <FormMessage />
    </ActionForm>
  );
}
