import { log } from '#lib/config/log.ts';
import { expireEntries } from './expire-entries.ts';
import { publishBehind } from './publish-behind.ts';
import { remindOfEnds } from './remind-of-ends.ts';
import { suspendDrifted } from './suspend-drifted.ts';
import { suspendGone } from './suspend-gone.ts';

export type AllowlistTended = {
  expired: number;
  reminded: number;
  suspended: number;
  published: number;
  failed: number;
};

/** An organization whose work fails does not keep the others waiting. */
export type Attempt = (orgId: string, work: () => Promise<void>) => Promise<boolean>;

/**
 * What time and the catalog do to entries, each minute: approvals that end, reminders of those that will, versions that were deleted,
 * lost their signature or changed while the feed was held, and publications that could not be made. Whatever is left undone the next
 * run does.
 */
export async function tendAllowlist({ now = new Date() } = {}): Promise<AllowlistTended> {
  let failed = 0;
  const attempt: Attempt = async (orgId, work) => {
    try {
      await work();
      return true;
    } catch (error) {
      failed += 1;
      log.error({ orgId, err: error }, 'the allowlist of an organization could not be tended');
      return false;
    }
  };
  const expired = await expireEntries({ now, attempt });
  const reminded = await remindOfEnds({ now, attempt });
  const gone = await suspendGone({ now, attempt });
  const drifted = await suspendDrifted({ now, attempt });
  const published = await publishBehind({ now, attempt });
  return { expired, reminded, suspended: gone + drifted, published, failed };
}
