import type { Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { createOrg } from '#lib/orgs/create-org.ts';
import { createPublisher } from '#lib/publishers/create-publisher.ts';
import type { Finding } from '#scanners/types.ts';
import { createUser, publishTestVersion, viewerOf } from '#tests/instance.ts';
import { POISON, toolsSaying } from '#tests/scans/rescan/stored.ts';

/** A publisher that holds the namespace `org.<slug>`, with an owner, and a poisoned server of its own. */
export async function accusedPublisher(slug: string) {
  const user = await createUser(`Owner-${slug}`);
  const { id } = await createPublisher({ viewer: user, slug, displayName: `Publisher ${slug}` });
  await db().namespace.create({
    data: { name: `org.${slug}`, proofKind: 'granted', proof: {}, provenAt: new Date(), publisherId: id },
  });
  const serverName = `org.${slug}/forecast`;
  await publishTestVersion(serverName, '1.0.0', { tools: toolsSaying('forecast', POISON) });
  return { owner: await viewerOf(user.id), publisherId: id, serverName, version: '1.0.0' };
}

/** A member of an organization, or of a publisher, with that role. */
export async function memberOf(of: { orgId: string; role: 'reviewer' | 'requester' | 'auditor' }): Promise<Viewer> {
  const user = await createUser(`Member-${of.orgId}-${of.role}`);
  await db().orgMember.create({ data: { userId: user.id, ...of } });
  return viewerOf(user.id);
}

export async function orgWithOwner(slug: string) {
  const user = await createUser(`Boss-${slug}`);
  const { id } = await createOrg({ viewer: user, slug, displayName: `Org ${slug}` });
  return { orgId: id, orgSlug: slug, owner: await viewerOf(user.id) };
}

/** The findings of the scan that counts. */
export async function findingsOf(serverName: string, version = '1.0.0'): Promise<Finding[]> {
  const scan = await db().scan.findFirstOrThrow({ where: { currentOf: { serverName, version } } });
  return scan.findings as unknown as Finding[];
}

export const accusationsOf = async (serverName: string, version = '1.0.0'): Promise<Finding[]> =>
  (await findingsOf(serverName, version)).filter((finding) => finding.class === 'accusation');
