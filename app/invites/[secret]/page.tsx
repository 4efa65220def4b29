import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getInvite, INVITE_ENDED } from '#lib/publishers/invites.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { PendingLink } from '../../components/nav-link.tsx';
import { Time } from '../../components/time.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../forms/action-form.tsx';
import { consolePath, signInPath } from '../../paths.ts';
import { acceptInviteAction } from '../../publish/member-actions.ts';
import { currentViewer } from '../../viewer.ts';

export const metadata: Metadata = { title: 'Invitation', robots: { index: false } };

type Props = { params: Promise<{ secret: string }> };

/** An invitation to a publisher. Looking at it does nothing; the button accepts it. */
export default async function InvitePage({ params }: Props) {
  const [{ secret }, viewer] = await Promise.all([params, currentViewer()]);
  if (!viewer) redirect(signInPath(`/invites/${encodeURIComponent(secret)}`));
  const invite = await getInvite(secret);
  const membership = viewer.publishers.find(({ slug }) => slug === invite?.publisher.slug);
  return (
    <div className="max-w-prose">
      <h1 className="font-semibold text-2xl tracking-tight">Invitation</h1>
      {invite === null ? (
        <p className="mt-2 text-ink-2">There is no such invitation. Check that the link is whole.</p>
      ) : membership ? (
        <p className="mt-2 text-ink-2">
          You belong to{' '}
          <PendingLink href={consolePath(membership.slug)} className="link">
            <HostileText>{membership.displayName}</HostileText>
          </PendingLink>{' '}
          already, as {membership.role}.
        </p>
      ) : invite.state !== 'open' ? (
        <p className="mt-2 text-ink-2">{INVITE_ENDED[invite.state]}</p>
      ) : (
        <>
          <p className="mt-2 text-ink-2">
            You are invited to the publisher <HostileText>{invite.publisher.displayName}</HostileText> (
            <span className="font-mono text-sm">{invite.publisher.slug}</span>) as {invite.role}. You are signed in as{' '}
            <HostileText>{viewer.name}</HostileText>.
          </p>
          <ActionForm action={acceptInviteAction} label="Accept the invitation" className="mt-4">
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
