import type { PublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import { Section } from '../../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import { TextField } from '../../forms/fields.tsx';
import { renamePublisherAction, setOfficialAction } from '../actions.ts';

/** The name, and what an admin of the instance says about the publisher. */
export function SettingsTab({ publisher }: { publisher: PublisherConsole }) {
  const { slug, displayName, level, can } = publisher;
  return (
    <>
      <Section id="name" title="Name" aside="The short name stays">
        {can['publisher.rename'] ? (
          <ActionForm action={renamePublisherAction} label="Rename the publisher">
            <input type="hidden" name="publisherSlug" value={slug} />
            <TextField
              name="displayName"
              label="Name"
              defaultValue={displayName}
              maxLength={80}
              hint={
                level === 'official'
                  ? 'A new name is not official until an admin of this instance says so again.'
                  : 'Every proof is checked again after a change.'
              }
            />
            <SubmitButton pendingText="Renaming" isQuiet>
              Rename
            </SubmitButton>
            <FormMessage />
          </ActionForm>
        ) : (
          <p className="text-ink-3">Owners of this publisher can rename it.</p>
        )}
      </Section>
      <Section id="level" title="Level" aside={`This publisher is ${level}`}>
        <p className="max-w-prose text-ink-2 text-sm">
          Verified is proven namespace by namespace. Official is on top of that: an admin of this instance says that the
          publisher is who its name says, and it counts only under namespaces that are proven.
        </p>
        {can['publisher.set-official'] && (
          <ActionForm action={setOfficialAction} label="Official" className="mt-3">
            <input type="hidden" name="publisherSlug" value={slug} />
            <input type="hidden" name="official" value={level === 'official' ? 'no' : 'yes'} />
            <SubmitButton pendingText="Changing" isQuiet>
              {level === 'official' ? 'Take back official' : 'Make official'}
            </SubmitButton>
            <FormMessage />
          </ActionForm>
        )}
      </Section>
    </>
  );
}
