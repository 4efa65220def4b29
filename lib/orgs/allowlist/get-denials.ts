import { personName } from '#lib/auth/person-name.ts';
import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import type { DenyKind } from '#lib/db/client/client.ts';
import { db } from '#lib/db/db.ts';
import { targetOf } from './denials.ts';

export type DenialView = {
  id: string;
  kind: DenyKind;
  target: string;
  reason: string;
  advisory: string | null;
  by: string | null;
  at: string;
  lifted: { at: string; by: string | null; reason: string } | null;
};

const SHOWN_LIFTED = 50;

/** What an organization denies, and what it lifted last. Throws NOT_FOUND for strangers. */
export async function getDenials({
  viewer,
  orgSlug,
}: {
  viewer: Viewer;
  orgSlug: string;
}): Promise<{ standing: DenialView[]; lifted: DenialView[] }> {
  const { id: orgId } = requireOrg(viewer, orgSlug, 'org.read');
  const [standing, lifted] = await Promise.all([
    db().denyEntry.findMany({ where: { orgId, liftedAt: null }, orderBy: { createdAt: 'desc' } }),
    db().denyEntry.findMany({
      where: { orgId, liftedAt: { not: null } },
      orderBy: { liftedAt: 'desc' },
      take: SHOWN_LIFTED,
    }),
  ]);
  const ids = [...standing, ...lifted].flatMap(({ createdById, liftedById }) =>
    [createdById ?? [], liftedById ?? []].flat(),
  );
  const users = await db().user.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, name: true, email: true },
  });
  const nameOf = (id: string | null): string | null => {
    const user = users.find((one) => one.id === id);
    return user ? personName(user) : null;
  };
  const view = (row: (typeof standing)[number]): DenialView => ({
    id: row.id,
    kind: row.kind,
    target: targetOf(row),
    reason: row.reason,
    advisory: row.advisory,
    by: nameOf(row.createdById),
    at: row.createdAt.toISOString(),
    lifted: row.liftedAt && {
      at: row.liftedAt.toISOString(),
      by: nameOf(row.liftedById),
      reason: row.liftedReason ?? '',
    },
  });
  return { standing: standing.map(view), lifted: lifted.map(view) };
}
