import type { Tx } from '#lib/db/db.ts';
import { type Denial, isDenied } from './denials.ts';

/** What the organization and the catalog know about a version, beside what is published. */
export type AccessFacts = {
  lockdownReason: string | null;
  denial: Denial | null;
  entry: {
    state: string;
    reason: string;
    source: string;
    suspendedReason: string | null;
    expiresAt: Date | null;
    versionRule: unknown;
    approved: string[];
  } | null;
  /** What was decided about this version. */
  decided: {
    state: string;
    reason: string;
    source: string;
    toolPolicy: unknown;
    approvedAt: Date;
    revokedReason: string | null;
  } | null;
  version: { status: string; statusMessage: string | null; digests: unknown } | null;
  /** An open request about the server. */
  request: { id: string; version: string; kind: string } | null;
};

export async function loadAccessFacts(
  tx: Tx,
  { orgId, serverName, version }: { orgId: string; serverName: string; version: string },
): Promise<AccessFacts> {
  const [feed, denial, entry, row, request] = await Promise.all([
    tx.feed.findUniqueOrThrow({ where: { orgId }, select: { mode: true, lockdownReason: true } }),
    isDenied(tx, { orgId, serverName, version }),
    tx.allowlistEntry.findFirst({
      where: { orgId, server: { name: serverName } },
      select: {
        state: true,
        reason: true,
        source: true,
        suspendedReason: true,
        expiresAt: true,
        versionRule: true,
        versions: {
          select: {
            state: true,
            reason: true,
            source: true,
            toolPolicy: true,
            approvedAt: true,
            revokedReason: true,
            version: { select: { version: true } },
          },
        },
      },
    }),
    tx.version.findUnique({
      where: { serverName_version: { serverName, version } },
      select: { status: true, statusMessage: true, currentScan: { select: { digests: true } } },
    }),
    tx.approvalRequest.findFirst({
      where: { orgId, server: { name: serverName }, state: { in: ['open', 'asked'] } },
      orderBy: { createdAt: 'desc' },
      select: { id: true, version: true, kind: true },
    }),
  ]);
  const { versions = [], ...rest } = entry ?? {};
  const decided = versions.find((one) => one.version.version === version);
  return {
    lockdownReason: feed.mode === 'lockdown' ? (feed.lockdownReason ?? '') : null,
    denial,
    entry: entry && {
      ...(rest as Omit<typeof entry, 'versions'>),
      approved: versions.filter(({ state }) => state === 'approved').map((one) => one.version.version),
    },
    decided: decided ?? null,
    version: row && { status: row.status, statusMessage: row.statusMessage, digests: row.currentScan?.digests ?? null },
    request,
  };
}
