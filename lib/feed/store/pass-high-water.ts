import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import type { Feed } from '#lib/db/client/client.ts';
import type { Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { type HighWater, isAbove, readHighWater } from './high-water.ts';

/** A mark may lag a little behind what was served: the note is written after the commit. */
const MARGIN = 10;
/** Serials are 32-bit in the database; far below, so that a stolen key cannot use them up unnoticed. */
const MAX_SERIAL = 2_000_000_000;

/** The feed's row as it may go on: past everything that this machine knows to have been served. */
export async function passHighWater(
  tx: Tx,
  { feed, actor, now }: { feed: Feed; actor: Actor; now: Date },
): Promise<Feed> {
  const mark = await readHighWater(feed.orgId);
  if (!mark || feed.serial === 0 || !isAbove(mark, feed)) return feed;
  const reason =
    mark.epoch > feed.epoch
      ? `the database is older than epoch ${mark.epoch}; declare the keys compromised again, as in the drill that began it`
      : `this machine had published serial ${mark.serial}, and the database is older`;
  return jump(tx, { feed, mark, reason, actor, now });
}

/** Sets the counters of a locked row past `mark`, so that readers of what was lost accept what comes. */
export async function jump(
  tx: Tx,
  { feed, mark, reason, actor, now }: { feed: Feed; mark: HighWater; reason: string; actor: Actor; now: Date },
): Promise<Feed> {
  const beyond = (own: number, seen: number) => (seen > own ? seen + MARGIN : own);
  const serial = mark.epoch > feed.epoch ? mark.serial + MARGIN : beyond(feed.serial, mark.serial);
  if (serial > MAX_SERIAL) {
    throw new DomainError(
      'CONFLICT',
      `Serial ${mark.serial} is too far ahead. Begin a new epoch with the recovery key.`,
    );
  }
  const data = {
    epoch: Math.max(feed.epoch, mark.epoch),
    serial,
    targetsVersion: beyond(feed.targetsVersion, mark.targetsVersion),
    snapshotVersion: beyond(feed.snapshotVersion, mark.snapshotVersion),
    timestampVersion: beyond(feed.timestampVersion, mark.timestampVersion),
  };
  const jumped = await tx.feed.update({ where: { orgId: feed.orgId }, data });
  await appendEvent(tx, {
    orgId: feed.orgId,
    kind: 'feed.serial-jumped',
    actor,
    subject: { serial: serial + 1 },
    data: { reason, from: feed.serial, epoch: data.epoch },
    now,
  });
  return jumped;
}
