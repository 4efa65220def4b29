import type { CoveragePart, FactPart, ScanView } from '#lib/catalog/views.ts';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Time } from '../../../components/time.tsx';

const PARTS: [CoveragePart | FactPart, label: string][] = [
  ['manifest', 'Manifest'],
  ['tools', 'Tool definitions'],
  ['package', 'Package'],
  ['live', 'Running server'],
  ['registry', 'Package registry'],
  ['vulnerabilities', 'Known vulnerabilities'],
];

/** What a scan looked at and, said as plainly, what it did not look at and why. */
export function CoverageList({ scan }: { scan: ScanView }) {
  const { coverage } = scan;
  if (!coverage) return null;
  return (
    <div className="grid gap-2 text-sm">
      <ul className="grid gap-1.5">
        {PARTS.map(([part, label]) => {
          const entry = coverage[part];
          if (entry === undefined) return null;
          const { covered, reason } = entry;
          return (
            <li key={part} className="grid grid-cols-[1.25rem_minmax(0,1fr)]">
              <span aria-hidden className={covered ? 'text-accent' : 'text-ink-3'}>
                {covered ? '●' : '○'}
              </span>
              <span>
                {label}: {covered ? 'covered' : 'not covered'}
                {part === 'tools' && covered && scan.definitionsOrigin && `, ${ORIGIN[scan.definitionsOrigin]}`}
                {/* How a server was started is of interest also where it answered. */}
                {(!covered || part === 'live') && reason && (
                  <span className="text-ink-3">
                    {' '}
                    (<HostileText>{reason}</HostileText>)
                  </span>
                )}
              </span>
            </li>
          );
        })}
      </ul>
      <p className="text-ink-3">
        {scan.finishedAt && (
          <>
            Scanned on <Time iso={scan.finishedAt} withTime />
            {scan.rulesetVersion && ', '}
          </>
        )}
        {scan.rulesetVersion && (
          <>
            ruleset <code>{scan.rulesetVersion}</code>
          </>
        )}
      </p>
    </div>
  );
}

const ORIGIN = { live: 'as the running server listed them', declared: 'as they came with the entry' };
