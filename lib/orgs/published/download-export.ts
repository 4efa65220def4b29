import { appendEvent } from '#lib/audit/append-event.ts';
import { actorOf, requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { type ExportClientId, exportClient } from '#lib/exports/index.ts';
import { type ExportRequest, type OrgExport, orgExport } from './org-export.ts';

/** An export for a person in the console, who is named in the audit log. Throws UNAUTHENTICATED, FORBIDDEN, NOT_FOUND. */
export async function downloadExport({
  viewer,
  orgSlug,
  client,
  asked,
  now = new Date(),
}: {
  viewer: Viewer | null;
  orgSlug: string;
  client: ExportClientId;
  asked: ExportRequest;
  now?: Date;
}): Promise<OrgExport> {
  const org = requireOrg(viewer, orgSlug, 'exports.read');
  const made = await orgExport({ orgId: org.id, client, asked, now });
  await db().$transaction((tx) =>
    appendEvent(tx, {
      orgId: org.id,
      kind: 'exports.downloaded',
      actor: actorOf(viewer!),
      subject: { client: exportClient(client).title },
      data: { file: made.file, serial: made.serial, ...asked },
      now,
    }),
  );
  return made;
}
