import { tendAudit } from '#lib/audit/tend-audit.ts';
import { runDueSyncs } from '#lib/catalog/sync/index.ts';
import type { Config } from '#lib/config/config.ts';
import { log, withLogContext } from '#lib/config/log.ts';
import { prunePublications } from '#lib/feed/store/prune-publications.ts';
import { refreshFeeds } from '#lib/feed/store/refresh-feeds.ts';
import { tendRoots } from '#lib/feed/store/renew-root.ts';
import { retireDueKeys } from '#lib/feed/store/retire-key.ts';
import { watchHighWater } from '#lib/feed/store/watch-high-water.ts';
import { pruneNotices, startNotices } from '#lib/notices/start-notices.ts';
import { tendAllowlist } from '#lib/orgs/allowlist/tend-allowlist.ts';
import { workDryRuns } from '#lib/orgs/policy/dry-runs.ts';
import { workPolicyTasks } from '#lib/orgs/policy/policy-tasks.ts';
import { tendRequests } from '#lib/orgs/requests/tend-requests.ts';
import { recheckPackages } from '#lib/packages/index.ts';
import { recheckDue } from '#lib/publishers/proofs/index.ts';
import { runLookUpAgain } from '#lib/scans/look-up-again/index.ts';
import { requeueLostScans } from '#lib/scans/requeue-lost-scans.ts';
import { RESCAN_LIMITS, runRescan } from '#lib/scans/rescan/index.ts';
import { pruneScans } from '#lib/scans/retention/prune-scans.ts';
import { runScan } from '#lib/scans/run-scan.ts';
import { prepareSearch, pushChanges, repairSearch } from '#lib/search/index-server.ts';
import { boss } from './boss.ts';
import { enqueuePackageRecheck, enqueuePolicyWork } from './enqueue.ts';
import { enqueueTrustRootWork } from './enqueue-trust-roots.ts';
import { QUEUES, type ScanJob, type TrustRootJob } from './queues.ts';
import { tendTrustRoots } from './tend-trust-roots.ts';

