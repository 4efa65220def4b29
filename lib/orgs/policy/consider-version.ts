import { appendEvent } from '#lib/audit/append-event.ts';
import type { Actor } from '#lib/audit/events.ts';
import type { Tx } from '#lib/db/db.ts';
import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { publishFeed } from '#lib/feed/store/publish-feed.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { approveInTransaction } from '../allowlist/approve-in-transaction.ts';
import { isDenied, targetOf } from '../allowlist/denials.ts';
import type { ToolPolicy } from '../allowlist/tool-policy.ts';
import { ruleAdmits, sayVersionRule, type VersionRule, versionRuleOf } from '../allowlist/version-rule.ts';
import { orgTransaction } from '../org-transaction.ts';
import { openRequestInTransaction } from '../requests/open-request.ts';
import { requestTarget } from '../requests/request-target.ts';
import { grantByPolicy } from '../requests/settle-by-policy.ts';
import { orgSettings } from '../settings.ts';
import { type Consultation, consultPolicy } from './consult-policy.ts';
import { policyInForce } from './decide-version.ts';
import { loadFacts } from './load-facts.ts';
import type { Occasion } from './schema.ts';

const POLICY: Actor = { type: 'system', name: 'Policy' };
const DAY_MS = 86_400_000;
/** How long a version that is being scanned is left alone; its scan asks again at once. */
const SCAN_WAIT_MS = 15 * 60 * 1000;
/** What a rule without a policy lets in: words, what is gone, and nothing else. */
const HARMLESS = new Set(['none', 'wording', 'removed']);

/** What came of looking at a version. */
export type Considered =
  | { action: 'approved' | 'requested'; decisionId: string | null; reason: string }
  /** Nothing to do, with why. */
  | { action: 'nothing'; decisionId: string | null; reason: string }
  /** It is looked at again then. */
  | { action: 'waits'; decisionId: string | null; reason: string; until: Date };

type Asked = { orgId: string; versionId: string; occasion: Occasion; now: Date };

/**
 * Looks at one version for one organization: a denial ends it; what a person asked for, or an entry's rule and the policy let in, is
 * approved and published; what they do not waits in the queue. What is approved already is never taken away here.
 */
export function considerVersion(asked: Asked): Promise<Considered> {
  return orgTransaction(asked.orgId, async (tx) => {
    const considered = await considerInTransaction(tx, asked);
    if (considered.action === 'approved') await publishFor(tx, asked, 1);
    return considered;
  });
}

/** The same for many versions, in one transaction with one publication. */
export function considerVersions({
  orgId,
  tasks,
  now,
}: {
  orgId: string;
  tasks: readonly { versionId: string; occasion: Occasion }[];
  now: Date;
}): Promise<Considered[]> {
  return orgTransaction(orgId, async (tx) => {
    const results: Considered[] = [];
    for (const task of tasks) results.push(await considerInTransaction(tx, { orgId, now, ...task }));
    const approved = results.filter(({ action }) => action === 'approved').length;
    if (approved > 0) await publishFor(tx, { orgId, now }, approved);
    return results;
  });
}

const publishFor = (tx: Tx, { orgId, now }: { orgId: string; now: Date }, versions: number): Promise<number> =>
  publishFeed(tx, {
    orgId,
    reason: `approved ${versions === 1 ? 'a version' : `${versions} versions`} without a person`,
    actor: POLICY,
    now,
  });

