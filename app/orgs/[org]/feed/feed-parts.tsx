import { ORG_PERMISSIONS, type OrgRole } from '#lib/auth/viewer.ts';
import type { OrgPage } from '#lib/orgs/get-org-page.ts';
import { CodeBlock } from '../../../components/code-block.tsx';
import { Digest } from '../../../components/digest.tsx';
import { Fact, Facts } from '../../../components/facts.tsx';
import { Section } from '../../../components/section.tsx';
import { Time } from '../../../components/time.tsx';
import { TokenList } from '../../../components/token-list.tsx';
import { NewTokenForm } from '../../../forms/new-token-form.tsx';
import { revokeTokenAction } from '../../../publish/actions.ts';
import { issueGatewayTokenAction } from '../../actions.ts';

const can = (org: OrgPage, permission: keyof typeof ORG_PERMISSIONS): boolean =>
  (ORG_PERMISSIONS[permission] as readonly OrgRole[]).includes(org.role);

const ON_STALE: Record<string, string> = {
  keep: 'keep what they have, for the time of grace',
  block_new: 'finish open sessions and start no new one',
  deny: 'refuse everything',
};

const MODE: Record<string, string> = {
  allowlist: 'only what is on the list',
  lockdown: 'nothing at all: locked down',
};

export function FeedParts({ org }: { org: OrgPage }) {
  const { feed } = org;
  const example = org.allowlist.find((entry) => entry.state === 'approved')?.serverName ?? 'io.github.acme/weather';
  return (
    <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <div className="min-w-0">
        <Connect org={org} example={example} />
        <Section id="publications" title="Publications" aside="Each is signed once and never changes">
          <ol className="divide-y divide-line">
            {feed.publications.map((publication) => (
              <li key={publication.serial} className="grid gap-x-4 py-2 text-sm sm:grid-cols-[4rem_minmax(0,1fr)_auto]">
                <span className="font-mono">{publication.serial}</span>
                <span className="min-w-0">
                  {publication.reason}
                  <span className="block text-ink-3">
                    <Time iso={publication.publishedAt} withTime />
                  </span>
                </span>
                <Digest value={publication.allowlistSha256} prefix="sha256" what="the digest of the allowlist" />
              </li>
            ))}
          </ol>
        </Section>
        <Section id="keys" title="Keys" aside="Their private parts are sealed with the master key of this instance">
          <ul className="divide-y divide-line">
            {feed.keys.map((key) => (
              <li key={`${key.role} ${key.keyid}`} className="grid gap-x-4 py-2 text-sm sm:grid-cols-[8rem_8rem_auto]">
                <span className="font-medium">{key.role}</span>
                <span className="text-ink-2">{key.algorithm}</span>
                <Digest value={key.keyid} what={`the id of the ${key.role} key`} />
              </li>
            ))}
          </ul>
        </Section>
        {can(org, 'org.manage') && <GatewayTokens org={org} />}
      </div>
      <aside>
        <Facts>
          <Fact label="Serial">{String(feed.serial)}</Fact>
          <Fact label="Epoch">{String(feed.epoch)}</Fact>
          <Fact label="Published">
            <Time iso={feed.publishedAt} withTime />
          </Fact>
          <Fact label="Fresh until">{feed.freshUntil && <Time iso={feed.freshUntil} withTime />}</Fact>
          <Fact label="Gateways allow">{MODE[feed.mode] ?? feed.mode}</Fact>
          <Fact label="When it is stale, gateways">{ON_STALE[feed.onStale] ?? feed.onStale}</Fact>
          <Fact label="Address">
            <span className="font-mono text-xs">{feed.baseUrl}</span>
          </Fact>
        </Facts>
      </aside>
    </div>
  );
}

function Connect({ org, example }: { org: OrgPage; example: string }) {
  const step = 'mb-1.5 text-sm text-ink-2';
  return (
    <Section id="connect" title="Connect a gateway">
      <ol className="grid gap-5">
        <li>
          <p className={step}>
            1. Download the trust file once, over a connection that you trust, and put it where the gateway runs. It
            holds the keys that the gateway believes; the feed itself never hands them out.
          </p>
          {can(org, 'feed.trust') ? (
            <a
              href={`/orgs/${org.slug}/feed-trust.json`}
              download="feed-trust.json"
              className="inline-block rounded-md bg-accent px-3.5 py-1.5 font-medium text-on-accent text-sm hover:opacity-90"
            >
              Download feed-trust.json
            </a>
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

function GatewayTokens({ org }: { org: OrgPage }) {
  return (
    <Section id="tokens" title="Gateway tokens" aside="For gateways that authenticate">
      <TokenList tokens={org.tokens} revoke={revokeTokenAction} nothing="There are no tokens." />
      <details className="mt-3">
        <summary className="link w-fit text-sm">New token</summary>
        <div className="sheet mt-2 p-4">
          <NewTokenForm
            action={issueGatewayTokenAction}
            label="New gateway token"
            placeholder="gateway of the build farm"
          >
            <input type="hidden" name="orgSlug" value={org.slug} />
          </NewTokenForm>
        </div>
      </details>
    </Section>
  );
}
