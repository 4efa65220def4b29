import type { Actor } from '#lib/audit/events.ts';
import type { ApprovalRequest, EntrySource } from '#lib/db/client/client.ts';
import { Prisma, type Tx } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { approveInTransaction, type EntryTerms } from '../allowlist/approve-in-transaction.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import type { VersionRule } from '../allowlist/version-rule.ts';
import { orgSettings } from '../settings.ts';
import type { RequestTarget } from './request-target.ts';

const DAY_MS = 86_400_000;

export type Granted = { entryId: string; allowedTools: string[] };

/**
 * Does what a request asks for, inside `orgTransaction` and without publishing. Where a reviewer gives no `toolPolicy`, the tools
 * that were asked for are added to those that the version has already: a grant to one person takes nothing from others. A request that
 * Hallmark opened about an entry asks for the entry as it is: no tool more, and another end only where the end is what it is about.
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
  const asked = (request.toolPolicy as ToolPolicy | null) ?? (await unnamedTools(tx, { request, target }));
  const granted = await approveInTransaction(tx, {
    org,
    actor,
    serverName: target.serverName,
    version: target.version,
    toolPolicy: toolPolicy ?? (await added(tx, { orgId: org.id, target, asked })),
    terms: { ...(await termsOf(tx, { orgId: org.id, request, isByPolicy, now })), ...terms, requestId: request.id },
    reason,
    source,
    decisionId,
    seenToolsDigest,
    now,
  });
  if (request.teamId !== null) {
    const kept = keptTools(request.toolPolicy as ToolPolicy | null, granted.allowedTools);
    const own = kept === null ? Prisma.DbNull : (kept as unknown as Prisma.InputJsonValue);
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

/**
 * What a team gets of the tools that it asked for: those that were granted. One that a reviewer left out must not come to the team
 * by a later approval for somebody else.
 */
function keptTools(asked: ToolPolicy | null, granted: readonly string[]): ToolPolicy | null {
  if (asked === null) return null;
  const rules = Object.entries(asked.rules).filter(([name]) => granted.includes(name));
  return { default: 'deny', rules: Object.fromEntries(rules) };
}

/** Of a request that names no tools: all for a person, and for Hallmark what the entry gave of this version or of its newest. */
async function unnamedTools(
  tx: Tx,
  { request, target }: { request: ApprovalRequest; target: RequestTarget },
): Promise<ToolPolicy> {
  const all: ToolPolicy = { default: 'allow', rules: {} };
  if (request.kind === 'person') return all;
  const given = await tx.allowlistVersion.findMany({
    where: {
      entry: { orgId: request.orgId, serverId: request.serverId, state: { not: 'revoked' } },
      OR: [{ versionId: target.versionId }, { state: 'approved' }],
    },
    orderBy: { approvedAt: 'desc' },
    select: { versionId: true, feedEntry: true },
  });
  const pinned = given.find(({ versionId }) => versionId === target.versionId) ?? given[0];
  return pinned ? { default: 'deny', rules: rulesOf(pinned.feedEntry) } : all;
}

/** A request brings its own terms to a new entry; those of an entry that is there stay, except an end that comes too soon. */
async function termsOf(
  tx: Tx,
  { orgId, request, isByPolicy, now }: { orgId: string; request: ApprovalRequest; isByPolicy: boolean; now: Date },
): Promise<EntryTerms> {
  const entry = await tx.allowlistEntry.findUnique({
    where: { orgId_serverId: { orgId, serverId: request.serverId } },
    select: { state: true, expiresAt: true },
  });
  const isNew = entry === null || entry.state === 'revoked' || entry.state === 'expired';
  if (!isNew && request.kind !== 'person') return request.kind === 'expiry' ? renewed(tx, { orgId, now }) : {};
  // A new entry for which nobody named an end gets the organization's.
  const isWider = !isNew && entry.expiresAt !== null && (request.until === null || request.until > entry.expiresAt);
  const expiresAt = (isWider && !isByPolicy) || (isNew && request.until !== null) ? { expiresAt: request.until } : {};
  const rule = request.versionRule as unknown as VersionRule;
  return { ...expiresAt, ...(isNew && !(isByPolicy && rule.kind === 'range') ? { versionRule: rule } : {}) };
}

/** The days that the organization gives to an approval, from now. */
async function renewed(tx: Tx, { orgId, now }: { orgId: string; now: Date }): Promise<EntryTerms> {
  const { settings } = await tx.org.findUniqueOrThrow({ where: { id: orgId }, select: { settings: true } });
  const { defaultApprovalDays: days } = orgSettings(settings);
  return { expiresAt: days === null ? null : new Date(now.getTime() + days * DAY_MS) };
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
  return { default: asked.default, rules: { ...rulesOf(approved.feedEntry), ...asked.rules } };
}

/** What was pinned, by name. A name that reads as a pattern would give more than itself. */
const rulesOf = (feedEntry: unknown): ToolPolicy['rules'] =>
  Object.fromEntries(
    (feedEntry as FeedServerVersion).tools.allow
      .filter(({ name }) => !/[*?]/.test(name))
      .map(({ name, ask }) => [name, ask ? 'ask' : 'allow'] as const),
  );
