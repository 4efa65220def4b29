import type { EntryPage } from '#lib/orgs/allowlist/get-entry.ts';
import { ActionForm, FormMessage, SubmitButton } from '../../../../../forms/action-form.tsx';
import { SelectField, TextArea } from '../../../../../forms/fields.tsx';
import { EntryTermsFields } from '../../../../entry-terms-fields.tsx';
import { changeTerms } from '../../../allowlist-actions.ts';

/** Changes what holds for the entry as a whole. Tools change by approving a version again. */
export function TermsForm({ entry, orgSlug }: { entry: EntryPage; orgSlug: string }) {
  const nobody = ['', 'nobody in particular'] as const;
  return (
    <details className="text-sm">
      <summary className="link w-fit">Change the terms</summary>
      <ActionForm action={changeTerms} label="Change the terms" className="mt-2 gap-3">
        <input type="hidden" name="org" value={orgSlug} />
        <input type="hidden" name="server" value={entry.serverName} />
        <EntryTermsFields terms={entry} environments={entry.choices.environments} />
        <SelectField
          name="owner"
          label="Answered for by"
          options={[nobody, ...entry.choices.members.map(({ id, name }) => [id, name] as const)]}
          defaultValue={entry.owner?.id ?? ''}
        />
        <TextArea name="reason" label="Reason" hint="Stays in the audit log." rows={2} maxLength={500} />
        <SubmitButton pendingText="Saving">Save the terms</SubmitButton>
        <FormMessage />
      </ActionForm>
    </details>
  );
}
