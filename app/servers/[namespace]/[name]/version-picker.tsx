'use client';

import { useRouter } from 'next/navigation';
import { useTransition } from 'react';

type Choice = { version: string; isLatest: boolean; status: string };

/** Chooses the version that the page shows. A plain form where there is no JavaScript. */
export function VersionPicker({
  action,
  tab,
  current,
  versions,
}: {
  action: string;
  tab: string;
  current: string;
  versions: Choice[];
}) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();

  const show = (version: string) => {
    const query = new URLSearchParams();
    if (!versions.find((one) => one.version === version)?.isLatest) query.set('version', version);
    if (tab !== 'overview') query.set('tab', tab);
    startTransition(() => router.push(query.size > 0 ? `${action}?${query}` : action, { scroll: false }));
  };

  return (
    <form action={action} className="flex min-w-0 items-end gap-2">
      {tab !== 'overview' && <input type="hidden" name="tab" value={tab} />}
      <label className="block min-w-0">
        <span className="label block">Version</span>
        <select
          key={current}
          name="version"
          defaultValue={current}
          aria-busy={isPending}
          onChange={(event) => show(event.target.value)}
          className="h-9 max-w-full sm:max-w-112 rounded-md border border-line-strong bg-sheet px-2 font-mono text-ink text-sm"
        >
          {versions.map(({ version, isLatest, status }) => (
            <option key={version} value={version}>
              {version}
              {isLatest ? ' (latest)' : ''}
              {status === 'active' ? '' : ` (${status})`}
            </option>
          ))}
        </select>
      </label>
      <noscript>
        <button type="submit" className="h-9 rounded-md border border-line-strong px-3 text-sm">
          Show
        </button>
      </noscript>
    </form>
  );
}
