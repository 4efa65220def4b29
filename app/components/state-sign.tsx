import { cn } from '../cn.ts';

/**
 * How a check ended. `good`: it holds. `bad`: it was made and does not hold. `doubt`: it held, and the newest look did not
 * see it. `absent`: there is nothing to check. `silent`: nobody offers it. `unknown`: nobody could say.
 */
export type StateTone = 'good' | 'bad' | 'doubt' | 'absent' | 'silent' | 'unknown';

/** Each state has a shape of its own; no colour is needed to tell them apart, and none is red. */
const SHAPE: Record<StateTone, { path: string; className: string }> = {
  good: { path: 'M3.5 8.5 6.75 11.75 12.5 5', className: 'text-accent' },
  bad: { path: 'M4.5 4.5 11.5 11.5M11.5 4.5 4.5 11.5', className: 'text-ink' },
  doubt: { path: 'M8 3.5V9M8 11.75V12.25', className: 'text-ink' },
  absent: { path: 'M8 3.75A4.25 4.25 0 1 0 8 12.25 4.25 4.25 0 1 0 8 3.75Z', className: 'text-ink-3' },
  silent: { path: 'M4 8H12', className: 'text-ink-3' },
  unknown: {
    path: 'M6 6.25C6 5 6.8 4.25 8 4.25S10 5 10 6.1C10 7.6 8 7.7 8 9.25M8 11.5V11.75',
    className: 'text-ink-3',
  },
};

/** A small sign before the word for a state. Decorative: the word stands beside it. */
export function StateSign({ tone, className }: { tone: StateTone; className?: string }) {
  const { path, className: colour } = SHAPE[tone];
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className={cn('mt-0.5 size-4 shrink-0 self-start', colour, className)}>
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.9" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
