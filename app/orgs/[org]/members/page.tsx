import { INVITE_DAYS } from '#lib/auth/invite-secrets.ts';
import { signInProviders } from '#lib/auth/providers.ts';
import { mayInOrg } from '#lib/auth/viewer.ts';
import { config } from '#lib/config/config.ts';
import { listGroupMappings } from '#lib/orgs/members/group-mappings.ts';
import { listOrgInvites } from '#lib/orgs/members/invites.ts';
import { listOrgMembers } from '#lib/orgs/members/members.ts';
import { listTeams } from '#lib/orgs/teams/list-teams.ts';
import { Notice } from '../../../components/notice.tsx';
import { Rows } from '../../../components/parts.tsx';
import { Section } from '../../../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { RadioField, TextField } from '../../../forms/fields.tsx';
import { NewInvite } from '../../../forms/new-invite.tsx';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { invite } from './actions.ts';
import { Groups } from './groups.tsx';
import { Invite } from './invite.tsx';
import { Member } from './member.tsx';
import { ROLE_WORDS, ROLES } from './role-words.ts';

type Props = { params: Promise<{ org: string }> };

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Members');

export default async function OrgMembersRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'members');
  const target = { viewer, orgSlug: org.slug };
  const canManage = mayInOrg(org.role, 'org.manage');
  const [members, invites, groups, teams] = await Promise.all([
    listOrgMembers(target),
    canManage ? listOrgInvites(target) : [],
    canManage ? listGroupMappings(target) : [],
    canManage ? listTeams(target) : [],
  ]);
  return (
    <OrgFrame org={org} part="members">
      <div className="max-w-3xl">
        <Section id="members" title="Members">
          <Rows nothing="Nobody belongs to this organization.">
            {members.map((member) => (
              <Member
                key={member.userId}
                member={member}
                orgSlug={org.slug}
                isYou={member.userId === viewer.id}
                canManage={canManage}
              />
            ))}
          </Rows>
        </Section>
        {canManage && (
          <>
            <Section id="invite" title="Invite somebody" aside="Whoever accepts first becomes a member">
              {signInProviders().length === 0 && (
                <Notice className="mb-4">
                  Whoever gets a link has to sign in first, and this instance signs in nobody but its admin. Set up
                  single sign-on (OIDC_ISSUER) or GitHub (GITHUB_CLIENT_ID).
                </Notice>
              )}
              <ActionForm action={invite} label="New invitation">
                <input type="hidden" name="orgSlug" value={org.slug} />
                <RadioField
                  name="role"
                  label="Role"
                  defaultValue="requester"
                  options={ROLES.map((role) => ({ value: role, ...ROLE_WORDS[role] }))}
                />
                <TextField
                  name="note"
                  label="For whom"
                  hint="So that you recognise it in the list."
                  required={false}
                  maxLength={200}
                />
                <SubmitButton pendingText="Making a link">Make a link</SubmitButton>
                <FormMessage />
                <NewInvite days={INVITE_DAYS} />
              </ActionForm>
            </Section>
            <Section id="invites" title="Open invitations">
              <Rows nothing="There are none.">
                {invites.map((one) => (
                  <Invite key={one.id} invite={one} orgSlug={org.slug} />
                ))}
              </Rows>
            </Section>
            <Groups
              groups={groups}
              teams={teams}
              orgSlug={org.slug}
              sso={config().OIDC_ISSUER ? config().OIDC_NAME : null}
              claim={config().OIDC_GROUPS_CLAIM}
              hours={config().OIDC_GROUPS_HOURS}
            />
          </>
        )}
      </div>
    </OrgFrame>
  );
}
