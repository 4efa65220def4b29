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

/** What decides about a call. */
export type PublishedFeed = Pick<PublishedList, 'serial' | 'publishedAt' | 'allowlist' | 'revocations'>;

type Documents = Pick<PublishedList, 'allowlist' | 'revocations' | 'environments'> & { bytes: number };

/** Documents are kept up to so many bytes as they were published, which are several times that as objects. */
const MOST_BYTES = 32 * 1024 * 1024;
const documents = createRecent<Promise<Documents>>({ limit: 32, weigh: ({ bytes }) => bytes, most: MOST_BYTES });

/** Null before the first publication. The documents are parsed once, since a publication never changes. */
export async function publishedList(orgId: string): Promise<PublishedList | null> {
  const publication = await db().feedPublication.findFirst({
    where: { orgId },
    orderBy: [{ epoch: 'desc' }, { serial: 'desc' }],
    select: { id: true, epoch: true, serial: true, publishedAt: true },
  });
  if (!publication) return null;
  const { bytes: _, ...read } = await documents.get(publication.id, () => readDocuments(publication.id));
  return { ...publication, ...read };
}

/** As text, which the bodies are: through the client's own handling of bytes, ten megabytes cost a second. */
async function readDocuments(id: string): Promise<Documents> {
  const [row] = await db().$queryRaw<{ allowlist: string; revocations: string }[]>`
    select convert_from("allowlistBytes", 'UTF8') as allowlist, convert_from("revocationsBytes", 'UTF8') as revocations
    from "FeedPublication" where id = ${id}`;
  const bodies = [row!.allowlist, row!.revocations].map((text) => Buffer.from(text, 'utf8')) as [Buffer, Buffer];
  const allowlist = parseAllowlist(bodies[0]);
  const versions = allowlist.servers.flatMap((server) => server.versions);
  const environments = [...new Set(versions.flatMap((version) => version.environments ?? []))].sort();
  return {
    allowlist,
    revocations: parseRevocations(bodies[1]),
    environments,
    bytes: bodies[0].length + bodies[1].length,
  };
}
