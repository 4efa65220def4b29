import type { Evidence } from '#scanners/types.ts';
import { cn } from '../cn.ts';
import { HostileText } from './hostile-text.tsx';

/** The excerpt with the offending span marked. The scanner has already written out what is invisible. */
export function EvidenceQuote({ evidence, accuses }: { evidence: Evidence; accuses: boolean }) {
  const { excerpt, start, end, decoded } = evidence;
  return (
    <div className="mt-3 rounded-md border border-line bg-well px-3 py-2 font-mono text-xs leading-5">
      <p className="whitespace-pre-wrap">
        <HostileText>{excerpt.slice(0, start)}</HostileText>
        <mark
          className={cn(
            'rounded-sm px-0.5 text-ink',
            accuses
              ? 'bg-accusation-wash underline decoration-2 decoration-accusation underline-offset-3'
              : 'bg-accent-wash underline decoration-accent underline-offset-3',
          )}
        >
          <HostileText>{excerpt.slice(start, end)}</HostileText>
        </mark>
        <HostileText>{excerpt.slice(end)}</HostileText>
      </p>
      {decoded !== undefined && (
        <p className="mt-2 border-line border-t pt-2">
          <span className="font-sans text-ink-3">Decoded: </span>
          <HostileText>{decoded}</HostileText>
        </p>
      )}
    </div>
  );
}
