import { config } from '#lib/config/config.ts';
import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import { orgSettings } from '#lib/orgs/settings.ts';
import { pruneEvents } from './prune-events.ts';
import { verifyChain } from './verify-chain.ts';

/** The daily job: removes what the owners do not want kept, then verifies every chain. */
export async function tendAudit({
  now,
  signal,
}: {
  now: Date;
  signal?: AbortSignal;
}): Promise<{ removed: number; broken: number }> {
  const orgs = await db().org.findMany({ select: { id: true, settings: true } });
  const chains = [
    { chain: 'instance', days: config().HALLMARK_AUDIT_RETENTION_DAYS ?? null },
    ...orgs.map(({ id, settings }) => ({ chain: id, days: orgSettings(settings).auditRetentionDays })),
  ];
  let [removed, broken] = [0, 0];
  for (const { chain, days } of chains) {
    if (signal?.aborted) break;
    if (days !== null) removed += (await pruneEvents({ chain, days, now })).removed;
    const state = await verifyChain(chain, { now });
    if (state.broken) {
      broken++;
      log.error({ chain, event: state.broken.seq }, `the audit chain does not hold: ${state.broken.message}`);
    }
  }
  return { removed, broken };
}
