import type { ClientsPage } from '#lib/orgs/published/get-clients-page.ts';
import { CodeBlock } from '../../../components/code-block.tsx';
import { Section } from '../../../components/section.tsx';
import { TokenList } from '../../../components/token-list.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { NewTokenForm } from '../../../forms/new-token-form.tsx';
import { revokeTokenAction } from '../../../publish/actions.ts';
import { changeViewKeyAction, issueViewTokenAction } from './actions.ts';

/** Where clients read the approved list as a registry, and who may. */
export function RegistryAddresses({
  slug,
  registry,
  tokens,
  teams,
  mayManage,
}: Pick<ClientsPage, 'registry' | 'tokens' | 'teams'> & { slug: string; mayManage: boolean }) {
  const shown = tokens.map((token) => ({
    ...token,
    name: token.team ? `${token.name}, team ${token.team}` : token.name,
  }));
  return (
    <Section id="registry" title="Registry view" aside="Only what is approved; anything else is not found">
      <div className="grid gap-x-8 gap-y-4 lg:grid-cols-2">
        <div>
          <p className="mb-1.5 text-ink-2 text-sm">
            For VS Code, Copilot, ToolHive, Docker and Windsurf, which send no credentials: whoever knows this address
            reads the list. Configure it as it is, without a slash or /v0.1 at its end.
          </p>
          <CodeBlock text={registry.withKey} what="the address of the registry view" />
          {mayManage && (
            <ActionForm action={changeViewKeyAction} label="Change the view key" className="mt-3 gap-2">
              <input type="hidden" name="orgSlug" value={slug} />
              <SubmitButton isQuiet pendingText="Changing">
                Change the key
              </SubmitButton>
              <p className="text-ink-3 text-xs">
                Clients with the old address find nothing from then on. With "registry only" they stop every server.
              </p>
              <FormMessage />
            </ActionForm>
          )}
        </div>
        <div>
          <p className="mb-1.5 text-ink-2 text-sm">For what can send a token of this organization.</p>
          <CodeBlock text={registry.withToken} what="the address for tokens" />
          {mayManage && (
            <div className="mt-3">
              <TokenList tokens={shown} revoke={revokeTokenAction} nothing="There are no view tokens." />
              <details className="mt-3">
                <summary className="link w-fit text-sm">New view token</summary>
                <div className="sheet mt-2 p-4">
                  <NewTokenForm action={issueViewTokenAction} label="New view token" placeholder="export job in CI">
                    <input type="hidden" name="orgSlug" value={slug} />
                    {teams.length > 0 && <TeamSelect teams={teams} />}
                  </NewTokenForm>
                </div>
              </details>
            </div>
          )}
        </div>
      </div>
    </Section>
  );
}

function TeamSelect({ teams }: { teams: string[] }) {
  return (
    <label className="grid w-fit gap-1 text-sm">
      <span className="font-medium">Reads</span>
      <select name="teamSlug" className="h-9 rounded-md border border-line-strong bg-sheet px-2 text-ink text-sm">
        <option value="">The whole organization</option>
        {teams.map((team) => (
          <option key={team} value={team}>
            Team {team}
          </option>
        ))}
      </select>
    </label>
  );
}
