import { cn } from '../cn.ts';
import { KeepCurrentVisible } from './keep-current-visible.tsx';
import { PendingLink } from './nav-link.tsx';

export type Tab = { id: string; label: string; href: string; count?: number | null };

/** Parts of a page, each with an address of its own. */
export function TabNav({ tabs, current, label }: { tabs: Tab[]; current: string; label: string }) {
  return (
    <nav aria-label={label} className="relative overflow-x-auto border-line-strong border-b">
      <ul className="flex min-w-max gap-1">
        {tabs.map((tab) => (
          <li key={tab.id}>
            <PendingLink
              href={tab.href}
              scroll={false}
              aria-current={tab.id === current ? 'page' : undefined}
              className={cn(
                '-mb-px block border-transparent border-b-2 px-3 py-2 text-ink-2 text-sm hover:text-ink focus-visible:-outline-offset-2',
                tab.id === current && 'border-accent font-medium text-ink',
              )}
            >
              {tab.label}
              {tab.count != null && <span className="ml-1.5 text-ink-3 text-xs">{tab.count}</span>}
            </PendingLink>
          </li>
        ))}
      </ul>
      <KeepCurrentVisible current={current} />
    </nav>
  );
}
