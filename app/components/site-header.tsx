import Link from 'next/link';
import type { Theme } from '../theme.ts';
import { currentViewer } from '../viewer.ts';
import { HostileText } from './hostile-text.tsx';
import { NavLink } from './nav-link.tsx';
import { ThemeToggle } from './theme-toggle.tsx';
import { Wordmark } from './wordmark.tsx';

export async function SiteHeader({ theme }: { theme: Theme }) {
  const viewer = await currentViewer();
  return (
    <header className="border-line border-b bg-sheet">
      <div className="page flex flex-wrap items-center gap-x-6 gap-y-1 py-2">
        <Link href="/" className="rounded-sm text-ink" aria-label="Hallmark, home">
          <Wordmark />
        </Link>
        <nav aria-label="Site" className="order-last flex w-full gap-5 text-sm sm:order-none sm:w-auto">
          <NavLink href="/">Catalog</NavLink>
          <NavLink href="/publish">Publish</NavLink>
          <NavLink href="/orgs">Organizations</NavLink>
          {viewer?.isInstanceAdmin && <NavLink href="/admin">Admin</NavLink>}
        </nav>
        <div className="ml-auto flex items-center gap-2 text-sm">
          <ThemeToggle initial={theme} />
          {viewer ? (
            <NavLink href="/account">
              <HostileText>{viewer.name}</HostileText>
            </NavLink>
          ) : (
            <Link
              href="/signin"
              className="rounded-md border border-line-strong px-3 py-1 font-medium text-ink hover:bg-well"
            >
              Sign in
            </Link>
          )}
        </div>
      </div>
    </header>
  );
}

export function SiteFooter() {
  return (
    <footer className="mt-16 border-line border-t">
      <div className="page flex flex-wrap gap-x-6 gap-y-2 py-6 text-ink-3 text-sm">
        <p className="mr-auto">Hallmark tests what it lists and shows the evidence.</p>
        <Link href="/marks" className="hover:text-ink">
          How the marks are decided
        </Link>
        <a href="/v0.1/servers" className="hover:text-ink">
          Registry API
        </a>
      </div>
    </footer>
  );
}
