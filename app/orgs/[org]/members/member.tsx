import type { OrgMemberView } from '#lib/orgs/members/members.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Disclosure, Tag } from '../../../components/parts.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { SelectField } from '../../../forms/fields.tsx';
import { countOf } from '../../../text/count-of.ts';
import { changeRole, removeMember } from './actions.ts';
import { ROLE_OPTIONS, ROLE_WORDS } from './role-words.ts';

/** A member with role, teams and, for owners and the person itself, what can be changed. */
export function Member({
  member,
  orgSlug,
  isYou,
  canManage,
}: {
  member: OrgMemberView;
  orgSlug: string;
  isYou: boolean;
  canManage: boolean;
}) {
  const { userId, name, email, role, source, teams, tokens } = member;
  const who = (
    <>
      <input type="hidden" name="orgSlug" value={orgSlug} />
      <input type="hidden" name="userId" value={userId} />
    </>
  );
  return (
    <li aria-label={name} className="py-2">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-medium">
          <HostileText>{name}</HostileText>
          {isYou && <Tag>you</Tag>}
          {source === 'group' && <Tag>by group</Tag>}
        </span>
        <span className="min-w-0 break-all text-ink-3 text-sm">{email}</span>
        <span className="ml-auto text-sm">{ROLE_WORDS[role].label}</span>
      </p>
      {(teams.length > 0 || tokens > 0) && (
        <p className="text-ink-3 text-sm">
          {[...teams, tokens > 0 ? `made ${countOf(tokens, 'token')}` : ''].filter(Boolean).join(', ')}
        </p>
      )}
      {(canManage || isYou) && source === 'manual' && (
        <Disclosure summary={canManage ? 'Change' : 'Leave'}>
          <div className="grid gap-4">
            {canManage && (
              <ActionForm action={changeRole} label={`Role of ${name}`} className="gap-2">
                {who}
                <SelectField name="role" label="Role" options={ROLE_OPTIONS} defaultValue={role} />
                <SubmitButton isQuiet pendingText="Changing">
                  Change role
                </SubmitButton>
                <FormMessage />
              </ActionForm>
            )}
            <ActionForm action={removeMember} label={isYou ? 'Leave' : `Remove ${name}`} className="gap-2">
              {who}
              <p className="text-ink-2 text-sm">
                Invitations that {isYou ? 'you' : 'this person'} made end too. Tokens go on: gateways run on them.
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
