import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { getMailSettings } from '#lib/notices/wants-mail.ts';
import { listOwnTokens } from '#lib/publishers/list-publishers.ts';
import { Fact, Facts } from '../components/facts.tsx';
import { HostileText } from '../components/hostile-text.tsx';
import { PendingLink } from '../components/nav-link.tsx';
import { Section } from '../components/section.tsx';
import { TokenList } from '../components/token-list.tsx';
import { consolePath, signInPath } from '../paths.ts';
import { revokeTokenAction } from '../publish/actions.ts';
import { currentViewer } from '../viewer.ts';
import { MailSettings } from './mail-settings.tsx';
import { SignOutButton } from './sign-out-button.tsx';

export const metadata: Metadata = { title: 'Account', robots: { index: false } };

export default async function AccountPage() {
  const viewer = await currentViewer();
  if (!viewer) redirect(signInPath('/account'));
  const [tokens, mail] = await Promise.all([listOwnTokens(viewer), getMailSettings(viewer)]);
  return (
    <div className="max-w-3xl">
      <div className="mb-8 flex flex-wrap items-start justify-between gap-4">
        <h1 className="font-semibold text-2xl tracking-tight">
          <HostileText>{viewer.name}</HostileText>
        </h1>
        <SignOutButton />
      </div>
      <Facts className="mb-8 sm:grid-cols-2">
        <Fact label="E-mail">{viewer.email ?? 'none'}</Fact>
        <Fact label="Role on this instance">
          {viewer.isInstanceAdmin ? (
            <>
              admin · <Go href="/admin" text="Administration" />
            </>
          ) : (
            'member'
          )}
        </Fact>
      </Facts>
      <Section id="orgs" title="Organizations" aside={<Go href="/orgs" text="All" />}>
        <MembershipList
          nothing="You belong to no organization."
          rows={viewer.orgs.map(({ slug, displayName, role }) => ({ href: `/orgs/${slug}`, slug, displayName, role }))}
        />
      </Section>
      <Section id="mail" title="Mail" aside="Notices of organizations, to your address above">
        <MailSettings settings={mail} />
      </Section>
      <Section id="publishers" title="Publishers" aside={<Go href="/publish" text="Console" />}>
        <MembershipList
          nothing="You belong to no publisher."
          rows={viewer.publishers.map(({ slug, displayName, role }) => ({
            href: consolePath(slug),
            slug,
            displayName,
            role,
          }))}
        />
      </Section>
      <Section id="tokens" title="Publish tokens" aside="That you issued, for any publisher">
        <TokenList tokens={tokens} revoke={revokeTokenAction} nothing="There are no tokens." />
      </Section>
    </div>
  );
}

const Go = ({ href, text }: { href: string; text: string }) => (
  <PendingLink href={href} className="link">
    {text}
  </PendingLink>
);

function MembershipList({
  rows,
  nothing,
}: {
  rows: { href: string; slug: string; displayName: string; role: string }[];
  nothing: string;
}) {
  if (rows.length === 0) return <p className="text-ink-3">{nothing}</p>;
  return (
    <ul className="divide-y divide-line">
      {rows.map(({ href, slug, displayName, role }) => (
        <li key={slug} className="flex flex-wrap items-baseline gap-x-3 py-2">
          <PendingLink href={href} className="link font-medium">
            {displayName}
          </PendingLink>
          <span className="font-mono text-ink-3 text-xs">{slug}</span>
          <span className="ml-auto text-ink-2 text-sm">{role}</span>
        </li>
      ))}
    </ul>
  );
}
