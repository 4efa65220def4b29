import type { Viewer } from '#lib/auth/viewer.ts';
import { PUBLISHERS_A_PAGE, type PublisherRow, searchPublishers } from '#lib/publishers/search-publishers.ts';
import { HostileText } from '../components/hostile-text.tsx';
import { NamespaceProof } from '../components/namespace-proof.tsx';
import { PendingLink } from '../components/nav-link.tsx';
import { PageLinks } from '../components/page-links.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../forms/action-form.tsx';
import { describePublisher } from '../marks/describe-marks.ts';
import { Mark } from '../marks/mark.tsx';
import { consolePath, parsePage, publisherPath } from '../paths.ts';
import { countOf } from '../text/count-of.ts';
import { setOfficialAction } from './actions.ts';
import { adminPath, type Search } from './admin-tabs.ts';

/** Every publisher, with what its level rests on, and the word of an admin on top of that. */
export async function PublishersTab({ viewer, search }: { viewer: Viewer; search: Search }) {
  const text = ([search.q].flat()[0] ?? '').slice(0, 200);
  const isFailing = search.failing === '1';
  const page = parsePage(search.page);
  const { publishers, total, failing } = await searchPublishers({ viewer, text, isFailing, page });
  return (
    <div className="max-w-4xl">
      <form action="/admin" className="flex flex-wrap items-end gap-3">
        <input type="hidden" name="tab" value="publishers" />
        <label className="min-w-0 flex-1 basis-64">
          <span className="mb-1 block font-medium text-sm">Name, short name or namespace</span>
          <input
            type="search"
            name="q"
            defaultValue={text}
            maxLength={200}
            className="h-9 w-full rounded-md border border-line-strong bg-sheet px-2.5 text-ink text-sm"
          />
        </label>
        <label className="flex h-9 items-center gap-2 text-sm">
          <input type="checkbox" name="failing" value="1" defaultChecked={isFailing} />
          only where a proof fails ({failing})
        </label>
        <button
          type="submit"
          className="h-9 rounded-md border border-line-strong px-3.5 font-medium text-sm hover:bg-well"
        >
          Search
        </button>
      </form>
      <p className="mt-4 mb-2 text-ink-3 text-sm first-letter:uppercase">{countOf(total, 'publisher')}.</p>
      <ul className="divide-y divide-line border-line border-y empty:hidden">
        {publishers.map((row) => (
          <li key={row.slug} className="py-3">
            <Publisher row={row} />
          </li>
        ))}
      </ul>
      <PageLinks
        page={page}
        last={Math.ceil(total / PUBLISHERS_A_PAGE)}
        href={(to) => adminPath('publishers', { q: text, failing: isFailing ? 1 : null, page: to })}
      />
    </div>
  );
}

function Publisher({ row }: { row: PublisherRow }) {
  const { slug, displayName, level, members, namespaces } = row;
  const face = describePublisher({ publisher: { level, slug, displayName, proof: null } });
  const isOfficial = level === 'official';
  const isDemonstration = namespaces.some(({ kind }) => kind === 'demonstration');
  return (
    <div className="grid gap-x-6 gap-y-2 md:grid-cols-[minmax(0,1fr)_auto]">
      <div className="flex min-w-0 items-start gap-3">
        <Mark face={face} className="size-8" />
        <div className="min-w-0">
          <p>
            <PendingLink href={publisherPath(slug)} className="link font-medium">
              <HostileText>{displayName}</HostileText>
            </PendingLink>{' '}
            <span className="font-mono text-ink-3 text-xs">{slug}</span>
          </p>
          <p className="text-ink-3 text-sm">
            {face.word} · {countOf(members, 'member')} ·{' '}
            <PendingLink href={consolePath(slug)} className="link">
              Console
            </PendingLink>
          </p>
        </div>
      </div>
      <ActionForm
        action={setOfficialAction}
        label={isOfficial ? `Take official from ${displayName}` : `Mark ${displayName} as official`}
        className="gap-2 self-start md:justify-items-end"
      >
        <input type="hidden" name="publisherSlug" value={slug} />
        {(level === 'verified' || isOfficial) && !isDemonstration && (
          <SubmitButton isQuiet pendingText="Saving" name="isOfficial" value={isOfficial ? 'no' : 'yes'}>
            {isOfficial ? 'Take official back' : 'Mark as official'}
          </SubmitButton>
        )}
        <FormMessage />
      </ActionForm>
      <details className="text-sm md:col-span-2" open={namespaces.some(({ failingSince }) => failingSince !== null)}>
        <summary className="w-fit text-ink-2">{countOf(namespaces.length, 'namespace')}</summary>
        <ul className="mt-2 grid gap-3">
          {namespaces.map((namespace) => (
            <li key={namespace.name}>
              <p className="font-mono">{namespace.name}</p>
              <NamespaceProof namespace={namespace} />
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
