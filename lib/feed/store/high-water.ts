import path from 'node:path';
import { z } from 'zod';
import { config } from '#lib/config/config.ts';
import { log } from '#lib/config/log.ts';
import type { Feed } from '#lib/db/client/client.ts';
import { readIfThere, writeAtomically } from '../client/state-files.ts';

const markSchema = z.object({
  epoch: z.int().min(1),
  serial: z.int().min(0),
  targetsVersion: z.int().min(0),
  snapshotVersion: z.int().min(0),
  timestampVersion: z.int().min(0),
});

/** How far a feed had come, as this machine has seen it committed. Outside of the database, so that a restored backup is noticed. */
export type HighWater = z.infer<typeof markSchema>;

const fileOf = (orgId: string) => path.join(config().dataDir, 'feed-high-water', `${orgId.replace(/\W/g, '_')}.json`);

/** Null when there is none, or when it cannot be read: it is a second guard, and must not stop the first. */
export async function readHighWater(orgId: string): Promise<HighWater | null> {
  try {
    const bytes = await readIfThere(fileOf(orgId));
    return bytes && markSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    log.warn({ orgId, error: String(error) }, 'the high-water file of a feed cannot be read');
    return null;
  }
}

/** Remembers a row that is committed. Never goes down. */
export async function noteHighWater(feed: Pick<Feed, 'orgId' | keyof HighWater>): Promise<void> {
  if (feed.serial === 0) return;
  const { epoch, serial, targetsVersion, snapshotVersion, timestampVersion } = feed;
  const mark: HighWater = { epoch, serial, targetsVersion, snapshotVersion, timestampVersion };
  const known = await readHighWater(feed.orgId);
  if (known && !isAbove(mark, known)) return;
  try {
    const highest = known && known.epoch === epoch ? maxOf(mark, known) : mark;
    await writeAtomically(fileOf(feed.orgId), `${JSON.stringify(highest)}\n`);
  } catch (error) {
    log.warn({ orgId: feed.orgId, error: String(error) }, 'the high-water file of a feed cannot be written');
  }
}

/** Whether `a` has anything that `b` has not reached. */
export const isAbove = (a: HighWater, b: HighWater): boolean =>
  a.epoch > b.epoch ||
  (a.epoch === b.epoch &&
    (a.serial > b.serial ||
      a.targetsVersion > b.targetsVersion ||
      a.snapshotVersion > b.snapshotVersion ||
      a.timestampVersion > b.timestampVersion));

const maxOf = (a: HighWater, b: HighWater): HighWater => ({
  epoch: a.epoch,
  serial: Math.max(a.serial, b.serial),
  targetsVersion: Math.max(a.targetsVersion, b.targetsVersion),
  snapshotVersion: Math.max(a.snapshotVersion, b.snapshotVersion),
  timestampVersion: Math.max(a.timestampVersion, b.timestampVersion),
});
