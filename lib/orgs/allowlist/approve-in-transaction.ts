import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import type { EntrySource } from '#lib/db/client/client.ts';
import type { Prisma, Tx } from '#lib/db/db.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { requireExceptionsKept } from '../policy/exceptions.ts';
import { settleRequests } from '../requests/settle-requests.ts';
import { orgSettings } from '../settings.ts';
import { requireNotDenied } from './denials.ts';
import { checkTerms, type EntryTerms, termColumns } from './entry-terms.ts';
import { PIN_SELECT, type PinnedVersion, pinVersion } from './pin-version.ts';
import { type ResolvedRange, resolveRange } from './resolve-range.ts';
import type { ToolPolicy } from './tool-policy.ts';

export type { EntryTerms } from './entry-terms.ts';

const DAY_MS = 86_400_000;

export type ApprovalInput = {
  org: { id: string };
  actor: Actor;
  serverName: string;
  version: string;
  toolPolicy: ToolPolicy;
  terms?: EntryTerms;
  reason: string;
  source: EntrySource;
  /** The decision of the policy behind it. */
  decisionId?: string | null;
  /** The digest of the tools that the reviewer was shown. Given, an approval of anything else is refused. */
  seenToolsDigest?: string;
  now: Date;
};

export type ApprovedVersion = {
  entryId: string;
  allowedTools: string[];
  unmatchedPatterns: string[];
  /** Of a range that was given now: what else of it came in, and what of it did not. */
  range: ResolvedRange;
};

/**
 * Puts one version on the allowlist, pinned as it is now, inside `orgTransaction`; with a range among the terms also the versions of
 * it that are there and were seen. It does not publish: whoever calls it does, once, after everything that belongs together.
 * Approving what is suspended, expired or revoked ends that for this version alone. Throws NOT_FOUND, DENIED, CONFLICT, NO_TOOLS_SEEN,
 * UNPROCESSABLE, and then has written nothing.
 */
export async function approveInTransaction(tx: Tx, input: ApprovalInput): Promise<ApprovedVersion> {
  const { org, serverName, version, toolPolicy, seenToolsDigest, now } = input;
  await requireNotDenied(tx, { orgId: org.id, serverName, version });
  // A scan that finishes now waits, and then sees this approval; or this waits, and sees the scan.
  // All that are locked are locked here, before the chain of events is: a scan takes the two in this order.
  const isRange = input.terms?.versionRule?.kind === 'range';
  await tx.$queryRaw`
      select id from "Version" where "serverName" = ${serverName} and (version = ${version} or ${isRange})
      order by id for share`;
  const row = await tx.version.findUnique({
    where: { serverName_version: { serverName, version } },
    select: PIN_SELECT,
  });
  if (!row || row.status === 'deleted')
    throw new DomainError('NOT_FOUND', `There is no version ${version} of ${serverName}.`);
  const pinned = await pinVersion(tx, row, toolPolicy);
  if (seenToolsDigest !== undefined && seenToolsDigest !== pinned.toolsDigest) {
    throw new DomainError(
      'CONFLICT',
      `A newer scan of ${serverName} ${version} saw other tools than those you were shown. Reload the page and look at them again.`,
    );
  }
  const { settings: stored } = await tx.org.findUniqueOrThrow({ where: { id: org.id }, select: { settings: true } });
  const settings = orgSettings(stored);
  const terms = await checkTerms(tx, { orgId: org.id, terms: input.terms ?? {}, version, settings, now });
  const before = await tx.allowlistEntry.findUnique({
    where: { orgId_serverId: { orgId: org.id, serverId: row.serverId } },
    select: { id: true, state: true, expiresAt: true, ownerId: true },
  });
  if (before) await requireExceptionsKept(tx, { entry: before, terms, except: row.id, now });
  const entryId = await writeEntry(tx, {
    input,
    serverId: row.serverId,
    terms: { ...defaultEnd({ before, days: settings.defaultApprovalDays, now }), ...terms },
  });
  await writeApprovedVersion(tx, { input, entryId, versionId: row.id, version, pinned });
  const range =
    terms.versionRule?.kind === 'range'
      ? await resolveRange(tx, {
          orgId: org.id,
          serverId: row.serverId,
          entryId,
          rule: terms.versionRule,
          toolPolicy: terms.toolPolicy ?? toolPolicy,
          now,
          approve: (other) =>
            writeApprovedVersion(tx, {
              input,
              entryId,
              versionId: other.id,
              version: other.version,
              pinned: other.pinned,
            }),
        })
      : { also: [], left: [] };
  await settleRequests(tx, {
    orgId: org.id,
    serverId: row.serverId,
    serverName,
    version,
    allowedTools: pinned.allowed,
    totalTools: pinned.total,
    actor: input.actor,
    except: input.terms?.requestId ?? null,
    reason: input.reason,
    now,
  });
  return { entryId, allowedTools: pinned.allowed, unmatchedPatterns: pinned.unmatched, range };
}

