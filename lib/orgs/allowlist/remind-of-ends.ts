import { appendEvent } from '#lib/audit/append-event.ts';
import { db } from '#lib/db/db.ts';
import { compareVersions } from '#lib/manifest/index.ts';
import { orgTransaction } from '../org-transaction.ts';
import { openRequestInTransaction } from '../requests/open-request.ts';
import { orgSettings } from '../settings.ts';
import type { Attempt } from './tend-allowlist.ts';

const ACTOR = { type: 'system', name: 'Hallmark' } as const;
const DAY_MS = 86_400_000;

/** Days before its end from which an entry is shown as expiring, and is reviewed again. */
export const EXPIRING_DAYS = 30;
/** Days before the end at which the organization is told. */
export const REMINDER_DAYS = [EXPIRING_DAYS, 7] as const;

type Candidate = { expiresAt: Date; remindedAt: Date | null; approvedAt: Date };

/**
 * Whether a reminder is due: one for each of `REMINDER_DAYS`, without those that had passed when the version was approved. Who approves
 * something for a week need not be told at once that it ends in a week.
 */
export function isReminderDue({ expiresAt, remindedAt, approvedAt }: Candidate, now: Date): boolean {
  if (expiresAt <= now) return false;
  return REMINDER_DAYS.some((days) => {
    const at = new Date(expiresAt.getTime() - days * DAY_MS);
    return at <= now && at > approvedAt && (remindedAt === null || remindedAt < at);
  });
}

/** Tells of approvals that end soon, and opens their next review. */
export async function remindOfEnds({ now, attempt }: { now: Date; attempt: Attempt }): Promise<number> {
  const soon = new Date(now.getTime() + EXPIRING_DAYS * DAY_MS);
  const rows = await db().$queryRaw<(Candidate & { id: string; orgId: string })[]>`
    select e.id, e."orgId", e."expiresAt", e."remindedAt", max(a."approvedAt") as "approvedAt"
    from "AllowlistEntry" e join "AllowlistVersion" a on a."entryId" = e.id and a.state = 'approved'
    where e.state = 'approved' and e."expiresAt" > ${now} and e."expiresAt" <= ${soon}
    group by e.id`;
  const due = rows.filter((row) => isReminderDue(row, now));
  let reminded = 0;
  for (const [orgId, own] of Map.groupBy(due, (row) => row.orgId)) {
    await attempt(orgId, async () => {
      for (const { id } of own) if (await remind({ orgId, id, now })) reminded += 1;
    });
  }
  return reminded;
}

async function remind({ orgId, id, now }: { orgId: string; id: string; now: Date }): Promise<boolean> {
  return orgTransaction(orgId, async (tx) => {
    const entry = await tx.allowlistEntry.findFirst({
      where: { id, state: 'approved', expiresAt: { gt: now } },
      include: {
        org: { select: { settings: true } },
        server: { select: { name: true } },
        versions: {
          where: { state: 'approved' },
          select: { approvedAt: true, version: { select: { version: true, publishedAt: true } } },
        },
      },
    });
    if (!entry?.expiresAt || entry.versions.length === 0) return false;
    const { expiresAt, remindedAt } = entry;
    // Of several workers one tells it.
    const approvedAt = new Date(Math.max(...entry.versions.map((row) => row.approvedAt.getTime())));
    if (!isReminderDue({ expiresAt, remindedAt, approvedAt }, now)) return false;
    await tx.allowlistEntry.update({ where: { id }, data: { remindedAt: now, updatedAt: entry.updatedAt } });
    const newest = entry.versions.map(({ version }) => version).sort((a, b) => compareVersions(b, a))[0]!;
    const until = expiresAt.toISOString().slice(0, 10);
    await appendEvent(tx, {
      orgId,
      kind: 'allowlist.expiring',
      actor: ACTOR,
      subject: { server: entry.server.name },
      data: { until, expiresAt: expiresAt.toISOString() },
      now,
    });
    const { reviewDays } = orgSettings(entry.org.settings);
    await openRequestInTransaction(tx, {
      orgId,
      serverId: entry.serverId,
      serverName: entry.server.name,
      version: newest.version,
      kind: 'expiry',
      reason: `Its approval ends on ${until}.`,
      requester: null,
      dueAt: new Date(Math.min(expiresAt.getTime(), now.getTime() + reviewDays * DAY_MS)),
      now,
    });
    return true;
  });
}
