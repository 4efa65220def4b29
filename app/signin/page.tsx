import type { Metadata } from 'next';
import Link from 'next/link';
import { signInProviders } from '#lib/auth/providers.ts';
import { HostileText } from '../components/hostile-text.tsx';
import { Notice } from '../components/notice.tsx';
import { HouseMark } from '../components/wordmark.tsx';
import { returnPathOf } from '../safe-url.ts';
import { currentViewer } from '../viewer.ts';
import { ProviderButton } from './provider-button.tsx';

export const metadata: Metadata = { title: 'Sign in', robots: { index: false } };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** NextAuth's error codes in words; its documentation lists them under "Error codes". */
const ERRORS: Record<string, string> = {
  Verification: 'This sign-in link was used already or is older than 24 hours. Print a new one.',
  OAuthAccountNotLinked: 'There is already an account with this e-mail address. Sign in the way you did before.',
  AccessDenied: 'The provider did not let you in.',
  Configuration: 'Sign-in is not set up correctly on this instance. Its log says what is missing.',
};

export default async function SignInPage({ searchParams }: Props) {
  const { error, callbackUrl, again } = await searchParams;
  const viewer = await currentViewer();
  const providers = signInProviders();
  const returnTo = returnPathOf(callbackUrl);
  const code = [error].flat()[0];
  return (
    <div className="mx-auto max-w-sm py-10">
      <HouseMark className="size-10" />
      <h1 className="mt-4 font-semibold text-2xl tracking-tight">Sign in</h1>
      <p className="mt-1 text-ink-2">To publish servers and to decide for an organization. Reading needs no account.</p>
      {code && (
        <Notice role="alert" className="mt-4">
          {ERRORS[code] ?? 'You were not signed in. Try again, or try another way.'}
        </Notice>
      )}
      {again === 'groups' && viewer && (
        <Notice className="mt-4">
          You belong to this organization by a group of the single sign-on. Sign in again, so that the group is
          confirmed.
        </Notice>
      )}
      {viewer && again !== 'groups' ? (
        <p className="mt-6">
          You are signed in as <HostileText>{viewer.name}</HostileText>.{' '}
          <Link href={returnTo} className="link">
            Go on
          </Link>
        </p>
      ) : (
        <>
          {providers.length > 0 && (
            <ul className="mt-6 grid gap-2">
              {providers.map(({ id, name }) => (
                <li key={id}>
                  <ProviderButton id={id} name={name} returnTo={returnTo} />
                </li>
              ))}
            </ul>
          )}
          <section aria-labelledby="link-title" className="mt-8 border-line border-t pt-5">
            <h2 id="link-title" className="font-medium">
              One-time link for the admin
            </h2>
            <p className="mt-1 text-ink-2 text-sm">
              The first start prints a link that signs in once. Whoever has the terminal of this instance prints a new
              one with <code>npx hallmark admin link</code>
            </p>
            {providers.length === 0 && (
              <p className="mt-3 text-ink-3 text-sm">
                No other way is set up. GitHub needs <code>GITHUB_CLIENT_ID</code> and <code>GITHUB_CLIENT_SECRET</code>
                , single sign-on needs <code>OIDC_ISSUER</code>, <code>OIDC_CLIENT_ID</code> and{' '}
                <code>OIDC_CLIENT_SECRET</code>.
              </p>
            )}
          </section>
        </>
      )}
    </div>
  );
}
