import type { ServerPage } from '#lib/catalog/views.ts';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { RadioField, SelectField, TextArea, TextField } from '../../../forms/fields.tsx';
import { ask } from '../../../orgs/[org]/requests/actions.ts';
import { ToolChoice } from './tool-choice.tsx';
import { toolChoices } from './tool-choices.ts';

const RULES = [
  ['exact', 'this version alone'],
  ['latest-approved', 'always the latest approved one'],
] as const;

/** Asks an organization's reviewers for this version. */
export function RequestForm({
  server,
  orgSlug,
  displayName,
  teams,
}: {
  server: ServerPage;
  orgSlug: string;
  displayName: string;
  teams: { slug: string; displayName: string }[];
}) {
  const choices = toolChoices(server);
  return (
    <ActionForm action={ask} label={`Ask ${displayName} for it`} className="max-w-2xl">
      <input type="hidden" name="org" value={orgSlug} />
      <input type="hidden" name="server" value={server.name} />
      <input type="hidden" name="version" value={server.version} />
      {choices.length === 0 ? (
        <input type="hidden" name="scope" value="all" />
      ) : (
        <>
          <RadioField
            name="scope"
            label="Which tools do you need?"
            defaultValue="some"
            options={[
              { value: 'some', label: 'These', text: 'Fewer tools are approved sooner.' },
              { value: 'all', label: 'All', text: `All ${choices.length} that it has now.` },
            ]}
          />
          <ToolChoice tools={choices} initial={[]} />
        </>
      )}
      <SelectField name="rule" label="Versions" options={RULES} />
      {teams.length > 0 && (
        <SelectField
          name="team"
          label="For"
          options={[['', `all of ${displayName}`], ...teams.map((team) => [team.slug, team.displayName] as const)]}
        />
      )}
      <TextField name="until" type="date" label="Until" hint="Empty: no end." required={false} />
      <TextArea
        name="reason"
        label="Reason"
        hint="What you want to do with it. Reviewers read this."
        rows={3}
        maxLength={500}
      />
      <SubmitButton pendingText="Sending">Ask for {server.version}</SubmitButton>
      <FormMessage />
    </ActionForm>
  );
}
