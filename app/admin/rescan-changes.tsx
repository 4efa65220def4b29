import Link from 'next/link';
import type { RescanChangeView } from '#lib/scans/rescan/index.ts';
import { HostileText } from '../components/hostile-text.tsx';
import { serverPath } from '../paths.ts';

/** Versions with another grade or other accusations than before, and those that could not be scanned. */
export function RescanChanges({ changes }: { changes: RescanChangeView[] }) {
  return (
    <ul className="divide-y divide-line border-line border-y text-sm">
      {changes.map((change) => (
        <li key={`${change.serverName} ${change.version}`} className="grid gap-x-4 gap-y-0.5 py-2 sm:grid-cols-2">
          <Link
            href={serverPath(change.serverName, { version: change.version, tab: 'findings' })}
            prefetch={false}
            className="link break-all font-mono text-xs leading-5"
          >
            <HostileText>{`${change.serverName} ${change.version}`}</HostileText>
          </Link>
          <div className="min-w-0 text-ink-2">
            {change.error === null ? (
              <p>{movesOf(change).join(', ')}</p>
            ) : (
              <p className="wrap-anywhere">
                Could not be scanned: <HostileText>{change.error}</HostileText>
              </p>
            )}
            {change.added.length > 0 && <Rules label="New" rules={change.added} />}
            {change.removed.length > 0 && <Rules label="Gone" rules={change.removed} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

const Rules = ({ label, rules }: { label: string; rules: string[] }) => (
  <p className="text-ink-3 text-xs">
    {label}: {rules.join(', ')}
  </p>
);

function movesOf({ gradeBefore, gradeAfter, accusationsBefore, accusationsAfter }: RescanChangeView): string[] {
  const grade = (value: string | null) => value ?? 'not graded';
  return [
    ...(gradeBefore === gradeAfter ? [] : [`grade ${grade(gradeBefore)} → ${grade(gradeAfter)}`]),
    ...(accusationsBefore === accusationsAfter ? [] : [`accusations ${accusationsBefore} → ${accusationsAfter}`]),
  ];
}
