import type { OrgMemberView } from '#lib/orgs/members/members.ts';
import type { TeamView } from '#lib/orgs/teams/list-teams.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Disclosure, Rows, Tag } from '../../../components/parts.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { SelectField, TextArea } from '../../../forms/fields.tsx';
import { dropTeamServer, endTeam, joinTeam, leaveTeam, saveTeamServer } from './actions.ts';
import { NarrowedServer } from './narrowed-server.tsx';
import { ServerFields } from './server-fields.tsx';

/** A team with its people and its list. */
export function Team({
  team,
  orgSlug,
  canManage,
  members,
  servers,
}: {
  team: TeamView;
  orgSlug: string;
  canManage: boolean;
  members: OrgMemberView[];
  servers: string[];
}) {
  const hidden = (
    <>
      <input type="hidden" name="orgSlug" value={orgSlug} />
      <input type="hidden" name="teamSlug" value={team.slug} />
    </>
  );
  const others = members.filter(({ userId }) => !team.members.some((member) => member.userId === userId));
  return (
    <li aria-label={`Team ${team.displayName}`} className="sheet p-4">
      <h3 className="font-semibold">
        {team.displayName} <span className="font-mono font-normal text-ink-3 text-xs">{team.slug}</span>
      </h3>
      <h4 className="label mt-3">Servers</h4>
      <Rows nothing="None: a gateway of this team refuses everything.">
        {team.servers.map((server) => (
          <NarrowedServer
            key={server.name}
            server={server}
            remove={canManage ? dropTeamServer : null}
            hidden={hidden}
          />
        ))}
      </Rows>
      {canManage && servers.length > 0 && (
        <Disclosure summary="Add or change a server">
          <ActionForm action={saveTeamServer} label={`Server of ${team.displayName}`}>
            {hidden}
            <ServerFields servers={servers} />
            <TextArea name="reason" label="Reason" rows={2} maxLength={500} />
            <SubmitButton pendingText="Saving">Save</SubmitButton>
            <FormMessage />
          </ActionForm>
        </Disclosure>
      )}
      <h4 className="label mt-4">People</h4>
      <Rows nothing="Nobody yet.">
        {team.members.map(({ userId, name, source }) => (
          <li key={userId} className="flex flex-wrap items-baseline gap-x-3 py-1.5 text-sm">
            <span className="min-w-0 flex-1">
              <HostileText>{name}</HostileText>
              {source === 'group' && <Tag>by group</Tag>}
            </span>
            {canManage && source === 'manual' && (
              <ActionForm action={leaveTeam} label={`Remove ${name}`} className="gap-1">
                {hidden}
                <input type="hidden" name="userId" value={userId} />
                <SubmitButton isQuiet pendingText="Removing">
                  Remove
                </SubmitButton>
                <FormMessage />
              </ActionForm>
            )}
          </li>
        ))}
      </Rows>
      {canManage && (
        <>
          {others.length > 0 && (
            <Disclosure summary="Add somebody">
              <ActionForm action={joinTeam} label={`Person for ${team.displayName}`}>
                {hidden}
                <SelectField
                  name="userId"
                  label="Member"
                  options={others.map(
                    ({ userId, name, email }) => [userId, email ? `${name} (${email})` : name] as const,
                  )}
                />
                <SubmitButton pendingText="Adding">Add</SubmitButton>
                <FormMessage />
              </ActionForm>
            </Disclosure>
          )}
          <Disclosure summary="End this team">
            <ActionForm action={endTeam} label={`End ${team.displayName}`} className="gap-2">
              {hidden}
              <p className="text-ink-2 text-sm">
                Gateways that were started for it refuse everything from then on. Its short name is not given again.
              </p>
              <SubmitButton isQuiet pendingText="Ending">
                End {team.displayName}
              </SubmitButton>
              <FormMessage />
            </ActionForm>
          </Disclosure>
        </>
      )}
    </li>
  );
}
