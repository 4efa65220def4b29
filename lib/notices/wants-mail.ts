import type { Viewer } from '#lib/auth/viewer.ts';
import { config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';

export type MailSettings = {
  /** Whether this instance sends mail at all. */
  isConfigured: boolean;
  orgs: { slug: string; displayName: string; wantsMail: boolean }[];
};

/** Of which of their organizations a person wants mail. */
export async function getMailSettings(viewer: Viewer): Promise<MailSettings> {
  const rows = await db().orgMember.findMany({
    where: { userId: viewer.id },
    orderBy: { org: { slug: 'asc' } },
    select: { wantsMail: true, org: { select: { slug: true, displayName: true } } },
  });
  return {
    isConfigured: config().SMTP_URL !== undefined,
    orgs: rows.map(({ org, wantsMail }) => ({ ...org, wantsMail })),
  };
}

/** A person's own switch; nobody sets it for another. What waits to be sent to them is dropped too. Throws NOT_FOUND. */
export async function setWantsMail({
  viewer,
  orgSlug,
  wantsMail,
}: {
  viewer: Viewer;
  orgSlug: string;
  wantsMail: boolean;
}): Promise<void> {
  const org = viewer.orgs.find(({ slug }) => slug === orgSlug);
  if (!org) throw new DomainError('NOT_FOUND', `There is no organization "${orgSlug}" that you belong to.`);
  await db().$transaction(async (tx) => {
    await tx.orgMember.updateMany({ where: { orgId: org.id, userId: viewer.id }, data: { wantsMail } });
    if (!wantsMail) await tx.mailMessage.deleteMany({ where: { orgId: org.id, userId: viewer.id, state: 'pending' } });
  });
}