async function considerInTransaction(tx: Tx, asked: Asked): Promise<Considered> {
  const { orgId, now } = asked;
  const version = await loadVersion(tx, asked);
  if (!version) return nothing('there is no such version');
  if (version.status !== 'active') return nothing(`it is ${version.status}`);
  const { serverId, serverName, entry } = version;
  const denial = await isDenied(tx, { orgId, serverName, version: version.version });
  if (denial) return nothing(`the organization denies ${targetOf(denial)}`);
  const [policy, requests, scope] = [
    await policyInForce(tx, orgId),
    await tx.approvalRequest.findMany({
      where: { orgId, serverId, version: version.version, kind: 'person', state: { in: ['open', 'asked'] } },
      orderBy: { createdAt: 'asc' },
      select: { id: true },
    }),
    orgSettings((await tx.org.findUniqueOrThrow({ where: { id: orgId }, select: { settings: true } })).settings)
      .policyScope,
  ];
  const isOffered = policy?.mode === 'automatic' && scope === 'catalog' && version.isLatest;
  const isOver = entry?.expiresAt != null && entry.expiresAt <= now;
  const isFollowed = entry?.state === 'approved' && !isOver;
  if (!isFollowed && requests.length === 0 && !isOffered) return nothing('nobody asked for it');
  if (version.isBeingScanned) return waits('its scan is not done', new Date(now.getTime() + SCAN_WAIT_MS));

  const before = await lastOutcome(tx, asked);
  const verdict = await consultPolicy(tx, asked);
  if (version.own === 'approved') return lookAtApproved(tx, asked, { version, verdict, before });
  if (requests.length > 0) {
    const settled = await settlePeople(tx, asked, { version, verdict, requests });
    if (settled) return settled;
  }
  if (version.own !== null) return nothing(`it was ${version.own}, and only a person brings it back`, verdict);
  if (isFollowed) return followEntry(tx, asked, { version, entry, verdict });
  if (isOffered && verdict?.outcome === 'approve')
    return approve(tx, asked, { version, verdict, toolPolicy: verdict.toolPolicy, hasEntry: entry !== null });
  if (verdict?.waitsUntil) return waits(verdict.reason, verdict.waitsUntil, verdict);
  return nothing(verdict?.reason ?? 'no policy is in force', verdict);
}

/** An approved version that the policy denies from now on goes back to review; it stays approved until somebody decides. */
async function lookAtApproved(
  tx: Tx,
  { orgId, occasion, now }: Asked,
  { version, verdict, before }: { version: Version; verdict: Consultation | null; before: string | null },
): Promise<Considered> {
  const isNews = verdict?.outcome === 'deny' && before !== 'deny';
  // A changed policy is a person's doing: its page lists what falls, and offers the review. Exceptions stand until they end.
  if (!isNews || occasion === 'policy-change' || version.ownSource === 'exception')
    return nothing('it is approved', verdict);
  const reason = `The policy denies what is approved: ${verdict.reason}`;
  await openFor(tx, { orgId, version, kind: 'drift', reason, verdict, now });
  return { action: 'requested', decisionId: verdict.decisionId, reason };
}

/** Grants what people asked for, where the policy approves it; else they see its verdict. Null when something else may still be done. */
async function settlePeople(
  tx: Tx,
  { orgId, now }: Asked,
  { version, verdict, requests }: { version: Version; verdict: Consultation | null; requests: { id: string }[] },
): Promise<Considered | null> {
  if (verdict === null) return null;
  const ids = requests.map(({ id }) => id);
  await tx.approvalRequest.updateMany({ where: { id: { in: ids } }, data: { decisionId: verdict.decisionId } });
  if (verdict.mode !== 'automatic' || verdict.outcome !== 'approve')
    return verdict.waitsUntil
      ? waits(verdict.reason, verdict.waitsUntil, verdict)
      : nothing(`a person decides: ${verdict.reason}`, verdict);
  const target = await requestTarget(tx, version.serverName, version.version);
  let granted = 0;
  // Of one person's the last, which was judged; what it answers of the others is closed with it.
  for (const requestId of ids.toReversed())
    if (await grantByPolicy(tx, { org: { id: orgId }, requestId, target, verdict, now })) granted++;
  if (granted === 0) return nothing('it cannot be approved without a person', verdict);
  await noteDecided(tx, { orgId, version, verdict, now });
  return { action: 'approved', decisionId: verdict.decisionId, reason: verdict.reason };
}

