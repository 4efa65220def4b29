import { db } from '#lib/db/db.ts';
import type { AllowlistDocument, RevocationsDocument } from '#lib/feed/documents.ts';
import { parseAllowlist, parseRevocations } from '#lib/feed/parse-documents.ts';
import { createRecent } from './recent.ts';

/** What an organization published last: what its gateways enforce, and what its exports and registry views are made from. */
export type PublishedList = {
  /** Of the publication: another one has another. */
  id: string;
  epoch: number;
  serial: number;
  publishedAt: Date;
  allowlist: AllowlistDocument;
  revocations: RevocationsDocument;
  /** Names that something on the list is locked to, sorted. */
  environments: string[];
};

type Documents = Pick<PublishedList, 'allowlist' | 'revocations' | 'environments'>;

const documents = createRecent<Promise<Documents>>({ limit: 32 });

/** Null before the first publication. The documents are parsed once, since a publication never changes. */
export async function publishedList(orgId: string): Promise<PublishedList | null> {
  const publication = await db().feedPublication.findFirst({
    where: { orgId },
    orderBy: [{ epoch: 'desc' }, { serial: 'desc' }],
    select: { id: true, epoch: true, serial: true, publishedAt: true },
  });
  if (!publication) return null;
  return { ...publication, ...(await documents.get(publication.id, () => readDocuments(publication.id))) };
}

async function readDocuments(id: string): Promise<Documents> {
  const { allowlistBytes, revocationsBytes } = await db().feedPublication.findUniqueOrThrow({
    where: { id },
    select: { allowlistBytes: true, revocationsBytes: true },
  });
  const allowlist = parseAllowlist(allowlistBytes);
  const versions = allowlist.servers.flatMap((server) => server.versions);
  const environments = [...new Set(versions.flatMap((version) => version.environments ?? []))].sort();
  return { allowlist, revocations: parseRevocations(revocationsBytes), environments };
}
