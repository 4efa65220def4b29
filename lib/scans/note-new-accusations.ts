import { appendEvent } from '#lib/audit/append-event.ts';
import type { Tx } from '#lib/db/db.ts';
import { actOnDrift } from '#lib/orgs/drift/act-on-drift.ts';
import type { Finding } from '#scanners/types.ts';
import { rulesOf, withdrawnFingerprints } from './answers/standing.ts';

const ACTOR = { type: 'system', name: 'Hallmark' } as const;

export type SeenFindings = { findings: readonly Finding[]; toolsDigest: string | null; rulesetVersion: string | null };

/**
 * The accusations of `after` that `before` did not have. Where a newer ruleset looked at the same tools, a finding of the
 * same rule about the same subject is the same accusation in other words, whatever its fingerprint.
 */
export function newAccusations(before: SeenFindings, after: SeenFindings): Finding[] {
  const isSameInput = before.toolsDigest === after.toolsDigest && before.rulesetVersion !== after.rulesetVersion;
  const keyOf = ({ ruleId, location, fingerprint }: Finding) =>
    isSameInput ? JSON.stringify([ruleId, location.document, location.subject ?? '']) : fingerprint;
  const known = new Set(before.findings.filter(isAccusation).map(keyOf));
  return after.findings.filter((finding) => isAccusation(finding) && !known.has(keyOf(finding)));
}

const isAccusation = (finding: Finding): boolean => finding.class === 'accusation' && finding.severity !== 'info';

/**
 * Says in the catalog's chain, and in the chain of each organization that approved the version, that it was accused of
 * something that it was not accused of before; what an admin withdrew is none. Returns how many accusations are new.
 * Call it in the transaction that makes the scan the current one, with the row of the version locked.
 */
export async function noteNewAccusations(
  tx: Tx,
  { versionId, before, after, now }: { versionId: string; before: SeenFindings; after: SeenFindings; now: Date },
): Promise<number> {
  const accusations = newAccusations(before, after);
  if (accusations.length === 0) return 0;
  const version = await tx.version.findUniqueOrThrow({
    where: { id: versionId },
    select: { serverId: true, serverName: true, version: true },
  });
  const withdrawn = await withdrawnFingerprints(tx, version.serverId);
  const standing = accusations.filter(({ fingerprint }) => !withdrawn.has(fingerprint));
  if (standing.length === 0) return 0;
  const approvals = await tx.allowlistVersion.findMany({
    where: { versionId, state: 'approved', entry: { state: 'approved' } },
    select: { entry: { select: { orgId: true } } },
  });
  const event = {
    actor: ACTOR,
    subject: { server: version.serverName, version: version.version },
    data: {
      rules: rulesOf(standing).join(', '),
      fingerprints: standing.map(({ fingerprint }) => fingerprint).sort(),
      ruleset: after.rulesetVersion,
    },
    now,
  };
  // In one order everywhere: the chains of several organizations are locked until the commit.
  for (const orgId of approvals.map(({ entry }) => entry.orgId).sort()) {
    await appendEvent(tx, { ...event, orgId, kind: 'allowlist.finding' });
    const says = `new accusations: ${rulesOf(standing).join(', ')}`;
    await actOnDrift(tx, { orgId, serverId: version.serverId, ...event.subject, worst: 'accusation', says, now });
  }
  await appendEvent(tx, { ...event, orgId: null, kind: 'scan.accused' });
  return standing.length;
}
