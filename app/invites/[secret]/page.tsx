import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { INVITE_ENDED, type InviteState } from '#lib/auth/invite-secrets.ts';
import { getOrgInvite } from '#lib/orgs/members/invites.ts';
import { getInvite } from '#lib/publishers/invites.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { PendingLink } from '../../components/nav-link.tsx';
import { Time } from '../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import type { Action } from '../../forms/action-state.ts';
import { acceptInvite } from '../../orgs/[org]/members/actions.ts';
import { consolePath, orgPath, signInPath } from '../../paths.ts';
import { acceptInviteAction } from '../../publish/member-actions.ts';
import { currentViewer } from '../../viewer.ts';

export const metadata: Metadata = { title: 'Invitation', robots: { index: false } };

type Props = { params: Promise<{ secret: string }> };

/** An invitation to a publisher or an organization. Looking at it does nothing; the button accepts it. */
export default async function InvitePage({ params }: Props) {
  const [{ secret }, viewer] = await Promise.all([params, currentViewer()]);
  if (!viewer) redirect(signInPath(`/invites/${encodeURIComponent(secret)}`));
  const invite = await findInvite(secret);
  const membership =
    invite && viewer[invite.kind === 'publisher' ? 'publishers' : 'orgs'].find(({ slug }) => slug === invite.to.slug);
  return (
    <div className="max-w-prose">
      <h1 className="font-semibold text-2xl tracking-tight">Invitation</h1>
      {invite === null ? (
        <Words>There is no such invitation. Check that the link is whole.</Words>
      ) : membership ? (
        <Words>
          You belong to{' '}
          <PendingLink href={invite.path} className="link">
            <HostileText>{membership.displayName}</HostileText>
          </PendingLink>{' '}
          already, as {membership.role}.
        </Words>
      ) : invite.state !== 'open' ? (
        <Words>{INVITE_ENDED[invite.state]}</Words>
      ) : (
        <>
          <Words>
            You are invited to the {invite.kind} <HostileText>{invite.to.displayName}</HostileText> (
            <span className="font-mono text-sm">{invite.to.slug}</span>) as {invite.role}. You are signed in as{' '}
            <HostileText>{viewer.name}</HostileText>.
          </Words>
          <ActionForm action={invite.accept} label="Accept the invitation" className="mt-4">
            <input type="hidden" name="inviteSecret" value={secret} />
            <SubmitButton pendingText="Joining">Accept</SubmitButton>
            <FormMessage />
          </ActionForm>
          <p className="mt-3 text-ink-3 text-sm">
            It works once, until <Time iso={invite.expiresAt} />.
          </p>
        </>
      )}
    </div>
  );
}

const Words = ({ children }: { children: ReactNode }) => <p className="mt-2 text-ink-2">{children}</p>;

type Invite = {
  kind: 'publisher' | 'organization';
  to: { slug: string; displayName: string };
  state: InviteState;
  role: string;
  expiresAt: string;
  path: string;
  accept: Action;
};

async function findInvite(secret: string): Promise<Invite | null> {
  const [publisher, org] = await Promise.all([getInvite(secret), getOrgInvite(secret)]);
  if (publisher) {
    const { publisher: to, ...rest } = publisher;
    return { kind: 'publisher', to, ...rest, path: consolePath(to.slug), accept: acceptInviteAction };
  }
  if (!org) return null;
  const { org: to, ...rest } = org;
  return { kind: 'organization', to, ...rest, path: orgPath(to.slug), accept: acceptInvite };
}
