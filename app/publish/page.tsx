import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { listPublishers, type PublisherSummary } from '#lib/publishers/list-publishers.ts';
import { HostileText } from '../components/hostile-text.tsx';
import { PendingLink } from '../components/nav-link.tsx';
import { Section } from '../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../forms/action-form.tsx';
import { TextField } from '../forms/fields.tsx';
import { consolePath, signInPath } from '../paths.ts';
import { countOf } from '../text/count-of.ts';
import { currentViewer } from '../viewer.ts';
import { createPublisherAction } from './actions.ts';

export const metadata: Metadata = { title: 'Publish', robots: { index: false } };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function PublishPage({ searchParams }: Props) {
  const [viewer, search] = await Promise.all([currentViewer(), searchParams]);
  // Addresses from before every publisher had a page of its own.
  if (typeof search.publisher === 'string') redirect(consolePath(search.publisher));
  if (!viewer) redirect(signInPath('/publish'));
  const { own, others } = await listPublishers(viewer);
  return (
    <div className="max-w-3xl">
      <h1 className="font-semibold text-2xl tracking-tight">Publish</h1>
      <p className="mt-2 mb-8 max-w-prose text-ink-2">
        A publisher holds namespaces, such as <code>io.github.acme</code> or <code>com.example</code>, and publishes
        servers under them. Its page says what is left to do until a listing is verified and signed.
      </p>
      <Section id="yours" title="Yours">
        {own.length === 0 ? (
          <p className="text-ink-3">You belong to no publisher. Create one, or ask an owner for an invitation.</p>
        ) : (
          <PublisherList publishers={own} />
        )}
      </Section>
      <Section id="new-publisher" title="New publisher">
        <ActionForm action={createPublisherAction} label="New publisher">
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField name="displayName" label="Name" placeholder="Acme Corporation" maxLength={80} />
            <TextField
              name="slug"
              label="Short name"
              placeholder="acme"
              isMono
              maxLength={40}
              hint="Part of its address; it stays."
            />
          </div>
          <SubmitButton pendingText="Creating" isQuiet={own.length > 0}>
            Create publisher
          </SubmitButton>
          <FormMessage />
        </ActionForm>
      </Section>
      {viewer.isInstanceAdmin && (
        <Section id="others" title="Other publishers" aside="You see them as an admin of this instance">
          {others.length === 0 ? (
            <p className="text-ink-3">There are no others.</p>
          ) : (
            <PublisherList publishers={others} />
          )}
        </Section>
      )}
    </div>
  );
}

function PublisherList({ publishers }: { publishers: PublisherSummary[] }) {
  return (
    <ul className="divide-y divide-line">
      {publishers.map(({ slug, displayName, level, role, namespaces, incoming }) => (
        <li key={slug} className="flex flex-wrap items-baseline gap-x-3 py-2">
          <PendingLink href={consolePath(slug)} className="link font-medium">
            <HostileText>{displayName}</HostileText>
          </PendingLink>
          <span className="font-mono text-ink-3 text-xs">{slug}</span>
          <span className="ml-auto text-ink-2 text-sm">
            {level}
            {role && `, ${role}`}
          </span>
          <p className="w-full text-ink-3 text-sm">
            {namespaces.length === 0 ? (
              'No namespace'
            ) : (
              <span className="font-mono text-xs">{namespaces.join(', ')}</span>
            )}
            {incoming > 0 && (
              <>
                {' · '}
                <PendingLink href={consolePath(slug, 'offers')} className="link">
                  {countOf(incoming, 'namespace')} offered
                </PendingLink>
              </>
            )}
          </p>
        </li>
      ))}
    </ul>
  );
}
