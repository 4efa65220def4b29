import type { EntrySource } from '#lib/db/client/client.ts';
import { db, type Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import type { EntryTerms } from '../allowlist/approve-in-transaction.ts';
import { decideVersion } from './decide-version.ts';
import type { Outcome } from './evaluate-policy.ts';

const DAY_MS = 86_400_000;
/** The longest that an exception holds: then somebody has to say again that it is worth it. */
export const MAX_EXCEPTION_DAYS = 366;

/**
 * What a person's approval of a version counts as. Against the policy's denial it is an exception, which has an owner and an end;
 * `manual` else. Throws UNPROCESSABLE with what is missing.
 */
export function requireExceptionTerms({
  outcome,
  terms,
  now,
}: {
  /** Null: no policy is in force. */
  outcome: Outcome | null;
  terms: Pick<EntryTerms, 'ownerId' | 'expiresAt'>;
  now: Date;
}): Extract<EntrySource, 'manual' | 'exception'> {
  if (outcome !== 'deny') return 'manual';
  const { ownerId, expiresAt } = terms;
  if (!ownerId)
    throw new DomainError(
      'UNPROCESSABLE',
      'The policy denies this version. An exception needs an owner who answers for it.',
      {
        field: 'ownerId',
      },
    );
  if (!expiresAt || expiresAt <= now)
    throw new DomainError(
      'UNPROCESSABLE',
      'The policy denies this version. An exception needs the day on which it ends.',
      {
        field: 'expiresAt',
      },
    );
  if (expiresAt.getTime() > now.getTime() + MAX_EXCEPTION_DAYS * DAY_MS)
    throw new DomainError(
      'UNPROCESSABLE',
      `An exception lasts ${MAX_EXCEPTION_DAYS} days at most. Name an earlier end.`,
      {
        field: 'expiresAt',
      },
    );
  return 'exception';
}

/** Asks the policy and says what a person's approval counts as, inside the approval's transaction. Throws as `requireExceptionTerms`. */
export async function approvalSource(
  tx: Tx,
  {
    orgId,
    versionId,
    terms,
    now,
  }: { orgId: string; versionId: string; terms: Pick<EntryTerms, 'ownerId' | 'expiresAt'>; now: Date },
): Promise<{ source: EntrySource; decisionId: string | null }> {
  const decision = await decideVersion(tx, { orgId, versionId, occasion: 'request', now });
  const source = requireExceptionTerms({ outcome: decision?.outcome ?? null, terms, now });
  return { source, decisionId: decision?.id ?? null };
}

/**
 * What is approved against the policy keeps its owner and its end, also where they change by the way: with the entry's terms, or with
 * the approval of another version (`except`). Throws UNPROCESSABLE.
 */
export async function requireExceptionsKept(
  tx: Tx,
  {
    entry,
    terms,
    except = null,
    now,
  }: {
    entry: { id: string; ownerId: string | null; expiresAt: Date | null };
    terms: Pick<EntryTerms, 'ownerId' | 'expiresAt'>;
    /** Id of the version that is approved now. */
    except?: string | null;
    now: Date;
  },
): Promise<void> {
  if (terms.ownerId === undefined && terms.expiresAt === undefined) return;
  const held = await tx.allowlistVersion.findFirst({
    where: {
      entryId: entry.id,
      source: 'exception',
      state: { in: ['approved', 'suspended'] },
      ...(except === null ? {} : { versionId: { not: except } }),
    },
    select: { version: { select: { version: true } } },
  });
  if (!held) return;
  const { version } = held.version;
  const ownerId = terms.ownerId === undefined ? entry.ownerId : terms.ownerId;
  const expiresAt = terms.expiresAt === undefined ? entry.expiresAt : terms.expiresAt;
  if (!ownerId)
    throw new DomainError('UNPROCESSABLE', `Version ${version} is an exception to the policy, which keeps an owner.`, {
      field: 'ownerId',
    });
  if (!expiresAt || expiresAt.getTime() > now.getTime() + MAX_EXCEPTION_DAYS * DAY_MS)
    throw new DomainError(
      'UNPROCESSABLE',
      `Version ${version} is an exception to the policy, which keeps an end, ${MAX_EXCEPTION_DAYS} days from now at most. Name one, or revoke that version first.`,
      { field: 'expiresAt' },
    );
}

export type ExceptionRow = {
  serverName: string;
  versions: string[];
  reason: string;
  owner: string | null;
  expiresAt: string | null;
  /** Whole days until it ends; null where it has no end. */
  daysLeft: number | null;
};

/** What is approved against the policy, what ends first first. */
export async function listExceptions({ orgId, now }: { orgId: string; now: Date }): Promise<ExceptionRow[]> {
  const entries = await db().allowlistEntry.findMany({
    where: {
      orgId,
      state: 'approved',
      OR: [{ source: 'exception' }, { versions: { some: { source: 'exception', state: 'approved' } } }],
    },
    orderBy: [{ expiresAt: { sort: 'asc', nulls: 'last' } }, { createdAt: 'asc' }],
    select: {
      reason: true,
      ownerId: true,
      expiresAt: true,
      server: { select: { name: true } },
      versions: {
        where: { source: 'exception', state: 'approved' },
        select: { version: { select: { version: true } } },
      },
    },
  });
  const owners = entries.flatMap(({ ownerId }) => ownerId ?? []);
  const users = await db().user.findMany({
    where: { id: { in: owners } },
    select: { id: true, name: true, email: true },
  });
  const names = new Map(users.map(({ id, name, email }) => [id, name ?? email]));
  return entries.map(({ reason, ownerId, expiresAt, server, versions }) => ({
    serverName: server.name,
    versions: versions.map(({ version }) => version.version),
    reason,
    owner: ownerId === null ? null : (names.get(ownerId) ?? null),
    expiresAt: expiresAt?.toISOString() ?? null,
    daysLeft: expiresAt === null ? null : Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / DAY_MS)),
  }));
}
