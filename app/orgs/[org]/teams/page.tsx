import { mayInOrg } from '#lib/auth/viewer.ts';
import { listAgentGroups } from '#lib/orgs/agent-groups/agent-groups.ts';
import { listApprovedServers } from '#lib/orgs/allowlist/list-approved-servers.ts';
import { listOrgMembers } from '#lib/orgs/members/members.ts';
import { listTeams } from '#lib/orgs/teams/list-teams.ts';
import { Section } from '../../../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { CheckField, TextField } from '../../../forms/fields.tsx';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { addGroup, addTeam } from './actions.ts';
import { AgentGroup } from './agent-group.tsx';
import { Team } from './team.tsx';

type Props = { params: Promise<{ org: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Teams and agents');

export default async function OrgTeamsRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'teams');
  const target = { viewer, orgSlug: org.slug };
  const canManage = mayInOrg(org.role, 'team.manage');
  const [teams, groups, members, servers] = await Promise.all([
    listTeams(target),
    listAgentGroups(target),
    canManage ? listOrgMembers(target) : [],
    canManage ? listApprovedServers(target) : [],
  ]);
  return (
    <OrgFrame org={org} part="teams">
      <div className="grid gap-x-10 lg:grid-cols-2">
        <Section id="teams" title="Teams" aside="People with a list inside the organization's" className="mt-0">
          <ul className="grid gap-4">
            {teams.map((team) => (
              <Team
                key={team.slug}
                team={team}
                orgSlug={org.slug}
                canManage={canManage}
                members={members}
                servers={servers}
              />
            ))}
          </ul>
          {teams.length === 0 && <p className="text-ink-3">There are none: everybody uses the whole allowlist.</p>}
          {canManage && (
            <ActionForm action={addTeam} label="New team" className="mt-6">
              <h3 className="font-semibold">New team</h3>
              <input type="hidden" name="orgSlug" value={org.slug} />
              <NameFields example="data" />
              <SubmitButton isQuiet pendingText="Creating">
                Create team
              </SubmitButton>
              <FormMessage />
            </ActionForm>
          )}
        </Section>
        <Section id="groups" title="Agents" aside="Groups that may use some of the allowlist" className="lg:mt-0">
          <ul className="grid gap-4">
            {groups.map((group) => (
              <AgentGroup key={group.slug} group={group} orgSlug={org.slug} canManage={canManage} servers={servers} />
            ))}
          </ul>
          {groups.length === 0 && <p className="text-ink-3">There are none: agents use what their gateway is given.</p>}
          {canManage && (
            <ActionForm action={addGroup} label="New group of agents" className="mt-6">
              <h3 className="font-semibold">New group of agents</h3>
              <input type="hidden" name="orgSlug" value={org.slug} />
              <NameFields example="nightly-jobs" />
              <CheckField name="readOnly" label="Read-only" hint="Only tools that say they change nothing." />
              <SubmitButton isQuiet pendingText="Creating">
                Create group
              </SubmitButton>
              <FormMessage />
            </ActionForm>
          )}
        </Section>
      </div>
    </OrgFrame>
  );
}

function NameFields({ example }: { example: string }) {
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <TextField name="displayName" label="Name" maxLength={80} />
      <TextField
        name="slug"
        label="Short name"
        placeholder={example}
        isMono
        maxLength={40}
        hint="Gateways are started with it."
      />
    </div>
  );
}
