import type { NoComparison, VersionComparison } from '#lib/scans/compare-versions.ts';
import { comparePath } from '../../../../paths.ts';

/** Chooses the two versions. A plain form: it works without JavaScript. */
export function VersionPair({ comparison }: { comparison: VersionComparison | NoComparison }) {
  const { serverName, versions } = comparison;
  if (versions.length < 2) return null;
  const shown = 'reason' in comparison ? null : comparison;
  const choice = (name: 'from' | 'to', label: string, value: string | undefined) => (
    <label className="block min-w-0">
      <span className="label block">{label}</span>
      <select
        key={value}
        name={name}
        defaultValue={value}
        className="h-9 max-w-56 rounded-md border border-line-strong bg-sheet px-2 font-mono text-ink text-sm"
      >
        {versions.map(({ version, isLatest }) => (
          <option key={version} value={version}>
            {version}
            {isLatest ? ' (latest)' : ''}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form action={comparePath(serverName)} className="flex min-w-0 flex-wrap items-end gap-2">
      {choice('from', 'From', shown?.from.version ?? versions[1]?.version)}
      {choice('to', 'To', shown?.to.version ?? versions[0]?.version)}
      <button
        type="submit"
        className="h-9 rounded-md border border-line-strong px-3 font-medium text-sm hover:border-accent hover:text-accent"
      >
        Compare
      </button>
    </form>
  );
}
