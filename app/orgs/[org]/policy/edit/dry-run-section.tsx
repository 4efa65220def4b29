import { type DryRunCounts, type DryRunResult, type DryRunSample, dryRunNotes } from '#lib/orgs/policy/dry-run.ts';
import type { DryRunView } from '#lib/orgs/policy/dry-runs.ts';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { RefreshWhile } from '../../../../components/refresh-while.tsx';
import { Section } from '../../../../components/section.tsx';
import { Time } from '../../../../components/time.tsx';
import { countOf, formatNumber } from '../../../../text/count-of.ts';
import { OUTCOME_WORDS } from '../policy-words.ts';

/** What a draft would do, or how far the worker is. */
export function DryRunSection({ run }: { run: DryRunView }) {
  const isOn = run.state === 'waiting' || run.state === 'running';
  return (
    <Section
      id="dry-run"
      title="What it would do"
      aside={
        <>
          Tried <Time iso={run.createdAt} withTime />
          {run.comparedWith !== null && `, against version ${run.comparedWith}`}
        </>
      }
    >
      <RefreshWhile isOn={isOn} />
      {isOn && (
        <p role="status" className="text-sm">
          {run.total === 0
            ? 'A worker takes it in a moment.'
            : `Looked at ${formatNumber(run.done)} of ${formatNumber(run.total)} versions.`}{' '}
          <span className="text-ink-3">Reload the page if it does not change by itself.</span>
        </p>
      )}
      {run.error && <Notice>{run.error}</Notice>}
      {run.result && <Result result={run.result} />}
    </Section>
  );
}

function Result({ result }: { result: DryRunResult }) {
  const { catalog, entries, samples, falling } = result;
  return (
    <div className="grid gap-6">
      {dryRunNotes(result).map((note) => (
        <Notice key={note}>
          <HostileText>{note}</HostileText>
        </Notice>
      ))}
      <table className="w-full max-w-2xl text-sm">
        <thead>
          <tr className="border-line-strong border-b text-left">
            <th className="py-1 font-medium">Versions</th>
            <th className="py-1 text-right font-medium">All</th>
            <th className="py-1 text-right font-medium">Approve</th>
            <th className="py-1 text-right font-medium">Deny</th>
            <th className="py-1 text-right font-medium">Person</th>
          </tr>
        </thead>
        <tbody>
          <Counts label="In the catalog" counts={catalog} />
          <Counts label="Approved today" counts={entries} />
        </tbody>
      </table>
      <p className="text-ink-2 text-sm">
        Against the policy in force: {formatNumber(catalog.newlyApproved)} newly approved,{' '}
        {formatNumber(catalog.newlyDenied)} newly denied, {formatNumber(catalog.newlyReviewed)} not approved any more.
        {catalog.cooling > 0 && ` ${countOf(catalog.cooling, 'version')} would wait for the cool-down.`}{' '}
        <span className="text-ink-3">{result.msPerDecision.toFixed(1)} ms a decision.</span>
      </p>
      <Samples title="Approved today, and denied by this text" rows={falling} all={entries.deny} />
      <Samples title="Newly approved" rows={samples.newlyApproved} all={catalog.newlyApproved} />
      <Samples title="Newly denied" rows={samples.newlyDenied} all={catalog.newlyDenied} />
      <Samples title="Not approved any more" rows={samples.newlyReviewed} all={catalog.newlyReviewed} />
      <Samples title="Could not be evaluated" rows={samples.errors} all={catalog.errors} />
    </div>
  );
}

function Counts({ label, counts }: { label: string; counts: DryRunCounts }) {
  return (
    <tr className="border-line border-b">
      <th scope="row" className="py-1 text-left font-normal">
        {label}
      </th>
      {[counts.versions, counts.approve, counts.deny, counts.review].map((number, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the columns never move
        <td key={index} className="py-1 text-right tabular-nums">
          {formatNumber(number)}
        </td>
      ))}
    </tr>
  );
}

function Samples({ title, rows, all }: { title: string; rows: DryRunSample[]; all: number }) {
  if (rows.length === 0) return null;
  return (
    <div>
      <h3 className="mb-1 font-medium text-sm">
        {title}{' '}
        <span className="font-normal text-ink-3">
          {rows.length < all ? `${rows.length} of ${formatNumber(all)}` : formatNumber(all)}
        </span>
      </h3>
      <ul className="divide-y divide-line">
        {rows.map(({ serverName, version, before, after, reason }) => (
          <li key={`${serverName} ${version}`} className="grid gap-x-4 py-1.5 text-sm sm:grid-cols-2">
            <span className="break-words font-mono">
              {serverName} {version}
            </span>
            <span>
              {before === null ? '' : `${OUTCOME_WORDS[before]} → `}
              {OUTCOME_WORDS[after]}{' '}
              <span className="text-ink-3">
                <HostileText>{reason}</HostileText>
              </span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
