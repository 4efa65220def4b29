import { EXPORT_CLIENTS, type ExportClientId } from '#lib/exports/index.ts';
import type { ExportRequest } from '#lib/orgs/published/org-export.ts';
import { cn } from '../../../cn.ts';
import { PendingLink } from '../../../components/nav-link.tsx';
import { clientPath } from './clients-query.ts';

export function ClientNav({ slug, current, asked }: { slug: string; current: ExportClientId; asked: ExportRequest }) {
  return (
    <nav aria-label="Clients">
      <ul className="grid grid-cols-2 gap-x-3 text-sm sm:grid-cols-3 lg:grid-cols-1">
        {Object.entries(EXPORT_CLIENTS).map(([id, { title }]) => (
          <li key={id}>
            <PendingLink
              href={clientPath(slug, id as ExportClientId, asked)}
              scroll={false}
              aria-current={id === current ? 'page' : undefined}
              className={cn(
                'block border-transparent border-l-2 py-1 pl-2.5 text-ink-2 hover:text-ink',
                id === current && 'border-accent font-medium text-ink',
              )}
            >
              {title}
            </PendingLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
