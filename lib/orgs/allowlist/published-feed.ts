import type { Tx } from '#lib/db/db.ts';
import type { AllowlistDocument, RevocationsDocument } from '#lib/feed/documents.ts';
import { parseAllowlist, parseRevocations } from '#lib/feed/parse-documents.ts';

export type PublishedFeed = {
  serial: number;
  publishedAt: Date;
  allowlist: AllowlistDocument;
  revocations: RevocationsDocument;
};

/** The documents that gateways of the organization read now, as they were signed. */
export async function publishedFeed(tx: Tx, orgId: string): Promise<PublishedFeed> {
  const row = await tx.feedPublication.findFirstOrThrow({
    where: { orgId },
    orderBy: [{ epoch: 'desc' }, { serial: 'desc' }],
    select: { serial: true, publishedAt: true, allowlistBytes: true, revocationsBytes: true },
  });
  return {
    serial: row.serial,
    publishedAt: row.publishedAt,
    allowlist: parseAllowlist(row.allowlistBytes),
    revocations: parseRevocations(row.revocationsBytes),
  };
}
