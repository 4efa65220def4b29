import type { GroupMappingView } from '#lib/orgs/members/group-mappings.ts';
import type { TeamView } from '#lib/orgs/teams/list-teams.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Rows } from '../../../components/parts.tsx';
import { Section } from '../../../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { SelectField, TextField } from '../../../forms/fields.tsx';
import { countOf } from '../../../text/count-of.ts';
import { addGroup, removeGroup } from './actions.ts';
import { ROLE_OPTIONS, ROLE_WORDS } from './role-words.ts';

/** What groups of the single sign-on give here. */
export function Groups({
  groups,
  teams,
  orgSlug,
  sso,
  claim,
  hours,
}: {
  groups: GroupMappingView[];
  teams: TeamView[];
  orgSlug: string;
  /** Name of the single sign-on; null when there is none. */
  sso: string | null;
  claim: string;
  hours: number;
}) {
  if (sso === null) {
    return (
      <Section id="groups" title="Groups">
        <p className="text-ink-3">
          This instance has no single sign-on. With <code>OIDC_ISSUER</code>, groups of your directory can give roles
          and teams.
        </p>
      </Section>
    );
  }
  return (
    <Section id="groups" title="Groups" aside={`Of ${sso}, from the claim ${claim}`}>
      <p className="mb-3 max-w-prose text-ink-2 text-sm">
        Whoever signs in with a group gets its role and team, and loses them when a sign-in does not name the group any
        more. After {countOf(hours, 'hour')} without a sign-in they are not relied on.
      </p>
      <Rows nothing="No group gives anything yet.">
        {groups.map(({ id, group, role, team, people }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <p className="min-w-0 flex-1 basis-64 text-sm">
              <span className="break-all font-mono">
                <HostileText>{group}</HostileText>
              </span>
              : {ROLE_WORDS[role].label}
              {team && <>, team {team}</>}
              <span className="block text-ink-3">{countOf(people, 'person', 'people')} at the last sign-in</span>
            </p>
            <ActionForm action={removeGroup} label={`Remove group ${group}`} className="justify-items-end gap-1">
              <input type="hidden" name="orgSlug" value={orgSlug} />
              <input type="hidden" name="mappingId" value={id} />
              <SubmitButton isQuiet pendingText="Removing">
                Remove
              </SubmitButton>
              <FormMessage />
            </ActionForm>
          </li>
        ))}
      </Rows>
      <ActionForm action={addGroup} label="New group" className="mt-4 max-w-xl">
        <input type="hidden" name="orgSlug" value={orgSlug} />
        <TextField name="group" label="Group" hint="As the claim has it, case too." isMono maxLength={200} />
        <div className="grid gap-3 sm:grid-cols-2">
          <SelectField name="role" label="Role" options={ROLE_OPTIONS} />
          <SelectField
            name="team"
            label="Team"
            options={[['', 'none'], ...teams.map(({ slug, displayName }) => [slug, displayName] as const)]}
          />
        </div>
        <SubmitButton pendingText="Saving">Add group</SubmitButton>
        <FormMessage />
      </ActionForm>
    </Section>
  );
}
