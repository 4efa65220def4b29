import type { FeedPage } from '#lib/feed/store/get-feed-page.ts';
import { CodeBlock } from '../../../components/code-block.tsx';
import { Section } from '../../../components/section.tsx';
import { TokenList } from '../../../components/token-list.tsx';
import { NewTokenForm } from '../../../forms/new-token-form.tsx';
import { revokeTokenAction } from '../../../publish/actions.ts';
import { issueGatewayTokenAction } from '../../actions.ts';

/** From the trust file to a gateway in an MCP client. */
export function Connect({ slug, example, canDownload }: { slug: string; example: string; canDownload: boolean }) {
  const step = 'mb-1.5 text-sm text-ink-2';
  return (
    <Section id="connect" title="Connect a gateway">
      <ol className="grid gap-5">
        <li>
          <p className={step}>
            1. Download the trust file once, over a connection that you trust, and put it where the gateway runs. It
            holds the keys that the gateway believes; the feed itself never hands them out.
          </p>
          {canDownload ? (
            <p className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <a
                href={`/orgs/${slug}/feed-trust.json`}
                download="feed-trust.json"
                className="inline-block rounded-md bg-accent px-3.5 py-1.5 font-medium text-on-accent text-sm hover:opacity-90"
              >
                Download feed-trust.json
              </a>
              <a
                href={`/orgs/${slug}/feed-trust.json?access=token`}
                download="feed-trust.json"
                className="link text-sm"
              >
                For gateways that read with a token
              </a>
            </p>
          ) : (
            <p className="text-ink-3 text-sm">Owners and reviewers can download it.</p>
          )}
        </li>
        <li>
          <p className={step}>
            2. Check that the feed verifies. This writes the allowlist, or says what is wrong with it.
          </p>
          <CodeBlock text="npx hallmark feed pull --trust feed-trust.json" what="the command that checks the feed" />
        </li>
        <li>
          <p className={step}>
            3. Put the gateway into an MCP client in place of the server. It starts the approved version and refuses
            every tool that is not approved or has changed.
          </p>
          <CodeBlock
            text={`npx hallmark gateway --trust feed-trust.json -- ${example}`}
            what="the command of the gateway"
          />
          <p className="mt-1.5 text-ink-3 text-sm">
            Run both in a checkout of Hallmark, where npx finds its own command.
          </p>
        </li>
      </ol>
    </Section>
  );
}

export function GatewayTokens({ slug, tokens }: { slug: string; tokens: FeedPage['tokens'] }) {
  return (
    <Section id="tokens" title="Gateway tokens" aside="They read the feed and say what a gateway runs">
      <TokenList tokens={tokens} revoke={revokeTokenAction} nothing="There are no tokens." />
      <details className="mt-3">
        <summary className="link w-fit text-sm">New token</summary>
        <div className="sheet mt-2 p-4">
          <NewTokenForm
            action={issueGatewayTokenAction}
            label="New gateway token"
            placeholder="gateway of the build farm"
          >
            <input type="hidden" name="orgSlug" value={slug} />
          </NewTokenForm>
        </div>
      </details>
    </Section>
  );
}
