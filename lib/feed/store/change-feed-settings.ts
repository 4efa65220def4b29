import { z } from 'zod';
import { appendEvent } from '#lib/audit/append-event.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { orgTransaction } from '#lib/orgs/org-transaction.ts';
import type { KeyKeeper } from './change-keys.ts';
import { lockFeed, publishFeed } from './publish-feed.ts';

export const ON_STALE = ['keep', 'block_new', 'deny'] as const;

const settingsSchema = z.object({
  onStale: z.enum(ON_STALE),
  /** Up to a year: whoever wants longer carries archives. */
  graceSeconds: z.int().min(0).max(31_536_000),
  refreshSeconds: z.int().min(5).max(3600),
});

export type FeedSettings = z.infer<typeof settingsSchema>;

/** What gateways do when the feed is not refreshed, and how often they ask. Published at once. Throws UNPROCESSABLE. */
export async function changeFeedSettings({
  keeper: { org, actor },
  settings,
  now = new Date(),
}: {
  keeper: KeyKeeper;
  settings: FeedSettings;
  now?: Date;
}): Promise<{ serial: number | null }> {
  const parsed = settingsSchema.safeParse(settings);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new DomainError('UNPROCESSABLE', `${path.join('.')}: ${message}.`);
  }
  return orgTransaction(org.id, async (tx) => {
    const feed = await lockFeed(tx, org.id);
    const changes = Object.entries(parsed.data).filter(([name, value]) => feed[name as keyof FeedSettings] !== value);
    if (changes.length === 0) return { serial: null };
    await tx.feed.update({ where: { orgId: org.id }, data: parsed.data });
    await appendEvent(tx, {
      orgId: org.id,
      kind: 'feed.settings-changed',
      actor,
      subject: { changes: changes.map(([name, value]) => `${name} ${value}`).join(', ') },
      now,
    });
    return { serial: await publishFeed(tx, { orgId: org.id, reason: 'settings changed', actor, now }) };
  });
}
