import { isByHolder, namespaceHolders } from '#lib/catalog/marks.ts';
import type { Tx } from '#lib/db/db.ts';
import { type ApprovedVersion, compareApproved, comparedWith } from './compare-approved.ts';
import { type FactRow, factRows } from './fact-rows.ts';
import type { PolicyFacts } from './facts.ts';
import type { Occasion } from './schema.ts';
import { versionFacts } from './version-facts.ts';

export type LoadedFacts = { row: FactRow; facts: PolicyFacts };

/**
 * Gathers what an organization's policy sees of versions, in a few queries however many there are. Where a person's request
 * for a version waits, that person asks; else the organization does. Versions that are not there are left out.
 */
export async function loadFacts(
  tx: Tx,
  { orgId, versionIds, occasion, now }: { orgId: string; versionIds: readonly string[]; occasion: Occasion; now: Date },
): Promise<LoadedFacts[]> {
  const rows = await factRows(tx, versionIds);
  if (rows.length === 0) return [];
  const serverIds = [...new Set(rows.map(({ serverId }) => serverId))];
  const { slug } = await tx.org.findUniqueOrThrow({ where: { id: orgId }, select: { slug: true } });
  const [holders, answers, entries, requests] = [
    await namespaceHolders(
      rows.map(({ namespace }) => namespace),
      tx,
    ),
    await answersOf(tx, { orgId, serverIds, now }),
    await entriesOf(tx, { orgId, serverIds }),
    await requestsOf(tx, { orgId, rows }),
  ];
  const loaded: LoadedFacts[] = [];
  for (const row of rows) {
    const entry = entries.get(row.serverId) ?? null;
    const compared = entry && comparedWith(row, entry.approved);
    const holder = holders.get(row.namespace);
    const facts = versionFacts(
      row,
      {
        holder:
          holder?.slug && isByHolder(row.origin, holder.proof) ? { slug: holder.slug, level: holder.level } : null,
        withdrawn: answers.withdrawn.get(row.serverId) ?? new Set(),
        accepted: answers.accepted.get(row.serverId) ?? new Set(),
        hasApproved: compared !== null,
        approved: compared && (await compareApproved(tx, row.id, compared)),
        environments: entry?.environments ?? null,
      },
      now,
    );
    const asked = requests.get(`${row.serverId} ${row.version}`);
    loaded.push({
      row,
      facts: {
        v: 1,
        principal: asked
          ? { type: 'Person', id: asked.id, role: asked.role, organization: slug, teams: asked.teams }
          : { type: 'Organization', id: slug },
        context: { occasion, requested: asked !== undefined, ...(asked?.team ? { team: asked.team } : {}) },
        resource: facts,
      },
    });
  }
  return loaded;
}

async function answersOf(tx: Tx, { orgId, serverIds, now }: { orgId: string; serverIds: string[]; now: Date }) {
  const rows = await tx.findingAnswer.findMany({
    where: {
      serverId: { in: serverIds },
      supersededAt: null,
      OR: [
        { party: 'admin', kind: 'withdrawn' },
        { party: 'organization', kind: 'accepted', orgId, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      ],
    },
    select: { serverId: true, fingerprint: true, kind: true },
  });
  const fingerprints = (wanted: string) => {
    const groups = Map.groupBy(
      rows.filter(({ kind }) => kind === wanted),
      ({ serverId }) => serverId,
    );
    return new Map([...groups].map(([id, own]) => [id, new Set(own.map(({ fingerprint }) => fingerprint))]));
  };
  return { withdrawn: fingerprints('withdrawn'), accepted: fingerprints('accepted') };
}

async function entriesOf(tx: Tx, { orgId, serverIds }: { orgId: string; serverIds: string[] }) {
  const rows = await tx.allowlistEntry.findMany({
    where: { orgId, serverId: { in: serverIds }, state: 'approved' },
    select: {
      serverId: true,
      environments: true,
      versions: {
        where: { state: 'approved' },
        select: {
          versionId: true,
          feedEntry: true,
          approvedAt: true,
          version: { select: { version: true, publishedAt: true } },
        },
      },
    },
  });
  return new Map(
    rows.map(({ serverId, environments, versions }) => [
      serverId,
      { environments, approved: versions.map((one): ApprovedVersion => ({ ...one, serverId })) },
    ]),
  );
}

type Asked = { id: string; role: string; teams: string[]; team: string | null };

/** Who waits for each version: of several people the one who asked last. */
async function requestsOf(tx: Tx, { orgId, rows }: { orgId: string; rows: FactRow[] }): Promise<Map<string, Asked>> {
  const requests = await tx.approvalRequest.findMany({
    where: {
      orgId,
      kind: 'person',
      state: { in: ['open', 'asked'] },
      requesterId: { not: null },
      serverId: { in: rows.map(({ serverId }) => serverId) },
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: { serverId: true, version: true, requesterId: true, team: { select: { slug: true } } },
  });
  if (requests.length === 0) return new Map();
  const people = requests.flatMap(({ requesterId }) => requesterId ?? []);
  const [members, teams] = [
    await tx.orgMember.findMany({ where: { orgId, userId: { in: people } }, select: { userId: true, role: true } }),
    await tx.teamMember.findMany({
      where: { userId: { in: people }, team: { orgId, archivedAt: null } },
      orderBy: { team: { slug: 'asc' } },
      select: { userId: true, team: { select: { slug: true } } },
    }),
  ];
  const roles = new Map(members.map(({ userId, role }) => [userId, role as string]));
  return new Map(
    requests.flatMap(({ serverId, version, requesterId, team }) => {
      const role = roles.get(requesterId!);
      // Who left the organization asks for nothing any more.
      if (role === undefined) return [];
      const own = teams.filter(({ userId }) => userId === requesterId).map((one) => one.team.slug);
      const asked: Asked = { id: requesterId!, role, teams: own, team: team?.slug ?? null };
      return [[`${serverId} ${version}`, asked] as [string, Asked]];
    }),
  );
}
