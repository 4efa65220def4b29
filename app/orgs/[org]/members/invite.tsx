import type { OrgInviteView } from '#lib/orgs/members/invites.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Time } from '../../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { takeBackInvite } from './actions.ts';
import { ROLE_WORDS } from './role-words.ts';

export function Invite({ invite, orgSlug }: { invite: OrgInviteView; orgSlug: string }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <p className="min-w-0 flex-1 basis-64 text-sm">
        {ROLE_WORDS[invite.role].label}
        {invite.note && (
          <>
            , <HostileText>{invite.note}</HostileText>
          </>
        )}
        <span className="block text-ink-3">
          Expires <Time iso={invite.expiresAt} />
        </span>
      </p>
      <ActionForm
        action={takeBackInvite}
        label={`Take back the invitation of ${invite.createdAt}`}
        className="justify-items-end gap-1"
      >
        <input type="hidden" name="orgSlug" value={orgSlug} />
        <input type="hidden" name="inviteId" value={invite.id} />
        <SubmitButton isQuiet pendingText="Taking back">
          Take back
        </SubmitButton>
        <FormMessage />
      </ActionForm>
    </li>
  );
}
