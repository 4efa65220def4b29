import { appendEvent } from '#lib/audit/append-event.ts';
import { requireAdmin } from '#lib/auth/admin-tokens.ts';
import { actorOf, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { enqueuePolicyTasks } from '#lib/orgs/policy/enqueue-policy-tasks.ts';
import { indexServers, noteOverdue } from '#lib/search/index-server.ts';
import { updateStanding } from './standing.ts';
import { type Decision, DISPUTABLE } from './types.ts';
import { findingOf, requireAnswerReason, writeAnswer } from './write-answer.ts';

/**
 * An instance admin decides about a finding, disputed or not: `upheld`, `withdrawn` (it does not count any more, in any
 * version of the server) or `cleared` (takes the decision back). The finding stays on the page with who decided and why.
 * Grades and marks change in the same transaction; the search is told in it. Throws FORBIDDEN, NOT_FOUND, UNPROCESSABLE,
 * STATUS_UNCHANGED.
 */
export async function decideFinding({
  viewer,
  serverName,
  version,
  fingerprint,
  decision,
  reason,
  now = new Date(),
}: {
  viewer: Viewer;
  serverName: string;
  version: string;
  fingerprint: string;
  decision: Decision;
  reason: string;
  now?: Date;
}): Promise<void> {
  requireAdmin(viewer);
  const why = requireAnswerReason(reason);
  const serverId = await db().$transaction(async (tx) => {
    const found = await findingOf(tx, { serverName, version, fingerprint });
    const { server, finding } = found;
    if (!DISPUTABLE.includes(finding.class)) {
      throw new DomainError('UNPROCESSABLE', 'A capability does not count against the grade: nothing is to decide.');
    }
    const from = await writeAnswer(tx, {
      found,
      slot: { party: 'admin', orgId: null },
      kind: decision,
      reason: why,
      byName: viewer.name,
      answeredById: viewer.id,
      now,
    });
    // A scan that becomes current at the same time waits for these rows, or these wait for it.
    await tx.$queryRaw`select id from "Version" where "serverId" = ${server.id} order by id for update`;
    await updateStanding(tx, { serverId: server.id });
    const versions = await tx.version.findMany({ where: { serverId: server.id }, select: { id: true } });
    await enqueuePolicyTasks(tx, { versionIds: versions.map(({ id }) => id), occasion: 'scan', now });
    await appendEvent(tx, {
      orgId: null,
      kind: 'finding.decided',
      actor: actorOf(viewer),
      subject: { server: serverName, version, fingerprint },
      data: { rule: finding.ruleId, answer: decision, from, reason: why },
      now,
    });
    await noteOverdue(tx, [server.id]);
    return server.id;
  });
  await indexServers([serverId]);
}
