import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import { lockNamespaces } from '#lib/catalog/evaluate-signatures.ts';
import { reevaluateNamespace } from '#lib/catalog/reevaluate-namespace.ts';
import type { Prisma, Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { githubOwnerOf } from '#lib/manifest/index.ts';
import { noteOverdue } from '#lib/search/index-server.ts';
import { skeletonOf } from './look-alikes.ts';
import { namespaceOfDomain, requireNamespaceCase, requireNamespaceForm, requireNotBlocked } from './namespace-names.ts';
import { nextCheckAfter } from './proofs/next-check.ts';
import type { Proof } from './proofs/types.ts';
import { recomputePublisherLevel } from './recompute-publisher-level.ts';

type Holding = {
  namespace: string;
  /** A registry token's proof is narrowed to this namespace. */
  proof: Proof;
  /** Who takes it. Left out for a login of the official protocol, which knows no publishers. */
  publisherId?: string;
  actor: Actor;
  now: Date;
};

/**
 * Gives a proven namespace to a publisher. Without `publisherId` the holder stays who it is and the proof is refreshed; a
 * namespace that nobody holds gets a publisher of its own without members, which the owner can take over in the console by
 * proving the namespace there. With `publisherId` the namespace goes to that publisher, unless a publisher with members
 * holds it.
 *
 * Call it in the transaction that the proof allows; afterwards `reindexNamespaces([namespace])`. Throws UNPROCESSABLE,
 * NAMESPACE_FORBIDDEN, NAMESPACE_BLOCKED, NAMESPACE_CASE, NAMESPACE_LOOKALIKE, and NAME_TAKEN with who holds it.
 */
export async function holdNamespace(tx: Tx, holding: Holding): Promise<{ publisherId: string }> {
  const { namespace, publisherId } = holding;
  requireNamespaceForm(namespace);
  requireNamespaceCase(namespace);
  requireNotBlocked(namespace);
  const proof = narrowProof(holding.proof, namespace);
  const held = await lockHeld(tx, namespace);
  if (!held) {
    const owner = proof.kind === 'github' ? { ownerId: proof.ownerId } : { domain: proof.domain };
    await requireOwnLooks(tx, { namespace, publisherId, ...owner });
    const holder = publisherId ?? (await createPublisherOf(tx, holding));
    await tx.namespace.create({ data: { name: namespace, publisherId: holder, ...provenNow(proof, holding.now) } });
    await noteProven(tx, holding, holder, proof);
    return { publisherId: holder };
  }
  if (publisherId === undefined || publisherId === held.publisherId) {
    // Who logs in to a namespace of other people must not keep their proof alive: a domain that changed hands has to lapse.
    const isOwn = publisherId !== undefined || held.publisher._count.members === 0;
    if (isOwn || isSameEvidence(held.proof, proof)) await refresh(tx, holding, held, proof);
    return { publisherId: held.publisherId };
  }
  requireUnattended(namespace, held.publisher);
  await tx.namespace.update({ where: { id: held.id }, data: { publisherId, ...provenNow(proof, holding.now) } });
  await noteProven(tx, holding, publisherId, proof);
  await leave(tx, held.publisherId, holding);
  return { publisherId };
}

type Holder = { slug: string; displayName: string; _count: { members: number } };

/** A publisher without members was made by a login: nobody is there to be asked. Throws NAME_TAKEN with who holds it. */
function requireUnattended(namespace: string, holder: Holder): void {
  if (holder._count.members === 0) return;
  throw new DomainError(
    'NAME_TAKEN',
    `${namespace} is held by ${holder.displayName} (${holder.slug}). Its owners can transfer it to you.`,
    { holder: holder.slug },
  );
}

/** Throws NAME_TAKEN when people of another publisher hold the namespace. */
export async function requireFree(
  tx: Tx,
  { namespace, publisherId }: { namespace: string; publisherId: string },
): Promise<void> {
  const held = await tx.namespace.findUnique({
    where: { name: namespace },
    select: {
      publisherId: true,
      publisher: { select: { slug: true, displayName: true, _count: { select: { members: true } } } },
    },
  });
  if (held && held.publisherId !== publisherId) requireUnattended(namespace, held.publisher);
}

/** Who takes a namespace: by what is known of them, they may hold others that look like it. */
type Taker = { namespace: string; publisherId?: string | undefined; domain?: string; ownerId?: string };

/**
 * Throws NAMESPACE_CASE or NAMESPACE_LOOKALIKE when a person could take the namespace for one that somebody else holds.
 * The same publisher, and the owner of the same domain or account, may hold both.
 */
export async function requireOwnLooks(tx: Tx, { namespace, publisherId, domain, ownerId }: Taker): Promise<void> {
  const skeleton = skeletonOf(namespace);
  const rows = await tx.namespace.findMany({ select: { name: true, publisherId: true, proof: true } });
  for (const row of rows) {
    if (row.name === namespace || skeletonOf(row.name) !== skeleton) continue;
    if (row.name.toLowerCase() === namespace.toLowerCase()) {
      throw new DomainError('NAMESPACE_CASE', `${namespace} is held as ${row.name}; the two differ only in case.`, {
        spelling: row.name,
      });
    }
    const other = row.proof as { domain?: string; ownerId?: string };
    const isOwn = domain ? other.domain === domain : ownerId !== undefined && other.ownerId === ownerId;
    if (isOwn || row.publisherId === publisherId) continue;
    throw new DomainError(
      'NAMESPACE_LOOKALIKE',
      `${namespace} looks like ${row.name}, which somebody else holds. An admin of this registry can grant it.`,
      { like: row.name },
    );
  }
}

const isSameEvidence = (stored: Prisma.JsonValue, proof: Proof): boolean => {
  const other = stored as Partial<Proof>;
  if (proof.kind === 'github') return other.kind === 'github' && other.ownerId === proof.ownerId;
  return isDeepStrictEqual(stored, proof);
};

/** Of everything that a login showed, what concerns this namespace. Throws NAMESPACE_FORBIDDEN when nothing does, NAMESPACE_CASE. */
function narrowProof(proof: Proof, namespace: string): Proof {
  const refused = (who: string) =>
    new DomainError('NAMESPACE_FORBIDDEN', `${who} is proven, which does not cover ${namespace}.`);
  if (proof.kind !== 'github') {
    const own = namespaceOfDomain(proof.domain);
    const isUnder = proof.kind === 'dns' && proof.form === 'official' && namespace.startsWith(`${own}.`);
    if (githubOwnerOf(namespace) !== null || (namespace !== own && !isUnder)) throw refused(proof.domain);
    return proof;
  }
  const login = githubOwnerOf(namespace)?.toLowerCase();
  const all = [{ login: proof.login, id: proof.ownerId }, ...(proof.owners ?? [])];
  const owner = all.find((item) => item.login.toLowerCase() === login);
  if (!owner) throw refused(`the GitHub account ${proof.login}`);
  const spelling = `io.github.${owner.login}`;
  if (spelling !== namespace) {
    throw new DomainError('NAMESPACE_CASE', `${namespace} is spelled ${spelling}, as GitHub spells it.`, { spelling });
  }
  return { kind: 'github', via: proof.via, login: owner.login, ownerId: owner.id };
}

const provenNow = (proof: Proof, now: Date) => ({
  proofKind: proof.kind,
  proof: proof as unknown as Prisma.InputJsonObject,
  provenAt: now,
  isProven: true,
  confirmedAt: now,
  failingSince: null,
  nextCheckAt: nextCheckAfter(now),
});

async function refresh(
  tx: Tx,
  holding: Holding,
  held: { id: string; publisherId: string; isProven: boolean; proof: Prisma.JsonValue; provenAt: Date },
  proof: Proof,
): Promise<void> {
  const isNew = !held.isProven || !isSameEvidence(held.proof, proof);
  await tx.namespace.update({
    where: { id: held.id },
    data: { ...provenNow(proof, holding.now), ...(isNew ? {} : { provenAt: held.provenAt }) },
  });
  if (isNew) await noteProven(tx, holding, held.publisherId, proof);
}

/** What follows from a namespace having a proven holder: the event, the level, whose signatures count, the search. */
async function noteProven(tx: Tx, { namespace, actor, now }: Holding, publisherId: string, proof: Proof) {
  const { slug } = await tx.publisher.findUniqueOrThrow({ where: { id: publisherId }, select: { slug: true } });
  await appendEvent(tx, {
    orgId: null,
    kind: 'namespace.proven',
    actor,
    subject: { namespace, publisher: slug },
    data: { proof: proof.kind, seen: { ...proof } },
    now,
  });
  await recomputePublisherLevel(tx, publisherId, { actor, now });
  await reevaluateNamespace(tx, namespace);
  await noteNamespaceOverdue(tx, [namespace]);
}

/** Has every server of these namespaces indexed again, even if the process ends before it could do so itself. */
export async function noteNamespaceOverdue(tx: Tx, namespaces: string[]): Promise<void> {
  const servers = await tx.server.findMany({ where: { namespace: { in: namespaces } }, select: { id: true } });
  await noteOverdue(
    tx,
    servers.map(({ id }) => id),
  );
}

/**
 * The namespace's row, locked. Where there is none, one at a time decides who gets it, also among those that look alike.
 * The row comes first: a publication holds it when it comes here.
 */
async function lockHeld(tx: Tx, namespace: string) {
  const find = async () => {
    await lockNamespaces(tx, [namespace]);
    return tx.namespace.findUnique({
      where: { name: namespace },
      include: { publisher: { include: { _count: { select: { members: true } } } } },
    });
  };
  const held = await find();
  if (held) return held;
  await lockNewNamespaces(tx);
  return find();
}

/** Held by whoever gives away a namespace that nobody holds. */
export async function lockNewNamespaces(tx: Tx): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('namespaces', 0))`;
}

/** A publisher for a namespace that the official protocol proved; its names say no more than the namespace does. */
async function createPublisherOf(tx: Tx, { namespace, actor, now }: Holding): Promise<string> {
  const slug = await freeSlug(tx, namespace);
  const { id } = await tx.publisher.create({ data: { slug, displayName: namespace, createdAt: now } });
  await appendEvent(tx, { orgId: null, kind: 'publisher.created', actor, subject: { publisher: slug }, now });
  return id;
}

async function freeSlug(tx: Tx, namespace: string): Promise<string> {
  const plain = namespace
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 32)
    .replace(/-+$/, '');
  if (!(await tx.publisher.findUnique({ where: { slug: plain } }))) return plain;
  return `${plain}-${createHash('sha256').update(namespace).digest('hex').slice(0, 7)}`;
}

/** The publisher that the login made goes when it has nothing left; one that an admin gave more to stays. */
async function leave(tx: Tx, publisherId: string, { actor, now }: Holding): Promise<void> {
  const { _count } = await tx.publisher.findUniqueOrThrow({
    where: { id: publisherId },
    select: {
      _count: {
        select: {
          namespaces: true,
          signerIdentities: true,
          tokens: true,
          claims: true,
          invites: true,
          transfersIn: true,
          transfersOut: true,
        },
      },
    },
  });
  if (Object.values(_count).some((count) => count > 0)) await recomputePublisherLevel(tx, publisherId, { actor, now });
  else await tx.publisher.delete({ where: { id: publisherId } });
}
