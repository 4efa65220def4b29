import type { Actor } from '#lib/audit/events.ts';
import type { ApprovalRequest, EntrySource } from '#lib/db/client/client.ts';
import { Prisma, type Tx } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { approveInTransaction, type EntryTerms } from '../allowlist/approve-in-transaction.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import type { VersionRule } from '../allowlist/version-rule.ts';
import type { RequestTarget } from './request-target.ts';

export type Granted = { entryId: string; allowedTools: string[] };

/**
 * Does what a request asks for, inside `orgTransaction` and without publishing. Where a reviewer gives no `toolPolicy`, the tools
 * that were asked for are added to those that the version has already: a grant to one person takes nothing from others.
 * Throws what `approveInTransaction` throws.
 */
export async function grantRequest(
  tx: Tx,
  {
    org,
    actor,
    request,
    target,
    toolPolicy,
    isByPolicy = false,
    terms = {},
    reason,
    source,
    decisionId,
    seenToolsDigest,
    now,
  }: {
    org: { id: string };
    actor: Actor;
    request: ApprovalRequest;
    target: RequestTarget;
    /** The reviewer's own choice of tools, or the policy's. */
    toolPolicy?: ToolPolicy;
    /** A policy judged this version alone: it brings no others by a range, and moves no end that a person set. */
    isByPolicy?: boolean;
    terms?: EntryTerms;
    reason: string;
    source: EntrySource;
    decisionId?: string | null;
    seenToolsDigest?: string;
    now: Date;
  },
): Promise<Granted> {
  const asked = (request.toolPolicy as ToolPolicy | null) ?? { default: 'allow', rules: {} };
  const granted = await approveInTransaction(tx, {
    org,
    actor,
    serverName: target.serverName,
    version: target.version,
    toolPolicy: toolPolicy ?? (await added(tx, { orgId: org.id, target, asked })),
    terms: { ...(await termsOf(tx, { orgId: org.id, request, isByPolicy })), ...terms, requestId: request.id },
    reason,
    source,
    decisionId,
    seenToolsDigest,
    now,
  });
  if (request.teamId !== null) {
    const own = request.toolPolicy === null ? Prisma.DbNull : (request.toolPolicy as Prisma.InputJsonValue);
    await tx.teamEntry.upsert({
      where: { teamId_entryId: { teamId: request.teamId, entryId: granted.entryId } },
      create: {
        teamId: request.teamId,
        entryId: granted.entryId,
        toolPolicy: own,
        reason,
        addedById: actor.type === 'user' ? actor.id : null,
        createdAt: now,
      },
      update: { toolPolicy: own, reason },
    });
  }
  return granted;
}

/** A request brings its own terms to a new entry; those of an entry that is there stay, except an end that comes too soon. */
async function termsOf(
  tx: Tx,
  { orgId, request, isByPolicy }: { orgId: string; request: ApprovalRequest; isByPolicy: boolean },
): Promise<EntryTerms> {
  const entry = await tx.allowlistEntry.findUnique({
    where: { orgId_serverId: { orgId, serverId: request.serverId } },
    select: { state: true, expiresAt: true },
  });
  const isNew = entry === null || entry.state === 'revoked' || entry.state === 'expired';
  // A new entry for which nobody named an end gets the organization's.
  const isWider = !isNew && entry.expiresAt !== null && (request.until === null || request.until > entry.expiresAt);
  const expiresAt = (isWider && !isByPolicy) || (isNew && request.until !== null) ? { expiresAt: request.until } : {};
  const rule = request.versionRule as unknown as VersionRule;
  return { ...expiresAt, ...(isNew && !(isByPolicy && rule.kind === 'range') ? { versionRule: rule } : {}) };
}

async function added(
  tx: Tx,
  { orgId, target, asked }: { orgId: string; target: RequestTarget; asked: ToolPolicy },
): Promise<ToolPolicy> {
  const approved = await tx.allowlistVersion.findFirst({
    where: { versionId: target.versionId, state: 'approved', entry: { orgId, state: 'approved' } },
    select: { toolPolicy: true, feedEntry: true },
  });
  if (!approved) return asked;
  const tools = (approved.feedEntry as unknown as FeedServerVersion).tools.allow;
  const kept = Object.fromEntries(
    tools.filter(({ name }) => !/[*?]/.test(name)).map(({ name, ask }) => [name, ask ? 'ask' : 'allow'] as const),
  );
  return { default: asked.default, rules: { ...kept, ...asked.rules } } as ToolPolicy;
}
