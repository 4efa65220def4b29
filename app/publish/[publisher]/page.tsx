import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { getPublisherConsole } from '#lib/publishers/get-publisher-console.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { PendingLink } from '../../components/nav-link.tsx';
import { TabNav } from '../../components/tab-nav.tsx';
import { consolePath, publisherPath, signInPath } from '../../paths.ts';
import { currentViewer } from '../../viewer.ts';
import { MembersTab } from './members-tab.tsx';
import { NamespacesTab } from './namespaces-tab.tsx';
import { OffersTab } from './offers-tab.tsx';
import { SettingsTab } from './settings-tab.tsx';
import { SetupGuide, SetupLine } from './setup-guide.tsx';
import { SignersTab } from './signers-tab.tsx';
import { TokensTab } from './tokens-tab.tsx';
import { VersionsTab } from './versions-tab.tsx';

type Props = {
  params: Promise<{ publisher: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const TABS = ['versions', 'namespaces', 'signers', 'tokens', 'members', 'offers', 'settings'] as const;

const loadPublisher = cache(async (slug: string) => {
  const viewer = await currentViewer();
  return viewer && getPublisherConsole({ viewer, slug });
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const publisher = await loadPublisher((await params).publisher);
  return { title: publisher?.displayName ?? 'Publish', robots: { index: false } };
}

export default async function PublisherConsolePage({ params, searchParams }: Props) {
  const [{ publisher: slug }, search, viewer] = await Promise.all([params, searchParams, currentViewer()]);
  const tab = TABS.find((id) => id === search.tab) ?? 'versions';
  if (!viewer) redirect(signInPath(consolePath(slug, tab === 'versions' ? undefined : tab)));
  const publisher = await loadPublisher(slug);
  if (!publisher) notFound();
  const path = (id: string) => consolePath(slug, id === 'versions' ? undefined : id);
  const waiting = publisher.transfers.incoming.length + publisher.moves.incoming.length;
  return (
    <div>
      <header>
        <p className="text-sm">
          <PendingLink href="/publish" className="link">
            All publishers
          </PendingLink>
        </p>
        <h1 className="font-semibold text-2xl tracking-tight">
          <HostileText>{publisher.displayName}</HostileText>
        </h1>
        <p className="text-ink-3 text-sm">
          <span className="font-mono">{publisher.slug}</span> · {publisher.level} ·{' '}
          {publisher.role ? `your role: ${publisher.role}` : 'you act as an admin of this instance'} ·{' '}
          <PendingLink href={publisherPath(publisher.slug)} className="link">
            public page
          </PendingLink>
        </p>
      </header>
      <div className="mt-5 mb-6">
        <TabNav
          label="Parts of the publisher"
          current={tab}
          tabs={[
            { id: 'versions', label: 'Versions', href: path('versions'), count: publisher.published.versions },
            { id: 'namespaces', label: 'Namespaces', href: path('namespaces'), count: publisher.namespaces.length },
            { id: 'signers', label: 'Signers', href: path('signers'), count: publisher.signers.length },
            { id: 'tokens', label: 'Tokens', href: path('tokens') },
            { id: 'members', label: 'Members', href: path('members'), count: publisher.members.length },
            { id: 'offers', label: 'Moves & transfers', href: path('offers'), count: waiting || null },
            { id: 'settings', label: 'Settings', href: path('settings') },
          ]}
        />
      </div>
      <div className="max-w-4xl">
        {tab === 'versions' ? <SetupGuide publisher={publisher} /> : <SetupLine publisher={publisher} tab={tab} />}
        {tab === 'versions' && <VersionsTab publisher={publisher} search={search} />}
        {tab === 'namespaces' && <NamespacesTab publisher={publisher} proven={search.proven} />}
        {tab === 'signers' && <SignersTab publisher={publisher} />}
        {tab === 'tokens' && <TokensTab publisher={publisher} />}
        {tab === 'members' && <MembersTab publisher={publisher} viewer={viewer} />}
        {tab === 'offers' && <OffersTab publisher={publisher} />}
        {tab === 'settings' && <SettingsTab publisher={publisher} />}
      </div>
    </div>
  );
}
