import type { QueuePolicy } from 'pg-boss';

/**
 * Names of the queues. A queue's name and policy are in the database: do not rename one without a migration, and give a
 * queue a new name when its policy has to change, as an existing queue keeps the policy that it was made with.
 */
export const QUEUES = {
  scan: 'scan-exclusive',
  freshness: 'feed-freshness',
  publicationRetention: 'feed-publication-retention',
  sweep: 'scan-sweep',
  upstreamSync: 'upstream-sync',
  packageRecheck: 'package-recheck',
  proofRecheck: 'proof-recheck',
  trustRoots: 'trust-roots',
  rescan: 'catalog-rescan',
  policy: 'org-policy',
  policyDryRun: 'policy-dry-run',
  allowlist: 'org-allowlist',
  requests: 'org-requests',
  outbox: 'org-outbox',
  deliveries: 'org-deliveries',
  auditRetention: 'audit-retention',
  scanRetention: 'scan-retention',
} as const;

/**
 * One job a key, waiting or at work, is enough for the scans: the sweep sends a job for every waiting row each minute.
 * Of pg-boss's policies only `exclusive` counts the jobs at work and those before another try too; under `standard` a
 * `singletonKey` alone keeps nothing away.
 */
export const QUEUE_POLICIES: Record<keyof typeof QUEUES, QueuePolicy> = {
  scan: 'exclusive',
  freshness: 'standard',
  publicationRetention: 'exclusive',
  sweep: 'standard',
  // A first crawl takes longer than the minute between two jobs: one that waits is enough.
  upstreamSync: 'short',
  // A run takes all that is due: two at once would ask the same registries the same.
  packageRecheck: 'exclusive',
  proofRecheck: 'exclusive',
  // One that waits is enough: it sees whatever changed before it began.
  trustRoots: 'short',
  rescan: 'exclusive',
  // Each run takes all that is due; one that waits sees whatever came before it began.
  policy: 'short',
  policyDryRun: 'short',
  allowlist: 'short',
  requests: 'short',
  outbox: 'short',
  deliveries: 'short',
  auditRetention: 'exclusive',
  scanRetention: 'exclusive',
};

/** `withRefresh`: ask the TUF repositories of trust roots first, as far as they are due. */
export type TrustRootJob = { withRefresh: boolean };

export type ScanJob = { scanId: string; requestId?: string };
