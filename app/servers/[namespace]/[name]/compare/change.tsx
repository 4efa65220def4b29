import type { DriftChange } from '#scanners/drift/index.ts';
import { cn } from '../../../../cn.ts';
import { EvidenceQuote } from '../../../../components/evidence-quote.tsx';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { TextDifference } from './text-difference.tsx';

/** One change with both sides, or with the words that it is about. Red only where it accuses. */
export function Change({ change }: { change: DriftChange }) {
  const accuses = change.class === 'accusation';
  const isMarked = accuses || change.class === 'permission-increase' || change.class === 'origin';
  return (
    <article
      className={cn(
        isMarked && 'sheet border-l-3 p-3',
        accuses ? 'border-l-accusation' : isMarked && 'border-l-accent',
      )}
    >
      <p className={cn(isMarked ? 'font-medium' : 'text-sm')}>
        {accuses && (
          <span className="mr-2 rounded-sm bg-accusation px-1.5 font-medium text-2xs text-on-accusation uppercase leading-5 tracking-wide">
            {change.confidence === 'tentative' ? 'possible poison' : 'poison'}
          </span>
        )}
        <HostileText>{change.message}</HostileText>
      </p>
      {change.evidence ? (
        <EvidenceQuote evidence={change.evidence} accuses={accuses} />
      ) : change.text ? (
        <TextDifference parts={change.text} className="mt-1" />
      ) : (
        <BothSides change={change} />
      )}
      {isMarked && (
        <p className="mt-2 text-ink-3 text-xs">
          In{' '}
          <code>
            {change.location.document} <HostileText>{change.location.pointer}</HostileText>
          </code>
        </p>
      )}
    </article>
  );
}

/** Nothing to say about sides that the sentence says already. */
const SAID: ReadonlySet<DriftChange['kind']> = new Set([
  'permission-added',
  'secret-added',
  'power-added',
  'annotation-widened',
  'annotation-changed',
  'parameter-required',
  'parameter-optional',
  'entry-added',
  'entry-removed',
  'input-added',
  'input-removed',
  'package-added',
  'package-removed',
  'remote-added',
  'remote-removed',
]);

function BothSides({ change: { kind, before, after } }: { change: DriftChange }) {
  if (SAID.has(kind) || (before === null && after === null)) return null;
  return (
    <p className="font-mono text-xs leading-5">
      {before !== null && (
        <del className="text-ink-3 decoration-ink-3">
          <HostileText>{before || '(empty)'}</HostileText>
        </del>
      )}
      {before !== null && after !== null && <span className="text-ink-3"> → </span>}
      {after !== null && (
        <ins className="bg-accent-wash decoration-accent underline-offset-2">
          <HostileText>{after || '(empty)'}</HostileText>
        </ins>
      )}
    </p>
  );
}
