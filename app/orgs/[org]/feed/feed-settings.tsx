import type { FeedPage } from '#lib/feed/store/get-feed-page.ts';
import { Disclosure } from '../../../components/parts.tsx';
import { Section } from '../../../components/section.tsx';
import { ActionForm, FormMessage, SubmitButton } from '../../../forms/action-form.tsx';
import { RadioField, TextField } from '../../../forms/fields.tsx';
import { changePathKeyAction, saveFeedSettings } from './actions.ts';

const ON_STALE = [
  { value: 'keep', label: 'Keep what they have', text: 'Running and new sessions are served for the time of grace.' },
  { value: 'block_new', label: 'Start nothing new', text: 'Running sessions are served for the time of grace.' },
  { value: 'deny', label: 'Refuse everything', text: 'At once, without grace.' },
];

export function FeedSettings({ slug, page }: { slug: string; page: FeedPage }) {
  return (
    <Section id="settings" title="Settings">
      <Disclosure summary="What gateways do when the feed is not refreshed">
        <ActionForm action={saveFeedSettings} label="Settings of the feed">
          <input type="hidden" name="orgSlug" value={slug} />
          <RadioField name="onStale" label="When the lease ends" options={ON_STALE} defaultValue={page.onStale} />
          <div className="grid gap-4 sm:grid-cols-2">
            <TextField
              name="graceHours"
              type="number"
              min={0}
              max={8760}
              step="any"
              label="Hours of grace"
              defaultValue={Math.round((page.graceSeconds / 3600) * 100) / 100}
            />
            <TextField
              name="refreshSeconds"
              type="number"
              min={5}
              max={3600}
              label="Seconds between polls"
              hint="With the event stream a change arrives earlier."
              defaultValue={page.refreshSeconds}
            />
          </div>
          <SubmitButton pendingText="Publishing">Save and publish</SubmitButton>
          <FormMessage />
        </ActionForm>
      </Disclosure>
      <Disclosure summary="Change the address">
        <ActionForm action={changePathKeyAction} label="Change the address">
          <input type="hidden" name="orgSlug" value={slug} />
          <p className="text-ink-2 text-sm">
            Where the address of the feed got into wrong hands: the list is read under another one from then on.
            Gateways without a token find nothing at the old one, and refuse in time, until they have the new trust
            file.
          </p>
          <TextField name="confirm" label={`Write ${slug} to confirm`} isMono />
          <SubmitButton pendingText="Changing">Change the address</SubmitButton>
          <FormMessage />
        </ActionForm>
      </Disclosure>
      <Disclosure summary="Export for a network without connection">
        <form method="post" action={`/orgs/${slug}/feed-archive`} className="grid gap-4">
          <p className="text-ink-2 text-sm">
            The list as it is now, signed for a longer time, as one file. On the other side{' '}
            <code>hallmark feed import</code> verifies it with the trust file. What is revoked meanwhile is not known
            there.
          </p>
          <label className="grid max-w-48 gap-1 text-sm">
            <span className="font-medium">Days that it is good for</span>
            <input
              type="number"
              name="days"
              min={1}
              max={page.airgapDays}
              defaultValue={Math.min(14, page.airgapDays)}
              required
              className="h-9 rounded-md border border-line-strong bg-sheet px-2.5"
            />
          </label>
          <button
            type="submit"
            className="justify-self-start rounded-md bg-accent px-3.5 py-1.5 font-medium text-on-accent text-sm hover:opacity-90"
          >
            Download the archive
          </button>
        </form>
      </Disclosure>
    </Section>
  );
}
