import type { TextPart } from '#scanners/drift/index.ts';
import { cn } from '../../../../cn.ts';
import { HostileText } from '../../../../components/hostile-text.tsx';
import { shortenSame } from './shorten-same.ts';

/** A text with what was added underlined and what was removed struck; invisible characters drawn, long unchanged parts cut. */
export function TextDifference({ parts, className }: { parts: TextPart[]; className?: string }) {
  return (
    <p
      className={cn(
        'whitespace-pre-wrap rounded-md border border-line bg-well px-3 py-2 font-mono text-xs leading-5',
        className,
      )}
    >
      {shortenSame(parts).map(({ op, text, start }) => {
        const key = `${op} ${start}`;
        if (op === 'same') return <HostileText key={key}>{text}</HostileText>;
        if (op === 'removed')
          return (
            <del key={key} className="text-ink-3 decoration-ink-3">
              <HostileText>{text}</HostileText>
            </del>
          );
        return (
          <ins key={key} className="bg-accent-wash font-medium decoration-2 decoration-accent underline-offset-3">
            <HostileText>{text}</HostileText>
          </ins>
        );
      })}
    </p>
  );
}
