import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { getPublisherPage, type PublisherPage, SERVERS_A_PAGE } from '#lib/publishers/get-publisher-page.ts';
import { ServerCard } from '../../catalog/server-card.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { HostileText } from '../../components/hostile-text.tsx';
import { PageLinks } from '../../components/page-links.tsx';
import { Section } from '../../components/section.tsx';
import { Time } from '../../components/time.tsx';
import { describePublisher } from '../../marks/describe-marks.ts';
import { Mark } from '../../marks/mark.tsx';
import { parsePage, publisherPath } from '../../paths.ts';
import { countOf } from '../../text/count-of.ts';
import { levelSentence } from '../../text/publisher-words.ts';
import { visibleText } from '../../text/split-invisible.ts';
import { History } from './history.tsx';
import { NamespaceList } from './namespace-list.tsx';
import { SignerList } from './signer-list.tsx';

type Props = {
  params: Promise<{ slug: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const load = cache((slug: string, page: number) => getPublisherPage({ slug, page }));

async function loadPublisher({ params, searchParams }: Props): Promise<PublisherPage | null> {
  const [{ slug }, search] = await Promise.all([params, searchParams]);
  // Short names have these characters only, so that nothing else needs to be looked up.
  if (!/^[a-z0-9-]{1,64}$/.test(slug)) return null;
  return load(slug, parsePage(search.page));
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const publisher = await loadPublisher(props);
  if (!publisher) return { title: 'Not found' };
  const title = visibleText(publisher.displayName);
  const description = visibleText(
    `${publisher.displayName} publishes ${countOf(publisher.totalServers, 'MCP server')} here. ${levelSentence(publisher)}`,
  );
  return {
    title,
    description,
    openGraph: { type: 'website', siteName: 'Hallmark', title, description },
    alternates: { types: { 'application/atom+xml': `${publisherPath(publisher.slug)}/feed.xml` } },
    robots: publisher.page > 1 ? { index: false } : undefined,
  };
}

export default async function PublisherRoute(props: Props) {
  const publisher = await loadPublisher(props);
  if (!publisher) notFound();
  return (
    <article>
      <Header publisher={publisher} />
      <div className="mt-8 grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="min-w-0">
          <Section
            id="namespaces"
            title="Namespaces"
            aside="Each with what it rests on. Proofs are looked at again every day"
          >
            <NamespaceList namespaces={publisher.namespaces} />
          </Section>
          <Section id="signers" title="Signers" aside="Manifests that one of these signed count as signed">
            <SignerList signers={publisher.signers} />
          </Section>
          <Servers publisher={publisher} />
          <Section id="history" title="History">
            <History entries={publisher.history} />
          </Section>
        </div>
        <aside className="grid content-start gap-6">
          <Facts>
            <Fact label="Short name">
              <span className="font-mono text-xs">{publisher.slug}</span>
            </Fact>
            <Fact label="Listed here since">
              <Time iso={publisher.createdAt} />
            </Fact>
            <Fact label="Accounts">
              {publisher.hasMembers ? 'has members on this registry' : 'nobody on this registry'}
            </Fact>
          </Facts>
          <WhatItProves />
        </aside>
      </div>
    </article>
  );
}

function Header({ publisher }: { publisher: PublisherPage }) {
  const isDemonstration = publisher.namespaces.some(({ kind }) => kind === 'demonstration');
  const { level, slug, displayName } = publisher;
  const face = describePublisher({ publisher: { level, slug, displayName, proof: null } });
  return (
    <header className="flex items-start gap-4">
      <Mark face={face} className="size-12" />
      <div className="min-w-0">
        <p className="label">{face.word} publisher</p>
        <h1 className="font-semibold text-2xl leading-tight tracking-tight">
          <HostileText>{publisher.displayName}</HostileText>
        </h1>
        <p className="mt-2 max-w-prose text-ink-2">{levelSentence(publisher)}</p>
        {!publisher.hasMembers && !isDemonstration && (
          <p className="mt-2 max-w-prose text-ink-3 text-sm">
            This publisher was made when somebody proved the namespace with the official mcp-publisher command. Nobody
            has an account for it here; the owner of the namespace can take it over in the publisher console by proving
            the namespace there.
          </p>
        )}
      </div>
    </header>
  );
}

function Servers({ publisher }: { publisher: PublisherPage }) {
  const { servers, totalServers, mirroredServers, slug, page } = publisher;
  return (
    <Section id="servers" title={countOf(totalServers, 'server')} aside="As they are now, the latest version of each">
      {servers.length > 0 ? (
        servers.map((card) => <ServerCard key={card.name} card={card} isOfPublisher />)
      ) : (
        <p className="text-ink-3">
          {totalServers > 0 ? 'There are no more on this page.' : 'It publishes nothing here at the moment.'}
        </p>
      )}
      <PageLinks page={page} last={Math.ceil(totalServers / SERVERS_A_PAGE)} href={(to) => publisherPath(slug, to)} />
      {mirroredServers > 0 && (
        <p className="mt-3 text-ink-3 text-sm">
          {countOf(mirroredServers, 'more server')} under these names came from another registry. The publisher has not
          published {mirroredServers === 1 ? 'it' : 'them'} here.
        </p>
      )}
    </Section>
  );
}

/** What the word on this page says, and what it does not. */
function WhatItProves() {
  return (
    <div className="text-ink-2 text-sm">
      <h2 className="label mb-1">What “verified” proves</h2>
      <p>
        Whoever publishes under the namespace controls the domain or the GitHub account of that name. It does not say
        who stands behind it, that the servers are safe, or that they do what they say.
      </p>
      <p className="mt-2">
        <a href="/marks#publisher" className="link">
          How this mark is decided
        </a>
      </p>
    </div>
  );
}
