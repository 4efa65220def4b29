import { cn } from '../../cn.ts';
import { PendingLink } from '../../components/nav-link.tsx';
import { orgPath } from '../../paths.ts';

const PAGES = [
  ['list', 'List', 'allowlist'],
  ['denials', 'Denials', 'denials'],
  ['why', 'Why?', 'why'],
  ['lockdown', 'Lockdown', 'lockdown'],
] as const;

/** Pages of the allowlist, each with an address of its own. */
export function AllowlistNav({
  slug,
  current,
  denials,
}: {
  slug: string;
  current: (typeof PAGES)[number][0] | 'entry';
  denials?: number;
}) {
  return (
    <nav aria-label="Pages of the allowlist" className="mb-5 flex flex-wrap gap-x-5 gap-y-1 text-sm">
      {PAGES.map(([id, label, part]) => (
        <PendingLink
          key={id}
          href={orgPath(slug, part)}
          aria-current={id === current ? 'page' : undefined}
          className={cn(id === current ? 'font-medium text-ink' : 'link')}
        >
          {label}
          {id === 'denials' && denials !== undefined && denials > 0 && (
            <span className="ml-1.5 text-ink-3 text-xs">{denials}</span>
          )}
        </PendingLink>
      ))}
    </nav>
  );
}
