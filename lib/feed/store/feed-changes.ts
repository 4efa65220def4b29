import { z } from 'zod';
import type { Tx } from '#lib/db/db.ts';
import { isListening, subscribe } from '#lib/db/listener.ts';

/** PostgreSQL channel (NOTIFY) that says which feed has a new head. Heard at commit by every process. */
export const FEED_CHANNEL = 'hallmark_feed';

const changeSchema = z.object({ orgId: z.string(), epoch: z.int(), serial: z.int() });

export type FeedChange = z.infer<typeof changeSchema>;

/** Tells all processes, when this transaction commits, that the feed has other bytes to serve. */
export async function announceFeed(tx: Tx, change: FeedChange): Promise<void> {
  await tx.$executeRaw`select pg_notify(${FEED_CHANNEL}, ${JSON.stringify(change)})`;
}

/** `onMissed`: changes may have gone by unheard, of any organization. Returns what ends it. */
export function watchFeedChanges({
  onChange,
  onMissed,
}: {
  onChange: (change: FeedChange) => void;
  onMissed: () => void;
}): () => void {
  return subscribe(FEED_CHANNEL, {
    onMessage: (payload) => {
      const change = changeSchema.safeParse(parsed(payload));
      if (change.success) onChange(change.data);
      else onMissed();
    },
    onOpen: onMissed,
  });
}

export const hearsFeedChanges = isListening;

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return null;
  }
}
