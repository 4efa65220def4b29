import { cn } from '../../../cn.ts';
import { PendingLink } from '../../../components/nav-link.tsx';
import { orgPath } from '../../../paths.ts';

const PAGES = [
  { id: 'policy', label: 'Policy' },
  { id: 'policy/edit', label: 'Change it' },
  { id: 'policy/decisions', label: 'Decisions' },
] as const;

/** The pages of the policy, above each of them. */
export function PolicyNav({
  slug,
  current,
  canEdit,
}: {
  slug: string;
  current: (typeof PAGES)[number]['id'] | null;
  canEdit: boolean;
}) {
  return (
    <nav aria-label="Pages of the policy" className="mb-6">
      <ul className="flex flex-wrap gap-2 text-sm">
        {PAGES.filter(({ id }) => canEdit || id !== 'policy/edit').map(({ id, label }) => (
          <li key={id}>
            <PendingLink
              href={orgPath(slug, id)}
              aria-current={id === current ? 'page' : undefined}
              className={cn(
                'block rounded-md border px-3 py-1',
                id === current ? 'border-accent bg-accent-wash font-medium' : 'border-line-strong hover:bg-well',
              )}
            >
              {label}
            </PendingLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
