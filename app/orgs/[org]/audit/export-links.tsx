import { orgPath } from '../../../paths.ts';
import type { AuditQuery } from '../../../text/audit-query.ts';

const LINK = 'rounded-md border border-line-strong px-3 py-1 hover:bg-well';

/** Downloads. Of the filter they take the kind and the times, which a file can be verified with. */
export function ExportLinks({ orgSlug, query: { kind, from, to } }: { orgSlug: string; query: AuditQuery }) {
  const narrowed = Object.fromEntries(Object.entries({ kind, from, to }).filter(([, value]) => value)) as Record<
    string,
    string
  >;
  const href = (format: string) => orgPath(orgSlug, 'audit/export', { format, ...narrowed });
  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
      <span className="text-ink-3">
        Export {Object.keys(narrowed).length > 0 ? 'events of this kind and time' : 'all events'}:
      </span>
      <a href={href('jsonl')} download className={LINK}>
        JSONL, verifiable
      </a>
      <a href={href('csv')} download className={LINK}>
        CSV
      </a>
    </div>
  );
}