/** A version of a server that the organization uses. */
async function followEntry(
  tx: Tx,
  asked: Asked,
  { version, entry, verdict }: { version: Version; entry: Entry; verdict: Consultation | null },
): Promise<Considered> {
  if (!version.isNewer) return nothing('a newer version is approved', verdict);
  const rule = versionRuleOf(entry.versionRule);
  const isWithin = ruleAdmits(rule, version.version);
  const mode = verdict?.mode ?? 'off';
  if (mode === 'automatic') {
    const mayEnter = isWithin || rule.kind === 'exact';
    if (verdict?.outcome === 'approve' && mayEnter)
      return approve(tx, asked, { version, verdict, toolPolicy: toolsFor(entry, verdict.toolPolicy), hasEntry: true });
    if (verdict?.waitsUntil && mayEnter) return waits(verdict.reason, verdict.waitsUntil, verdict);
    return ask(tx, asked, { version, verdict, rule, isWithin, reason: verdict!.reason });
  }
  if (isWithin && verdict?.outcome !== 'deny') {
    const doubt = await doubtAbout(tx, asked);
    if (doubt === null)
      return approve(tx, asked, { version, verdict, toolPolicy: toolsFor(entry, null), rule, hasEntry: true });
    return ask(tx, asked, { version, verdict, rule, isWithin, reason: doubt });
  }
  if (mode === 'off') return nothing('the entry is about single versions', verdict);
  return ask(tx, asked, { version, verdict, rule, isWithin, reason: verdict?.reason ?? '' });
}

/** Why a version within a rule does not come in by itself; null where nothing but words changed. */
async function doubtAbout(tx: Tx, asked: Asked): Promise<string | null> {
  const [loaded] = await loadFacts(tx, { ...asked, versionIds: [asked.versionId] });
  const facts = loaded?.facts.resource;
  if (!facts?.approved) return 'it cannot be compared with what is approved';
  const { worst, newTools, permissionsIncreased, signerChanged, version } = facts.approved;
  if ((facts.openAccusations ?? 1) > 0) return 'its scan found accusations';
  if (signerChanged) return `its signer differs from that of ${version}`;
  if (newTools.length > 0) return `it has tools that ${version} did not have: ${newTools.slice(0, 5).join(', ')}`;
  if (permissionsIncreased) return `it can do more than ${version}`;
  return HARMLESS.has(worst) ? null : `more than words changed since ${version}`;
}

async function ask(
  tx: Tx,
  { orgId, now }: Asked,
  {
    version,
    verdict,
    rule,
    isWithin,
    reason,
  }: { version: Version; verdict: Consultation | null; rule: VersionRule; isWithin: boolean; reason: string },
): Promise<Considered> {
  const outside = rule.kind === 'range' && !isWithin ? `Outside of the entry’s rule (${sayVersionRule(rule)}). ` : '';
  const said = `New version. ${outside}${reason.replace(/^./, (first) => first.toUpperCase()).replace(/[^.]$/, '$&.')}`;
  await openFor(tx, { orgId, version, kind: 'new_version', reason: said, verdict, now });
  if (verdict) await noteDecided(tx, { orgId, version, verdict, now });
  return { action: 'requested', decisionId: verdict?.decisionId ?? null, reason: said };
}

async function openFor(
  tx: Tx,
  {
    orgId,
    version,
    kind,
    reason,
    verdict,
    now,
  }: {
    orgId: string;
    version: Version;
    kind: 'new_version' | 'drift';
    reason: string;
    verdict: Consultation | null;
    now: Date;
  },
): Promise<void> {
  const { settings } = await tx.org.findUniqueOrThrow({ where: { id: orgId }, select: { settings: true } });
  await openRequestInTransaction(tx, {
    orgId,
    serverId: version.serverId,
    serverName: version.serverName,
    version: version.version,
    kind,
    reason: reason.slice(0, 500),
    requester: null,
    decisionId: verdict?.decisionId ?? null,
    dueAt: new Date(now.getTime() + orgSettings(settings).reviewDays * DAY_MS),
    now,
  });
}

