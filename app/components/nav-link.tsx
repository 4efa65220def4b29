'use client';

import Link, { useLinkStatus } from 'next/link';
import { usePathname } from 'next/navigation';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from '../cn.ts';

/** Link that shows, inside itself, that its page is on the way. */
export function PendingLink({ children, ...props }: ComponentProps<typeof Link>) {
  return (
    <Link prefetch={false} {...props}>
      {children}
      <Pending />
    </Link>
  );
}

function Pending() {
  const { pending } = useLinkStatus();
  if (!pending) return null;
  return (
    <span
      role="status"
      aria-label="Loading"
      className="late ml-1.5 inline-block size-2.5 animate-spin rounded-full border-2 border-current border-t-transparent align-middle"
    />
  );
}

/** Entry of the site's navigation; marked while its part of the site is open. */
export function NavLink({ href, children }: { href: string; children: ReactNode }) {
  const path = usePathname();
  const isHere =
    href === '/'
      ? path === '/' || path.startsWith('/servers/') || path.startsWith('/publishers/')
      : path === href || path.startsWith(`${href}/`);
  return (
    <PendingLink
      href={href}
      aria-current={isHere ? 'page' : undefined}
      className={cn(
        'border-transparent border-b-2 py-1 text-ink-2 hover:text-ink',
        isHere && 'border-accent font-medium text-ink',
      )}
    >
      {children}
    </PendingLink>
  );
}
