'use client';

import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from '../cn.ts';

/** A button that opens a small sheet of explanation beside it. Escape and a click elsewhere close it. */
export function Popover({
  trigger,
  triggerLabel,
  triggerClassName,
  heading,
  children,
}: {
  trigger: ReactNode;
  triggerLabel?: string;
  triggerClassName?: string;
  heading: string;
  children: ReactNode;
}) {
  return (
    <Radix.Root>
      <Radix.Trigger aria-label={triggerLabel} className={cn('rounded-sm text-left', triggerClassName)}>
        {trigger}
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          sideOffset={6}
          collisionPadding={12}
          aria-label={heading}
          className="z-50 max-h-(--radix-popover-content-available-height) w-80 max-w-[calc(100vw-1.5rem)] overflow-y-auto rounded-lg border border-line-strong bg-sheet p-4 text-ink text-sm shadow-lg shadow-ink/10"
        >
          <p className="label mb-1">{heading}</p>
          {children}
          <Radix.Arrow className="fill-line-strong" />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
