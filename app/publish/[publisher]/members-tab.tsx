import { INVITE_DAYS } from '#lib/auth/invite-secrets.ts';
import type { PublisherRole, Viewer } from '#lib/auth/viewer.ts';
import type { PublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import type { InviteView } from '#lib/publishers/invites.ts';
import type { MemberView } from '#lib/publishers/members.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { Disclosure, Rows, Tag } from '../../components/parts.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import { RadioField } from '../../forms/fields.tsx';
import { NewInvite } from '../../forms/new-invite.tsx';
import { changeRoleAction, createInviteAction, removeMemberAction, revokeInviteAction } from '../member-actions.ts';

const ROLE_TEXT: Record<PublisherRole, string> = {
  maintainer: 'Publishes, signs, changes the status of versions, issues tokens and ends their own.',
  owner: 'All that, and members, namespaces, signers, transfers, moves and the name.',
};

/** Who belongs to the publisher, and invitations. */
export function MembersTab({ publisher, viewer }: { publisher: PublisherConsole; viewer: Viewer }) {
  const { members, invites, can } = publisher;
  return (
    <>
      <Section id="members" title="Members">
        <Rows nothing="Nobody belongs to this publisher. It was made by a login of the official command; whoever proves its namespace in the console takes it over.">
          {members.map((member) => (
            <Member key={member.userId} member={member} publisher={publisher} isYou={member.userId === viewer.id} />
          ))}
        </Rows>
      </Section>
      {can['member.manage'] && (
        <>
          <Section id="invite" title="Invite somebody" aside="Whoever accepts first becomes a member">
            <ActionForm action={createInviteAction} label="New invitation">
              <input type="hidden" name="publisherSlug" value={publisher.slug} />
              <RadioField
                name="role"
                label="Role"
                defaultValue="maintainer"
                options={(['maintainer', 'owner'] as const).map((role) => ({
                  value: role,
                  label: role === 'owner' ? 'Owner' : 'Maintainer',
                  text: ROLE_TEXT[role],
                }))}
              />
              <SubmitButton pendingText="Making a link">Make a link</SubmitButton>
              <FormMessage />
              <NewInvite days={INVITE_DAYS} />
            </ActionForm>
          </Section>
          <Section id="invites" title="Open invitations">
            <Rows nothing="There are none.">
              {invites.map((invite) => (
                <Invite key={invite.id} invite={invite} />
              ))}
            </Rows>
          </Section>
        </>
      )}
    </>
  );
}

function Member({ member, publisher, isYou }: { member: MemberView; publisher: PublisherConsole; isYou: boolean }) {
  const { userId, name, email, role } = member;
  const canManage = publisher.can['member.manage'];
  const other: PublisherRole = role === 'owner' ? 'maintainer' : 'owner';
  const who = (
    <>
      <input type="hidden" name="publisherSlug" value={publisher.slug} />
      <input type="hidden" name="userId" value={userId} />
    </>
  );
  return (
    <li aria-label={name} className="py-2">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-medium">
          <HostileText>{name}</HostileText>
          {isYou && <Tag>you</Tag>}
        </span>
        <span className="text-ink-3 text-sm">{email}</span>
        <span className="ml-auto text-sm">{role}</span>
      </p>
      {(canManage || isYou) && (
        <Disclosure summary={canManage ? 'Change' : 'Leave'}>
          <div className="grid gap-4">
            {canManage && (
              <ActionForm action={changeRoleAction} label={`Role of ${name}`} className="gap-2">
                {who}
                <input type="hidden" name="role" value={other} />
                <p className="text-ink-2 text-sm">
                  {other === 'owner' ? 'An owner' : 'A maintainer'}: {ROLE_TEXT[other]}
                </p>
                <SubmitButton isQuiet pendingText="Changing">
                  Make {other}
                </SubmitButton>
                <FormMessage />
              </ActionForm>
            )}
            <ActionForm action={removeMemberAction} label={isYou ? 'Leave' : `Remove ${name}`} className="gap-2">
              {who}
              <p className="text-ink-2 text-sm">
                Publish tokens and invitations that {isYou ? 'you' : 'this person'} made here end too.
              </p>
              <SubmitButton isQuiet pendingText={isYou ? 'Leaving' : 'Removing'}>
                {isYou ? 'Leave' : 'Remove'}
              </SubmitButton>
              <FormMessage />
            </ActionForm>
          </div>
        </Disclosure>
      )}
    </li>
  );
}

function Invite({ invite }: { invite: InviteView }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <p className="min-w-0 flex-1 basis-64 text-sm">
        For {invite.role === 'owner' ? 'an owner' : 'a maintainer'}, by <HostileText>{invite.invitedBy}</HostileText>
        <span className="block text-ink-3">
          Expires <Time iso={invite.expiresAt} />
        </span>
      </p>
      <ActionForm
        action={revokeInviteAction}
        label={`Take back the invitation of ${invite.createdAt}`}
        className="justify-items-end gap-1"
      >
        <input type="hidden" name="inviteId" value={invite.id} />
        <SubmitButton isQuiet pendingText="Taking back">
          Take back
        </SubmitButton>
        <FormMessage />
      </ActionForm>
    </li>
  );
}
