import { listAdminTokens } from '#lib/auth/admin-tokens.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { Section } from '../components/section.tsx';
import { TokenList } from '../components/token-list.tsx';
import { NewTokenForm } from '../forms/new-token-form.tsx';
import { revokeTokenAction } from '../publish/actions.ts';
import { issueAdminTokenAction } from './actions.ts';

/** Tokens with which a machine acts as an admin on the registry API. */
export async function TokensTab({ viewer }: { viewer: Viewer }) {
  const tokens = await listAdminTokens(viewer);
  return (
    <div className="max-w-3xl">
      <Section id="tokens" title="Admin tokens" aside="Of all admins of this instance">
        <p className="mb-3 max-w-prose text-ink-2 text-sm">
          A machine that holds one may replace the manifest and change the status of every server, by <code>PUT</code>{' '}
          and <code>PATCH</code> of the registry API. It ends when its maker is no admin any more.
        </p>
        <TokenList tokens={tokens} revoke={revokeTokenAction} nothing="There are no admin tokens." />
      </Section>
      <Section id="new-token" title="New admin token">
        <NewTokenForm action={issueAdminTokenAction} label="New admin token" placeholder="moderation job">
          {null}
        </NewTokenForm>
      </Section>
    </div>
  );
}
