import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { PendingLink } from '../components/nav-link.tsx';
import { Section } from '../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../forms/action-form.tsx';
import { TextField } from '../forms/fields.tsx';
import { signInPath } from '../paths.ts';
import { currentViewer } from '../viewer.ts';
import { createOrgAction } from './actions.ts';

export const metadata: Metadata = { title: 'Organizations', robots: { index: false } };

export default async function OrgsPage() {
  const viewer = await currentViewer();
  if (!viewer) redirect(signInPath('/orgs'));
  return (
    <div className="max-w-3xl">
      <h1 className="font-semibold text-2xl tracking-tight">Organizations</h1>
      <p className="mt-2 mb-8 max-w-prose text-ink-2">
        An organization approves servers, versions and tools. Its gateways fetch the decision as a signed feed and
        refuse everything else.
      </p>
      <Section id="yours" title="Yours">
        {viewer.orgs.length === 0 ? (
          <p className="text-ink-3">You belong to no organization.</p>
        ) : (
          <ul className="divide-y divide-line">
            {viewer.orgs.map(({ slug, displayName, role }) => (
              <li key={slug} className="flex flex-wrap items-baseline gap-x-3 py-2">
                <PendingLink href={`/orgs/${slug}`} className="link font-medium">
                  {displayName}
                </PendingLink>
                <span className="font-mono text-ink-3 text-xs">{slug}</span>
                <span className="ml-auto text-ink-2 text-sm">{role}</span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section id="new" title="New organization" aside="It gets its own keys and an empty feed">
        <ActionForm action={createOrgAction} label="New organization">
          <div className="grid gap-3 sm:grid-cols-2">
            <TextField name="displayName" label="Name" placeholder="Acme Corporation" maxLength={80} />
            <TextField
              name="slug"
              label="Short name"
              placeholder="acme"
              isMono
              maxLength={40}
              hint="Part of the feed's address; it stays."
            />
          </div>
          <SubmitButton pendingText="Creating keys">Create organization</SubmitButton>
          <FormMessage />
        </ActionForm>
      </Section>
    </div>
  );
}
