import { createHash } from 'node:crypto';
import { EXPORTER_VERSION, type ExportClientId, type RenderedExport, renderExport } from '#lib/exports/index.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { exportFacts } from './export-facts.ts';
import { effectivePart, type Part } from './narrowing.ts';
import { publishedList } from './published-list.ts';
import { createRecent } from './recent.ts';

/** What the address of an export asks for beside the client. */
export type ExportRequest = Part & { askAs?: 'deny' | 'allow'; windows?: boolean };

export type OrgExport = RenderedExport & { etag: string; serial: number; publishedAt: Date };

/** Words of manifests change without a publication, and an approval ends by itself: what was made is not kept for long. */
const kept = createRecent<Promise<OrgExport>>({
  limit: 64,
  ageMs: 5000,
  weigh: ({ text }) => text.length,
  most: 64 * 1024 * 1024,
});

/** A client's file of what the organization published last. Throws NOT_FOUND for an unknown team or group. */
export async function orgExport({
  orgId,
  client,
  asked: given,
  now = new Date(),
}: {
  orgId: string;
  client: ExportClientId;
  asked: ExportRequest;
  now?: Date;
}): Promise<OrgExport> {
  const list = await publishedList(orgId);
  if (!list) throw new DomainError('NOT_FOUND', 'The organization has published nothing yet.');
  const asked = effectivePart(list, given);
  const make = async (): Promise<OrgExport> => {
    const { allowlist, revocations, epoch, serial, publishedAt } = list;
    const options = { ...asked, now, ...(await exportFacts(orgId, list)) };
    const rendered = renderExport({ client, allowlist, revocations, options });
    const digest = createHash('sha256').update(rendered.text).digest('base64url').slice(0, 16);
    return { ...rendered, serial, publishedAt, etag: `"${epoch}.${serial}.x${EXPORTER_VERSION}.${digest}"` };
  };
  return kept.get(JSON.stringify([list.id, client, asked]), make, now.getTime());
}
