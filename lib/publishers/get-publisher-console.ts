import { personName } from '#lib/auth/person-name.ts';
import { type TokenView, tokenView } from '#lib/auth/token-view.ts';
import {
  mayOnPublisher,
  PUBLISHER_PERMISSIONS,
  type PublisherPermission,
  type PublisherRole,
  type Viewer,
} from '#lib/auth/viewer.ts';
import type { PublisherLevel } from '#lib/catalog/views.ts';
import { db } from '#lib/db/db.ts';
import type { SignerIdentity } from '#lib/signing/types.ts';
import { listSeenSigners, type SeenSigner } from './bind-seen-signer.ts';
import { type ConsoleNamespace, consoleNamespace } from './console-namespace.ts';
import { type InviteView, listInvites } from './invites.ts';
import { listMoves, listTransfers, type MoveView, type Offers, type TransferView } from './list-offers.ts';
import { listMembers, type MemberView } from './members.ts';
import { type ClaimView, listClaims } from './proofs/index.ts';
import { identityText } from './signer-identities.ts';

export type ConsoleToken = TokenView & { issuedBy: string; mayRevoke: boolean };
export type BoundSigner = { id: string; identity: SignerIdentity; text: string; createdAt: string };

export type PublisherConsole = {
  id: string;
  slug: string;
  displayName: string;
  /** The best that any of its namespaces has. */
  level: PublisherLevel;
  /** Of the viewer; null for an instance admin who does not belong to it. */
  role: PublisherRole | null;
  can: Record<PublisherPermission, boolean>;
  namespaces: ConsoleNamespace[];
  claims: ClaimView[];
  members: MemberView[];
  invites: InviteView[];
  transfers: Offers<TransferView>;
  moves: Offers<MoveView>;
  signers: BoundSigner[];
  seenSigners: SeenSigner[];
  tokens: ConsoleToken[];
  /** Published under its namespaces, without deleted ones. */
  published: { versions: number; signed: number };
};

const SHOWN_TOKENS = 100;

/** Everything that the console shows of a publisher except its servers; null when there is none for this viewer. */
export async function getPublisherConsole({
  viewer,
  slug,
  now = new Date(),
}: {
  viewer: Viewer;
  slug: string;
  now?: Date;
}): Promise<PublisherConsole | null> {
  const membership = viewer.publishers.find((publisher) => publisher.slug === slug);
  if (!membership && !viewer.isInstanceAdmin) return null;
  const row = await db().publisher.findUnique({
    where: { slug },
    include: {
      namespaces: { orderBy: { name: 'asc' } },
      tokens: { orderBy: { createdAt: 'desc' }, take: SHOWN_TOKENS, include: { createdBy: true } },
      signerIdentities: { orderBy: { createdAt: 'asc' } },
    },
  });
  if (!row) return null;
  const role = membership?.role ?? null;
  const can = permissionsOf({ role, isInstanceAdmin: viewer.isInstanceAdmin });
  const names = row.namespaces.map(({ name }) => name);
  const [claims, members, invites, transfers, moves, seenSigners, published] = await Promise.all([
    listClaims(row.id, now),
    listMembers(row.id),
    can['member.manage'] ? listInvites(row.id, now) : [],
    listTransfers(row, now),
    listMoves(names, now),
    listSeenSigners(row.id),
    countPublished(names),
  ]);
  return {
    id: row.id,
    slug,
    displayName: row.displayName,
    level: overallLevel(row.level, row.namespaces),
    role,
    can,
    namespaces: row.namespaces.map(consoleNamespace),
    claims,
    members,
    invites,
    transfers,
    moves,
    signers: row.signerIdentities.map(({ id, identity, createdAt }) => ({
      id,
      identity: identity as SignerIdentity,
      text: identityText(identity as SignerIdentity),
      createdAt: createdAt.toISOString(),
    })),
    seenSigners,
    tokens: row.tokens.map((token) => ({
      ...tokenView(token),
      issuedBy: personName(token.createdBy),
      mayRevoke: can['token.revoke-any'] || token.createdById === viewer.id,
    })),
    published,
  };
}

/** `official` counts only where a proof holds, as for each namespace (`levelFor` of lib/catalog/marks.ts). */
export function overallLevel(level: PublisherLevel, namespaces: readonly { isProven: boolean }[]): PublisherLevel {
  if (!namespaces.some(({ isProven }) => isProven)) return 'unverified';
  return level === 'official' ? 'official' : 'verified';
}

const permissionsOf = (who: Parameters<typeof mayOnPublisher>[0]) =>
  Object.fromEntries(
    Object.keys(PUBLISHER_PERMISSIONS).map((permission) => [
      permission,
      mayOnPublisher(who, permission as PublisherPermission),
    ]),
  ) as Record<PublisherPermission, boolean>;

async function countPublished(namespaces: string[]): Promise<{ versions: number; signed: number }> {
  const where = {
    server: { namespace: { in: namespaces } },
    origin: 'published' as const,
    status: { not: 'deleted' as const },
  };
  const [versions, signed] = await Promise.all([
    db().version.count({ where }),
    db().version.count({ where: { ...where, signatureState: 'signed' } }),
  ]);
  return { versions, signed };
}
