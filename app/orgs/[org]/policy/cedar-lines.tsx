import type { TextIssue } from '#lib/orgs/policy/policy-text.ts';
import { cn } from '../../../cn.ts';
import { HostileText } from '../../../components/hostile-text.tsx';

/** Lines that an excerpt has before and after. */
const AROUND = 2;

/** A policy text with line numbers, and what is to be said about a line below it. */
export function CedarLines({
  text,
  issues = [],
  marked,
  isExcerpt = false,
}: {
  text: string;
  issues?: readonly TextIssue[];
  /** Only the lines around those that something is said about. */
  isExcerpt?: boolean;
  /** Lines that were added or removed, by number. */
  marked?: ReadonlyMap<number, '+' | '-'>;
}) {
  const lines = text.split('\n');
  return (
    <ol className="max-h-160 overflow-y-auto rounded-md border border-line bg-well py-2 font-mono text-xs leading-5">
      {lines.map((line, index) => {
        const own = issues.filter(({ place }) => place?.line === index + 1);
        if (isExcerpt && !issues.some(({ place }) => place && Math.abs(place.line - index - 1) <= AROUND)) return null;
        const mark = marked?.get(index + 1);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other identity than its number
          <li key={index} className={cn('grid grid-cols-[3rem_minmax(0,1fr)]', mark === '+' && 'bg-accent-wash')}>
            <span aria-hidden="true" className="select-none pr-3 text-right text-ink-3">
              {mark ?? ''} {index + 1}
            </span>
            <span className={cn('whitespace-pre-wrap break-words pr-3', mark === '-' && 'line-through')}>
              <HostileText>{line}</HostileText>
            </span>
            {own.map((issue) => (
              <IssueLine
                key={`${issue.message}${issue.place?.column}`}
                issue={issue}
                className="col-start-2 mr-3 mb-1"
              />
            ))}
          </li>
        );
      })}
    </ol>
  );
}

export function IssueLine({ issue, className }: { issue: TextIssue; className?: string }) {
  const { severity, message, hint, place } = issue;
  return (
    <p
      className={cn(
        'border-l-3 px-2 py-1 font-sans text-sm',
        severity === 'error' ? 'border-ink bg-sheet' : 'border-line-strong bg-sheet',
        className,
      )}
    >
      <span className="font-medium">
        {severity === 'error' ? 'Error' : 'Note'}
        {place && `, line ${place.line}, column ${place.column}`}:
      </span>{' '}
      <HostileText>{message}</HostileText>
      {hint && (
        <span className="text-ink-3">
          {' '}
          <HostileText>{hint}</HostileText>
        </span>
      )}
    </p>
  );
}