/** Takes jobs until the process stops. What a killed worker was doing goes to another one within two minutes. */
export async function startWorkers({ settings, signal }: { settings: Config; signal: AbortSignal }): Promise<void> {
  await prepareSearch();
  const queue = await boss();
  for (let i = 0; i < settings.HALLMARK_SCAN_CONCURRENCY; i++) {
    await queue.work<ScanJob>(QUEUES.scan, { batchSize: 1, pollingIntervalSeconds: 1 }, async ([job]) => {
      if (!job || signal.aborted) return;
      await withLogContext({ jobId: job.id, requestId: job.data.requestId }, () =>
        runScan({ scanId: job.data.scanId, signal }),
      );
      await enqueuePolicyWork();
    });
  }
  watchHighWater();
  await queue.work(QUEUES.freshness, { pollingIntervalSeconds: 5 }, async () => {
    await retireDueKeys();
    await tendRoots();
    const { refreshed, failed } = await refreshFeeds();
    if (refreshed + failed > 0) log.info({ refreshed, failed }, 'feeds signed anew');
  });
  await queue.work(QUEUES.publicationRetention, { pollingIntervalSeconds: 5 }, async () => {
    const pruned = await prunePublications();
    if (pruned > 0) log.info({ pruned }, 'old publications of feeds deleted');
  });
  await queue.schedule(QUEUES.publicationRetention, '29 3 * * *');
  await queue.work(QUEUES.sweep, { pollingIntervalSeconds: 5 }, async () => {
    const { freed, failed } = await requeueLostScans(new Date());
    if (freed + failed > 0) log.warn({ freed, failed }, 'scans had lost their worker');
    const repaired = await repairSearch();
    if (repaired > 0) log.info({ repaired }, 'servers indexed whose index was behind');
    await pushChanges();
  });
  await queue.work(QUEUES.upstreamSync, { pollingIntervalSeconds: 5 }, async () => {
    const { finished } = await runDueSyncs({ signal });
    if (finished > 0) await enqueuePackageRecheck();
  });
  await queue.work(QUEUES.packageRecheck, { pollingIntervalSeconds: 5 }, async () => {
    const { checked, changed, failed } = await recheckPackages({ signal });
    if (checked + failed > 0) log.info({ checked, changed: changed.length, failed }, 'packages checked');
  });
  await queue.work(QUEUES.proofRecheck, { pollingIntervalSeconds: 5 }, async () => {
    const { checked, failed, lapsed } = await recheckDue({ signal });
    if (checked > 0) log.info({ checked, failed, lapsed }, 'proofs of namespaces checked');
  });
  await queue.work<TrustRootJob>(QUEUES.trustRoots, { pollingIntervalSeconds: 5 }, async ([job]) => {
    await tendTrustRoots({ withRefresh: job?.data?.withRefresh ?? false, signal });
  });
  await queue.work(QUEUES.rescan, { pollingIntervalSeconds: 5 }, async () => {
    const { state, done, changed, failed } = await runRescan({ signal });
    if (state !== 'nothing') log.info({ state, done, changed, failed }, 'versions scanned again with the newer rules');
    const lookedUp = await runLookUpAgain({ signal });
    if (lookedUp.state !== 'nothing') log.info(lookedUp, 'versions looked up in the imported advisories again');
  });
  await queue.work(QUEUES.requests, { pollingIntervalSeconds: 5 }, async () => {
    const { overdue, superseded } = await tendRequests();
    if (overdue + superseded > 0) log.info({ overdue, superseded }, 'requests looked after');
  });
  await queue.schedule(QUEUES.requests, '* * * * *');
  await queue.work(QUEUES.allowlist, { pollingIntervalSeconds: 5 }, async () => {
    const { failed, ...done } = await tendAllowlist();
    if (failed > 0 || Object.values(done).some((count) => count > 0))
      log.info({ ...done, failed }, 'allowlists tended');
  });
  await queue.work(QUEUES.policyDryRun, { pollingIntervalSeconds: 1 }, async () => {
    const runs = await workDryRuns({ signal });
    if (runs > 0) log.info({ runs }, 'drafts of policies tried on the catalog');
  });
  await queue.work(QUEUES.policy, { pollingIntervalSeconds: 1 }, async () => {
    const { considered, ...rest } = await workPolicyTasks({ signal });
    if (considered > 0) log.info({ considered, ...rest }, 'policies looked at versions');
  });
  const notices = await startNotices({ databaseUrl: process.env.DATABASE_URL!, signal });
  await queue.work(QUEUES.outbox, { pollingIntervalSeconds: 5 }, () => notices.outbox());
  await queue.work(QUEUES.deliveries, { pollingIntervalSeconds: 1 }, () => notices.deliveries());
  await queue.work(QUEUES.auditRetention, { pollingIntervalSeconds: 5 }, async () => {
    const { removed, broken } = await tendAudit({ now: new Date(), signal });
    const pruned = await pruneNotices(new Date());
    if (removed + broken + pruned > 0) log.info({ removed, broken, pruned }, 'audit events verified and pruned');
  });
  await queue.work(QUEUES.scanRetention, { pollingIntervalSeconds: 5 }, async () => {
    const keepDays = settings.HALLMARK_SCAN_RETENTION_DAYS;
    const emptied = keepDays === undefined ? 0 : await pruneScans({ keepDays, now: new Date(), signal });
    if (emptied > 0) log.info({ emptied }, 'old scans emptied of what they saw');
  });
  await queue.schedule(QUEUES.scanRetention, '47 3 * * *');
  await queue.schedule(QUEUES.outbox, '* * * * *');
  await queue.schedule(QUEUES.deliveries, '* * * * *');
  await queue.schedule(QUEUES.auditRetention, '17 3 * * *');
  await queue.schedule(QUEUES.freshness, '* * * * *');
  await queue.schedule(QUEUES.policy, '* * * * *');
  await queue.schedule(QUEUES.policyDryRun, '* * * * *');
  await queue.schedule(QUEUES.allowlist, '* * * * *');
  await queue.schedule(QUEUES.sweep, '* * * * *');
  await queue.schedule(QUEUES.upstreamSync, '* * * * *');
  await queue.schedule(QUEUES.packageRecheck, '23 * * * *');
  await queue.schedule(QUEUES.proofRecheck, '41 * * * *');
  const withRefresh: TrustRootJob = { withRefresh: true };
  await queue.schedule(QUEUES.trustRoots, '7 * * * *', withRefresh);
  // A job that its killed worker left behind must not hold up the next ones for long: the scans say what is left to do.
  const rescanJob = { expireInSeconds: RESCAN_LIMITS.jobExpiresSeconds, retryLimit: 0 };
  await queue.schedule(QUEUES.rescan, '* * * * *', {}, rescanJob);
  // A start after a long stop must not wait for the first minute.
  await queue.send(QUEUES.freshness, {});
  await queue.send(QUEUES.sweep, {});
  await queue.send(QUEUES.allowlist, {});
  await queue.send(QUEUES.upstreamSync, {});
  await queue.send(QUEUES.rescan, {}, rescanJob);
  await enqueueTrustRootWork();
}
