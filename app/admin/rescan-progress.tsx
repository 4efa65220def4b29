import Link from 'next/link';
import type { RescanStatus, RescanSummary, RescanView } from '#lib/scans/rescan/index.ts';
import { Time } from '../components/time.tsx';
import { countOf, formatNumber } from '../text/count-of.ts';

/** How far the newest re-scan is, how fast, and what it changed. */
export function RescanProgress({ status }: { status: RescanStatus }) {
  const { rulesetVersion, due, rescans } = status;
  const [newest] = rescans;
  return (
    <div className="text-sm">
      <p className="text-ink-2">
        The rules are <code>{rulesetVersion}</code>.{' '}
        {due === 0
          ? 'Every scan that counts was made with them.'
          : `${countOf(due, 'version')} wait to be scanned again.`}
      </p>
      {newest && <Progress rescan={newest} />}
      {newest?.summary && newest.summary.overtakenBy === null && <Summary summary={newest.summary} />}
    </div>
  );
}

function Progress({ rescan: { done, failed, total, perMinute, startedAt, finishedAt } }: { rescan: RescanView }) {
  const seen = done + failed;
  return (
    <div className="sheet mt-3 p-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="font-medium">
          {formatNumber(seen)} of {formatNumber(Math.max(total, seen))} versions
        </p>
        <p className="text-ink-3">{perMinute === null ? '' : `${formatNumber(perMinute)} a minute`}</p>
      </div>
      <progress
        value={seen}
        max={Math.max(total, seen, 1)}
        aria-label="Versions scanned again"
        className="mt-2 block h-2 w-full appearance-none overflow-hidden rounded-sm bg-well [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-well [&::-webkit-progress-value]:bg-accent"
      />
      <p className="mt-2 text-ink-3">
        {finishedAt === null ? (
          <>
            Under way since <Time iso={startedAt} withTime />. New publications come first.
          </>
        ) : (
          <>
            Finished <Time iso={finishedAt} withTime />.
          </>
        )}
        {failed > 0 && (
          <>
            {' '}
            {countOf(failed, 'version')} could not be scanned; <code>hallmark rescan</code> tries them again.
          </>
        )}
      </p>
    </div>
  );
}

const gradeWord = (grade: string | null) => (grade === null ? 'not graded' : `grade ${grade}`);

function Summary({ summary: { changed, accused, grades, rules } }: { summary: RescanSummary }) {
  return (
    <>
      <p className="mt-3 first-letter:uppercase">
        {countOf(changed, 'version')} changed, {accused === 0 ? 'none' : formatNumber(accused)} newly accused.
      </p>
      <div className="mt-3 grid gap-6 sm:grid-cols-[14rem_minmax(0,1fr)]">
        {grades.length > 0 && (
          <div>
            <h3 className="label mb-1">Grades</h3>
            <ul className="grid gap-1">
              {grades.map(({ from, to, versions }) => (
                <li key={`${from} ${to}`} className="flex justify-between gap-4">
                  <span>
                    {gradeWord(from)} → {gradeWord(to)}
                  </span>
                  <span className="text-ink-2">{formatNumber(versions)}</span>
                </li>
              ))}
            </ul>
          </div>
        )}
        {rules.length > 0 && <RuleTable rules={rules} />}
      </div>
    </>
  );
}

function RuleTable({ rules }: Pick<RescanSummary, 'rules'>) {
  return (
    <table className="w-full border-collapse">
      <thead>
        <tr className="border-line-strong border-b text-left">
          <th className="label py-1 pr-3">Rule</th>
          <th className="label py-1 pr-3 text-right">New in</th>
          <th className="label py-1 text-right">Gone from</th>
        </tr>
      </thead>
      <tbody>
        {rules.map(({ ruleId, added, removed }) => (
          <tr key={ruleId} className="border-line border-b">
            <td className="break-all py-1 pr-3">
              <Link href={`/rules/${encodeURIComponent(ruleId)}`} prefetch={false} className="link">
                <code>{ruleId}</code>
              </Link>
            </td>
            <td className="py-1 pr-3 text-right">{formatNumber(added)}</td>
            <td className="py-1 text-right">{formatNumber(removed)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