/** An approval that begins anew ends when the organization says, and never in the past of one that expired. */
function defaultEnd({
  before,
  days,
  now,
}: {
  before: { state: string; expiresAt: Date | null } | null;
  days: number | null;
  now: Date;
}): EntryTerms {
  const isOver = before?.expiresAt != null && before.expiresAt <= now;
  const isNew = before === null || before.state === 'revoked' || before.state === 'expired';
  if (!isNew && !isOver) return {};
  return { expiresAt: days === null ? null : new Date(now.getTime() + days * DAY_MS) };
}

async function writeEntry(
  tx: Tx,
  {
    input: { org, actor, reason, source, toolPolicy, now },
    serverId,
    terms,
  }: { input: ApprovalInput; serverId: string; terms: EntryTerms },
): Promise<string> {
  // A rule needs to know which tools it brings: those of this approval, unless it says otherwise.
  const withPolicy =
    terms.versionRule && terms.versionRule.kind !== 'exact' && terms.toolPolicy === undefined
      ? { ...terms, toolPolicy }
      : terms;
  const { id } = await tx.allowlistEntry.upsert({
    where: { orgId_serverId: { orgId: org.id, serverId } },
    create: {
      orgId: org.id,
      serverId,
      reason,
      source,
      ownerId: actor.type === 'user' ? actor.id : null,
      ...termColumns(withPolicy),
      createdAt: now,
      updatedAt: now,
    },
    update: {
      state: 'approved',
      reason,
      source,
      suspendedAt: null,
      suspendedReason: null,
      updatedAt: now,
      ...termColumns(withPolicy),
    },
    select: { id: true },
  });
  return id;
}

/** Writes a pinned version beside its entry, with its event. */
export async function writeApprovedVersion(
  tx: Tx,
  {
    input: { org, actor, serverName, toolPolicy, source, decisionId, reason, now },
    entryId,
    versionId,
    version,
    pinned: { feedEntry, allowed, asked, total, toolsDigest },
  }: {
    input: Omit<ApprovalInput, 'version'>;
    entryId: string;
    versionId: string;
    version: string;
    pinned: PinnedVersion;
  },
): Promise<void> {
  const columns = {
    state: 'approved' as const,
    toolPolicy: toolPolicy as unknown as Prisma.InputJsonValue,
    feedEntry: feedEntry as unknown as Prisma.InputJsonValue,
    source,
    decisionId: decisionId ?? null,
    reason,
    approvedAt: now,
    revokedAt: null,
    revokedReason: null,
  };
  await tx.allowlistVersion.upsert({
    where: { entryId_versionId: { entryId, versionId } },
    create: { entryId, versionId, ...columns },
    update: columns,
  });
  await appendEvent(tx, {
    orgId: org.id,
    kind: 'allowlist.approved',
    actor,
    subject: { server: serverName, version },
    data: {
      tools: `${allowed.length} of ${total} tools`,
      allowed,
      ...(asked.length > 0 ? { asked } : {}),
      toolsDigest,
      policy: toolPolicy as never,
      reason,
      ...(source === 'manual' ? {} : { source }),
    },
    now,
  });
}
