import type { Config } from '#lib/config/config.ts';
import { db } from '#lib/db/db.ts';
import type { Definitions } from '#lib/manifest/types.ts';
import type { Probe, ProbeOptions } from './acquire/probe-remote.ts';
import type { SnapshotCoverage } from './acquire/snapshot.ts';
import { SCAN_LIMITS } from './limits.ts';

/**
 * How the remotes of a version are asked: not at all where HALLMARK_PROBE_REMOTES keeps from it, else once within
 * SCAN_LIMITS.probeEveryMs for each address of a server, whichever of its versions is scanned.
 */
export function remoteProbes(
  { origin, serverId }: { origin: string; serverId: string },
  setting: Config['HALLMARK_PROBE_REMOTES'],
): ProbeOptions | undefined {
  const isAsked = setting === 'all' || (setting === 'published' && origin === 'published');
  return isAsked ? { recent: (url) => recentProbe({ serverId, url, now: new Date() }) } : undefined;
}

/** Scans that are looked through for the last answer; a re-scan with newer rules repeats the time of an older one. */
const LOOK_BACK = 5;

async function recentProbe({
  serverId,
  url,
  now,
}: {
  serverId: string;
  url: string;
  now: Date;
}): Promise<Probe | null> {
  const rows = await db().scan.findMany({
    where: { status: 'done', version: { serverId }, coverage: { path: ['live', 'asked', 'url'], equals: url } },
    orderBy: { finishedAt: 'desc' },
    take: LOOK_BACK,
    select: { definitions: true, definitionsOrigin: true, coverage: true },
  });
  const earliest = now.getTime() - SCAN_LIMITS.probeEveryMs;
  for (const { definitions, definitionsOrigin, coverage } of rows) {
    const { live, tools } = coverage as unknown as SnapshotCoverage;
    if (Date.parse(live.asked?.at ?? '') <= earliest) continue;
    const isLive = definitionsOrigin === 'live';
    return { definitions: isLive ? (definitions as unknown as Definitions) : null, tools: isLive ? tools : live, live };
  }
  return null;
}
