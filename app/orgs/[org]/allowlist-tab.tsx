import { type Allowlist, type AllowlistRow, ENTRY_VIEWS, type EntryView } from '#lib/orgs/allowlist/get-allowlist.ts';
import { cn } from '../../cn.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { PendingLink } from '../../components/nav-link.tsx';
import { PageLinks } from '../../components/page-links.tsx';
import { StateSign } from '../../components/state-sign.tsx';
import { Time } from '../../components/time.tsx';
import { MarkRow } from '../../marks/mark-row.tsx';
import { entryPath, orgPath } from '../../paths.ts';
import { countOf } from '../../text/count-of.ts';
import { ENTRY_WORDS, SOURCE_WORDS } from './entry-words.ts';

const FILTERS: Record<EntryView, string> = {
  approved: 'Approved',
  expiring: 'Ends soon',
  suspended: 'Suspended',
  expired: 'Ended',
  revoked: 'Revoked',
};

type Props = { allowlist: Allowlist; orgSlug: string; state: EntryView | null; text: string };

export function AllowlistTab({ allowlist, orgSlug, state, text }: Props) {
  const { rows, total, page, last, counts } = allowlist;
  if (counts.all === 0) return <NothingYet />;
  const href = (query: { state?: EntryView | null; page?: number }) =>
    orgPath(orgSlug, 'allowlist', {
      ...(query.state ? { state: query.state } : {}),
      ...(text ? { q: text } : {}),
      ...(query.page && query.page > 1 ? { page: String(query.page) } : {}),
    });
  return (
    <div>
      <div className="mb-4 flex flex-wrap items-end gap-x-6 gap-y-3">
        <form method="get" action={orgPath(orgSlug)} className="flex w-full gap-2 sm:w-auto">
          {state && <input type="hidden" name="state" value={state} />}
          <input
            type="search"
            name="q"
            defaultValue={text}
            maxLength={200}
            aria-label="Search the allowlist"
            placeholder="Name, title or reason"
            className="h-9 w-full rounded-md border border-line-strong bg-sheet px-2.5 text-ink text-sm sm:w-64"
          />
          <button
            type="submit"
            className="h-9 shrink-0 rounded-md border border-line-strong px-3 text-sm hover:bg-well"
          >
            Search
          </button>
        </form>
        <nav aria-label="States" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
          <Filter href={href({})} label="All" count={counts.all} isCurrent={state === null} />
          {ENTRY_VIEWS.filter((view) => counts[view] > 0 || view === state).map((view) => (
            <Filter
              key={view}
              href={href({ state: view })}
              label={FILTERS[view]}
              count={counts[view]}
              isCurrent={view === state}
            />
          ))}
        </nav>
      </div>
      {rows.length === 0 ? (
        <p className="text-ink-2">
          Nothing on the list is like this.{' '}
          <PendingLink href={orgPath(orgSlug)} className="link">
            Show all
          </PendingLink>
        </p>
      ) : (
        <ul className="sheet divide-y divide-line">
          {rows.map((row) => (
            <li key={row.serverName} className="px-4 py-3">
              <Row row={row} orgSlug={orgSlug} />
            </li>
          ))}
        </ul>
      )}
      <p className="mt-3 text-ink-3 text-sm">{countOf(total, 'server')}</p>
      <PageLinks page={page} last={last} href={(to) => href({ state, page: to })} />
    </div>
  );
}

function Filter({ href, label, count, isCurrent }: { href: string; label: string; count: number; isCurrent: boolean }) {
  return (
    <PendingLink
      href={href}
      aria-current={isCurrent ? 'true' : undefined}
      className={cn(isCurrent ? 'font-medium text-ink' : 'link')}
    >
      {label} <span className="text-ink-3 text-xs">{count}</span>
    </PendingLink>
  );
}

function Row({ row, orgSlug }: { row: AllowlistRow; orgSlug: string }) {
  const { label, tone } = ENTRY_WORDS[row.state];
  const facts = [
    row.versions.length > 0 && `${row.versions.slice(0, 3).join(', ')}${moreThan(row.versions, 3)}`,
    row.rule !== 'only the versions approved one by one' && row.rule,
    row.versions.length > 0 && countOf(row.tools.allowed, 'tool'),
    row.tools.asked > 0 && `${row.tools.asked} asked each time`,
    row.environments.length > 0 && `in ${row.environments.join(', ')}`,
    row.credentialMode && `${row.credentialMode} credentials`,
    row.source !== 'manual' && SOURCE_WORDS[row.source],
    row.owner && `answered for by ${row.owner}`,
  ].filter((fact): fact is string => typeof fact === 'string');
  return (
    <div className="grid gap-x-6 gap-y-2 md:grid-cols-[minmax(0,1fr)_19rem]">
      <div className="min-w-0">
        <h2 className="font-semibold">
          <PendingLink href={entryPath(orgSlug, row.serverName)} className="hover:text-accent hover:underline">
            <HostileText>{row.title ?? row.serverName}</HostileText>
          </PendingLink>
          {row.title !== null && (
            <span className="ml-2 font-mono font-normal text-ink-3 text-xs">
              <HostileText>{row.serverName}</HostileText>
            </span>
          )}
        </h2>
        <p className="flex flex-wrap items-baseline gap-x-3 text-sm">
          <span className="inline-flex items-baseline gap-1">
            <StateSign tone={tone} />
            {label}
          </span>
          {row.expiresAt && row.state !== 'revoked' && (
            <span className="text-ink-2">
              {row.state === 'expired' ? 'on' : 'until'} <Time iso={row.expiresAt} />
            </span>
          )}
          <span className="text-ink-3">
            <HostileText>{facts.join(' · ')}</HostileText>
          </span>
        </p>
        <p className="text-ink-2 text-sm">
          <q>
            <HostileText>{row.endedReason ?? row.reason}</HostileText>
          </q>
        </p>
        {row.warnings.length > 0 && (
          <ul className="mt-1 border-accent border-l-3 pl-2 text-sm">
            {row.warnings.slice(0, 3).map((warning) => (
              <li key={warning}>
                <HostileText>{warning}</HostileText>
              </li>
            ))}
            {row.warnings.length > 3 && <li className="text-ink-3">{row.warnings.length - 3} more on its page</li>}
          </ul>
        )}
      </div>
      {row.marks && <MarkRow marks={row.marks} of={row.serverName} className="self-start" />}
    </div>
  );
}

const moreThan = (list: readonly string[], shown: number): string =>
  list.length > shown ? ` and ${list.length - shown} more` : '';

function NothingYet() {
  return (
    <div className="max-w-prose">
      <p className="font-medium">Nothing is approved yet.</p>
      <p className="mt-1 text-ink-2">
        Every gateway of this organization refuses every server. Find one in the{' '}
        <PendingLink href="/" className="link">
          catalog
        </PendingLink>{' '}
        and approve a version under Approval on its page.
      </p>
    </div>
  );
}
