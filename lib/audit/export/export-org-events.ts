import { z } from 'zod';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type EventExport, EXPORT_FORMATS, type ExportFormat, exportEvents } from './export-events.ts';

const time = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).transform((text) => new Date(text));

const querySchema = z.object({
  format: z.enum(EXPORT_FORMATS).default('jsonl'),
  from: time.optional(),
  to: time.optional(),
  kind: z
    .string()
    .regex(/^(\*|[a-z-]+\.(\*|[a-z-]+))$/)
    .optional(),
});

/**
 * An organization's events for those who may read them. A query that is not understood is refused: an export that is
 * something else than what was asked for would mislead. Throws FORBIDDEN, NOT_FOUND, UNAUTHENTICATED, BAD_REQUEST.
 */
export async function exportOrgEvents({
  viewer,
  orgSlug,
  query,
  now = new Date(),
}: {
  viewer: Viewer | null;
  orgSlug: string;
  query: URLSearchParams;
  now?: Date;
}): Promise<EventExport & { format: ExportFormat; fileName: string }> {
  const org = requireOrg(viewer, orgSlug, 'audit.read');
  const given = [...query].filter(([, value]) => value !== '');
  const parsed = querySchema.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map(({ path }) => String(path[0])))].join(', ');
    throw new DomainError(
      'BAD_REQUEST',
      `Not understood: ${names}. format is jsonl or csv; from and to are times such as 2026-11-01 or 2026-11-01T12:00:00Z; kind is a kind or a family such as allowlist.*`,
    );
  }
  const { format, from = null, to = null, kind = null } = parsed.data;
  const actor = actorOf(viewer!);
  const found = await exportEvents({ chain: org.id, org: org.slug, format, from, to, kind, actor, now });
  return { ...found, format, fileName: `audit-${org.slug}-${found.from}-${found.to}.${format}` };
}
