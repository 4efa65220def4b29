import { config } from '#lib/config/config.ts';
import type { PublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { Section } from '../../components/section.tsx';
import { TokenList } from '../../components/token-list.tsx';
import { NewTokenForm } from '../../forms/new-token-form.tsx';
import { issueTokenAction, revokeTokenAction } from '../actions.ts';
import { ciSnippet, officialCommands } from './publish-snippets.ts';

/** Publish tokens, and how to publish from a terminal or CI. */
export function TokensTab({ publisher }: { publisher: PublisherConsole }) {
  const registry = config().publicUrl;
  const namespace = publisher.namespaces[0]?.name ?? null;
  return (
    <>
      <Section id="tokens" title="Publish tokens" aside="Each publishes under every namespace of this publisher">
        <TokenList tokens={publisher.tokens} revoke={revokeTokenAction} nothing="There are no tokens." />
      </Section>
      <Section id="new-token" title="New token">
        <NewTokenForm
          action={issueTokenAction}
          label="New publish token"
          placeholder="release workflow of acme/weather"
        >
          <input type="hidden" name="publisherSlug" value={publisher.slug} />
        </NewTokenForm>
      </Section>
      <Section id="ci" title="From GitHub Actions" aside="Signs without a key: the workflow's own identity signs">
        <p className="mb-2 text-ink-2 text-sm">
          Set <code>HALLMARK_REPOSITORY</code> and <code>HALLMARK_REF</code> to your copy of Hallmark in the
          repository's variables. A namespace of GitHub needs no token: the job proves it. For another one, put the
          token into the secrets as <code>HALLMARK_TOKEN</code>.
        </p>
        <CodeBlock text={ciSnippet(registry, namespace)} what="the workflow" />
      </Section>
      <Section
        id="official"
        title="With mcp-publisher"
        aside="The official registry's command; it needs no token of ours"
      >
        <p className="mb-2 text-ink-2 text-sm">
          It proves the namespace at every login and sends no signatures. Add the bundle to the version afterwards, or
          publish with <code>hallmark publish --bundle</code>.
        </p>
        <CodeBlock text={officialCommands(registry, namespace)} what="the commands of mcp-publisher" />
      </Section>
    </>
  );
}
