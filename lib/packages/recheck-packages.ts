import { loadTrustRoots } from '#lib/catalog/trust-roots.ts';
import { log } from '#lib/config/log.ts';
import { db } from '#lib/db/db.ts';
import type { Manifest } from '#lib/manifest/types.ts';
import { outbound as defaultOutbound, type Outbound } from '#lib/outbound/index.ts';
import { checkPackages } from './check-packages.ts';
import { inParallel } from './in-parallel.ts';
import { packageSettings } from './settings.ts';
import { storePackageChecks } from './store-package-checks.ts';
import type { PackageSettings } from './types.ts';

/** Versions of one run; with a mirrored catalog of tens of thousands the first round takes some days. */
const RUN_LIMIT = 500;
/** No version is begun after this, so that a run ends before its job counts as lost. */
const RUN_MS = 10 * 60_000;
const CONCURRENCY = 2;

export type RecheckOutcome = {
  checked: number;
  /** Versions with a state that is another one than before. */
  changed: string[];
  failed: number;
};

/**
 * Checks the packages of every version that is due: first versions that nobody asked about yet (published before mirrored,
 * the latest of each server first, newest first), then by `nextCheckAt`. The rows are the truth: whatever a worker that
 * was killed left undone is due the next time. Versions that were deleted are left alone.
 */
export async function recheckPackages({
  now = new Date(),
  outbound = defaultOutbound(),
  limit = RUN_LIMIT,
  settings,
  signal,
}: {
  now?: Date;
  outbound?: Outbound;
  limit?: number;
  settings?: PackageSettings;
  signal?: AbortSignal;
} = {}): Promise<RecheckOutcome> {
  const ids = await dueVersions(now, limit);
  const outcome: RecheckOutcome = { checked: 0, changed: [], failed: 0 };
  if (ids.length === 0) return outcome;
  const asked = settings ?? (await packageSettings());
  const roots = await loadTrustRoots();
  const end = performance.now() + RUN_MS;

  await inParallel(
    ids,
    async (versionId) => {
      if (signal?.aborted || performance.now() > end) return;
      try {
        const { manifest } = await db().version.findUniqueOrThrow({
          where: { id: versionId },
          select: { manifest: true },
        });
        const results = await checkPackages({
          manifest: manifest as unknown as Manifest,
          outbound,
          settings: asked,
          roots,
          now,
          signal,
        });
        const actor = { type: 'system', name: 'Hallmark' } as const;
        const { changed } = await db().$transaction((tx) => storePackageChecks(tx, { versionId, results, actor, now }));
        outcome.checked++;
        if (changed > 0) outcome.changed.push(versionId);
      } catch (error) {
        if (signal?.aborted) return;
        outcome.failed++;
        log.warn({ versionId, error: String(error) }, 'the packages of a version could not be checked');
      }
    },
    CONCURRENCY,
  );
  return outcome;
}

async function dueVersions(now: Date, limit: number): Promise<string[]> {
  const rows = await db().$queryRaw<{ id: string }[]>`
    select v.id
    from "Version" v
    left join lateral (
      select min(c."nextCheckAt") as "dueAt" from "PackageCheck" c where c."versionId" = v.id
    ) checks on true
    join "Server" s on s.id = v."serverId"
    left join "Namespace" n on n.name = s.namespace
    where v.status <> 'deleted'
      -- The demonstrations name packages that were never published.
      and not (v.origin = 'example' and n."proofKind" is not distinct from 'demonstration')
      and case jsonb_typeof(v.manifest -> 'packages')
        when 'array' then jsonb_array_length(v.manifest -> 'packages') > 0
        else false
      end
      and (checks."dueAt" is null or checks."dueAt" <= ${now})
    order by
      checks."dueAt" is null and v.origin = 'published' desc,
      checks."dueAt" is not null and v.origin = 'published' desc,
      v."isLatest" desc,
      checks."dueAt" asc nulls first,
      v."publishedAt" desc,
      v.id
    limit ${limit}`;
  return rows.map(({ id }) => id);
}
