import type { ReactNode } from 'react';
import { cn } from '../cn.ts';

/** A remark that people should see before they read on. Neutral; accusations have a form of their own. */
export function Notice({ children, className, role }: { children: ReactNode; className?: string; role?: string }) {
  return (
    <div role={role} className={cn('border-accent border-l-3 bg-accent-wash px-3 py-2 text-ink text-sm', className)}>
      {children}
    </div>
  );
}