async function approve(
  tx: Tx,
  asked: Asked,
  {
    version,
    verdict,
    toolPolicy,
    rule,
    hasEntry,
  }: {
    version: Version;
    verdict: Consultation | null;
    toolPolicy: ToolPolicy;
    /** Given where the rule alone lets it in. */
    rule?: VersionRule;
    hasEntry: boolean;
  },
): Promise<Considered> {
  const { orgId, now } = asked;
  const said = rule
    ? `Within the entry’s rule (${sayVersionRule(rule)}), and nothing but words changed.`
    : `The policy approves it: ${verdict!.reason}`;
  const reason = said.slice(0, 500);
  try {
    await approveInTransaction(tx, {
      org: { id: orgId },
      actor: POLICY,
      serverName: version.serverName,
      version: version.version,
      toolPolicy,
      reason,
      source: rule ? 'manual' : 'policy',
      decisionId: verdict?.decisionId ?? null,
      now,
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // Nobody asked for it and nobody uses it: there is nobody to ask.
    if (!hasEntry) return nothing(error.message, verdict);
    await openFor(tx, { orgId, version, kind: 'new_version', reason: error.message, verdict, now });
    return { action: 'requested', decisionId: verdict?.decisionId ?? null, reason: error.message };
  }
  if (verdict && !rule) await noteDecided(tx, { orgId, version, verdict, now });
  return { action: 'approved', decisionId: verdict?.decisionId ?? null, reason };
}

const noteDecided = (
  tx: Tx,
  { orgId, version, verdict, now }: { orgId: string; version: Version; verdict: Consultation; now: Date },
) =>
  appendEvent(tx, {
    orgId,
    kind: 'policy.decided',
    actor: POLICY,
    subject: { server: version.serverName, version: version.version, decision: verdict.decisionId },
    data: { outcome: verdict.outcome, reason: verdict.reason },
    now,
  });

/**
 * Tools of a version that comes in without a person: what the entry says for such versions, else those that are allowed of the newest
 * approved version, by name. A tool that nobody has looked at gets nothing.
 */
function toolsFor(entry: Entry, standard: ToolPolicy | null): ToolPolicy {
  if (entry.toolPolicy) return entry.toolPolicy as unknown as ToolPolicy;
  const newest = entry.newest;
  if (!newest) return standard ?? { default: 'deny', rules: {} };
  const { allow } = (newest.feedEntry as unknown as FeedServerVersion).tools;
  const rules = allow
    .filter(({ name }) => !/[*?]/.test(name) && name.length <= 256)
    .map(({ name, ask }) => [name, ask ? 'ask' : 'allow'] as const);
  return { default: 'deny', rules: Object.fromEntries(rules) };
}

type Entry = NonNullable<Version['entry']>;
type Version = NonNullable<Awaited<ReturnType<typeof loadVersion>>>;

async function loadVersion(tx: Tx, { orgId, versionId }: Asked) {
  const row = await tx.version.findUnique({
    where: { id: versionId },
    select: {
      id: true,
      serverId: true,
      serverName: true,
      version: true,
      status: true,
      isLatest: true,
      publishedAt: true,
      currentScan: { select: { toolsDigest: true } },
      scans: { select: { status: true }, orderBy: { createdAt: 'desc' }, take: 1 },
    },
  });
  if (!row) return null;
  const entry = await tx.allowlistEntry.findUnique({
    where: { orgId_serverId: { orgId, serverId: row.serverId } },
    select: {
      state: true,
      expiresAt: true,
      versionRule: true,
      toolPolicy: true,
      versions: {
        select: {
          versionId: true,
          state: true,
          source: true,
          feedEntry: true,
          version: { select: { publishedAt: true } },
        },
      },
    },
  });
  const own = entry?.versions.find((one) => one.versionId === versionId);
  const [newest = null] = (entry?.versions ?? [])
    .filter(({ state }) => state === 'approved')
    .sort((a, b) => b.version.publishedAt.getTime() - a.version.publishedAt.getTime());
  const status = row.scans[0]?.status;
  return {
    ...row,
    entry: entry && { ...entry, newest },
    own: own?.state ?? null,
    ownSource: own?.source ?? null,
    isNewer: newest === null || row.publishedAt >= newest.version.publishedAt,
    isBeingScanned: !row.currentScan?.toolsDigest && (status === 'queued' || status === 'running'),
  };
}

async function lastOutcome(tx: Tx, { orgId, versionId }: Asked): Promise<string | null> {
  const last = await tx.policyDecision.findFirst({
    where: { orgId, versionId },
    orderBy: [{ decidedAt: 'desc' }, { id: 'desc' }],
    select: { outcome: true },
  });
  return last?.outcome ?? null;
}

const nothing = (reason: string, verdict: Consultation | null = null): Considered => ({
  action: 'nothing',
  decisionId: verdict?.decisionId ?? null,
  reason,
});
const waits = (reason: string, until: Date, verdict: Consultation | null = null): Considered => ({
  action: 'waits',
  decisionId: verdict?.decisionId ?? null,
  reason,
  until,
});
