import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getPublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import { Section } from '../components/section.tsx';
import { TabNav } from '../components/tab-nav.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../forms/action-form.tsx';
import { TextField } from '../forms/fields.tsx';
import { signInPath } from '../paths.ts';
import { currentViewer } from '../viewer.ts';
import { createPublisherAction, publishAction } from './actions.ts';
import { PublishForm } from './publish-form.tsx';
import { PublisherConsole } from './publisher-console.tsx';

export const metadata: Metadata = { title: 'Publish', robots: { index: false } };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function PublishPage({ searchParams }: Props) {
  const viewer = await currentViewer();
  if (!viewer) redirect(signInPath('/publish'));
  const [{ publishers }, search] = await Promise.all([getPublisherConsole(viewer), searchParams]);
  const chosen = publishers.find(({ slug }) => slug === search.publisher) ?? publishers[0];
  return (
    <div className="max-w-4xl">
      <h1 className="font-semibold text-2xl tracking-tight">Publish</h1>
      {chosen ? (
        <>
          <div className="mt-4 mb-6">
            <TabNav
              label="Publishers"
              current={chosen.slug}
              tabs={publishers.map(({ slug, displayName }) => ({
                id: slug,
                label: displayName,
                href: `/publish?publisher=${slug}`,
              }))}
            />
          </div>
          {chosen.namespaces.length > 0 && (
            <Section id="publish" title="Publish a version" aside="The server's name decides the namespace">
              <PublishForm action={publishAction} />
            </Section>
          )}
          <PublisherConsole publisher={chosen} viewer={viewer} />
        </>
      ) : (
        <p className="mt-2 max-w-prose text-ink-2">
          A publisher holds namespaces, such as <code>io.github.acme</code> or <code>com.example</code>, and publishes
          servers under them. Create one first.
        </p>
      )}
      <Section id="new-publisher" title={chosen ? 'Another publisher' : 'New publisher'}>
        <ActionForm action={createPublisherAction} label="New publisher">
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField name="displayName" label="Name" placeholder="Acme Corporation" maxLength={80} />
            <TextField name="slug" label="Short name" placeholder="acme" isMono maxLength={40} />
          </div>
          <SubmitButton pendingText="Creating" isQuiet={chosen !== undefined}>
            Create publisher
          </SubmitButton>
          <FormMessage />
        </ActionForm>
      </Section>
    </div>
  );
}
