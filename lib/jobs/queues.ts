/** Names of the queues. A queue's name is in the database: do not rename one without a migration. */
export const QUEUES = { scan: 'scan', freshness: 'feed-freshness', sweep: 'scan-sweep' } as const;
export type ScanJob = { scanId: string; requestId?: string };
