import type { ReactNode } from 'react';
import { cn } from '../cn.ts';

/** A part of a page with its heading, linkable by `id`. */
export function Section({
  id,
  title,
  aside,
  children,
  className,
}: {
  id: string;
  title: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section aria-labelledby={`${id}-title`} id={id} className={cn('mt-8 first:mt-0', className)}>
      <div className="mb-3 flex flex-wrap items-baseline gap-x-3 border-line-strong border-b pb-1.5">
        <h2 id={`${id}-title`} className="font-semibold">
          {title}
        </h2>
        {aside && <div className="text-ink-3 text-sm">{aside}</div>}
      </div>
      {children}
    </section>
  );
}
