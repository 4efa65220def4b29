import type { ReactNode } from 'react';
import { cn } from '../cn.ts';

/** Pairs of a word and a fact. */
export function Facts({ children, className }: { children: ReactNode; className?: string }) {
  return <dl className={cn('grid gap-3 text-sm', className)}>{children}</dl>;
}

/** One pair; left out where there is no fact. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div className="min-w-0">
      <dt className="label">{label}</dt>
      <dd className="text-ink">{children}</dd>
    </div>
  );
}
