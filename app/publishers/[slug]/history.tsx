import type { HistoryEntry } from '#lib/publishers/publisher-history.ts';
import { HostileText } from '../../components/hostile-text.tsx';
import { PendingLink } from '../../components/nav-link.tsx';
import { Time } from '../../components/time.tsx';
import { publisherPath } from '../../paths.ts';
import { historySentence } from '../../text/publisher-words.ts';

/** What happened to a publisher, newest first. */
export function History({ entries }: { entries: HistoryEntry[] }) {
  if (entries.length === 0) return <p className="text-ink-3">Nothing was recorded.</p>;
  return (
    <ol className="divide-y divide-line text-sm">
      {entries.map((entry) => (
        <li
          key={`${entry.at} ${historySentence(entry)}`}
          className="grid gap-x-4 py-2 first:pt-0 sm:grid-cols-[10rem_minmax(0,1fr)]"
        >
          <span className="text-ink-3">
            <Time iso={entry.at} hint={false} />
          </span>
          <span>
            <HostileText>{historySentence(entry)}</HostileText>
            {'other' in entry && (
              <>
                {' '}
                <PendingLink href={publisherPath(entry.other.slug)} className="link">
                  <HostileText>{entry.other.displayName}</HostileText>
                </PendingLink>
                .
              </>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
