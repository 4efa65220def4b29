import { mayInOrg } from '#lib/auth/viewer.ts';
import { type FeedPage, getFeedPage } from '#lib/feed/store/get-feed-page.ts';
import { Digest } from '../../../components/digest.tsx';
import { Fact, Facts } from '../../../components/facts.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Section } from '../../../components/section.tsx';
import { Time } from '../../../components/time.tsx';
import { OrgFrame, openOrg, orgMetadata } from '../org-frame.tsx';
import { Connect, GatewayTokens } from './connect.tsx';
import { FeedSettings } from './feed-settings.tsx';
import { Gateways } from './gateways.tsx';
import { Keys } from './keys.tsx';

type Props = { params: Promise<{ org: string }> };

const ON_STALE: Record<string, string> = {
  keep: 'keep what they have, for the time of grace',
  block_new: 'finish open sessions and start no new one',
  deny: 'refuse everything',
};
const MODE: Record<string, string> = {
  allowlist: 'only what is on the list',
  lockdown: 'nothing at all: locked down',
};

export const generateMetadata = ({ params }: Props) => orgMetadata(params, 'Feed');

export default async function OrgFeedRoute({ params }: Props) {
  const { viewer, org } = await openOrg(params, 'feed');
  const { slug, role } = org;
  const page = await getFeedPage({ viewer, orgSlug: slug });
  const canManage = mayInOrg(role, 'keys.manage');
  return (
    <OrgFrame org={org} part="feed">
      <div className="grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="min-w-0">
          {page.isExpired && (
            <Notice className="mb-6" role="status">
              The feed was not signed anew in time, so it answers 503 and gateways go on with what they have. Look
              whether a worker runs and its keys can be used: the log says why.
            </Notice>
          )}
          <Gateways slug={slug} page={page} canManage={canManage} />
          <Connect slug={slug} example={page.example} canDownload={mayInOrg(role, 'feed.trust')} />
          {mayInOrg(role, 'org.manage') && <GatewayTokens slug={slug} tokens={page.tokens} />}
          <Keys slug={slug} page={page} canManage={canManage} />
          {canManage && <FeedSettings slug={slug} page={page} />}
          <Publications publications={page.publications} epoch={page.epoch} />
        </div>
        <aside>
          <Status page={page} />
        </aside>
      </div>
    </OrgFrame>
  );
}

function Status({ page }: { page: FeedPage }) {
  return (
    <Facts>
      <Fact label="Serial">{String(page.serial)}</Fact>
      <Fact label="Epoch">{String(page.epoch)}</Fact>
      <Fact label="Published">
        <Time iso={page.publishedAt} withTime />
      </Fact>
      <Fact label="Head good until">{page.headExpires && <Time iso={page.headExpires} withTime />}</Fact>
      <Fact label="Timestamp good until">{page.freshUntil && <Time iso={page.freshUntil} withTime />}</Fact>
      <Fact label="Root good until">
        <Time iso={page.rootExpires} />
      </Fact>
      <Fact label="Gateways allow">{MODE[page.mode] ?? page.mode}</Fact>
      <Fact label="When it is stale, gateways">{ON_STALE[page.onStale] ?? page.onStale}</Fact>
      <Fact label="Gateways ask every">{`${page.refreshSeconds} s`}</Fact>
      <Fact label="Address">
        <span className="break-all font-mono text-xs">{page.baseUrl}</span>
      </Fact>
    </Facts>
  );
}

function Publications({ publications, epoch }: { publications: FeedPage['publications']; epoch: number }) {
  return (
    <Section id="publications" title="Publications" aside="Each is signed once and never changes">
      <ol className="divide-y divide-line">
        {publications.map((publication) => (
          <li
            key={`${publication.epoch} ${publication.serial}`}
            className="grid gap-x-4 py-2 text-sm sm:grid-cols-[4rem_minmax(0,1fr)_auto]"
          >
            <span className="font-mono">
              {publication.epoch === epoch ? '' : `${publication.epoch}/`}
              {publication.serial}
            </span>
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
  );
}
