import { requireOrg, type Viewer } from '#lib/auth/viewer.ts';
import { db } from '#lib/db/db.ts';
import { type Decision, decide } from '#lib/gateway/decisions/decide.ts';
import type { GatewayReason } from '#lib/gateway/decisions/reasons.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { compareVersions } from '#lib/manifest/index.ts';
import type { DefinitionDigests } from '#lib/manifest/types.ts';
import { type PublishedFeed, publishedList } from '../published/published-list.ts';
import { type AccessFacts, loadAccessFacts } from './access-facts.ts';
import { type AccessStep, STEP_CODES, STEPS, type StepId, sayStep } from './access-steps.ts';

export type AccessQuestion = {
  serverName: string;
  version: string | null;
  tool: string | null;
  environment: string | null;
  team: string | null;
  group: string | null;
};

export type AccessAnswer = {
  verdict: 'allowed' | 'asked' | 'blocked';
  /** The gateway's own code and sentence. */
  code: GatewayReason;
  message: string;
  /** The version that was looked at: the one asked for, else the one that a gateway would start. */
  version: string;
  serial: number;
  publishedAt: string;
  /** In the order in which a gateway decides; what comes after the step that blocks was not looked at. */
  steps: AccessStep[];
};

/**
 * Why a server, version or tool is allowed or blocked for somebody. The answer is what a gateway decides on the published documents,
 * by the gateway's own function, for the definitions that the last scan saw; the steps say with what evidence. Throws NOT_FOUND,
 * FORBIDDEN.
 */
export async function explainAccess({
  viewer,
  orgSlug,
  serverName,
  version = null,
  tool = null,
  environment = null,
  team = null,
  group = null,
  now = new Date(),
}: {
  viewer: Viewer;
  orgSlug: string;
  now?: Date;
} & Pick<AccessQuestion, 'serverName'> &
  Partial<AccessQuestion>): Promise<AccessAnswer> {
  const org = requireOrg(viewer, orgSlug, 'org.read');
  const question: AccessQuestion = { serverName, version, tool, environment, team, group };
  const feed = await publishedList(org.id);
  if (feed === null) throw new DomainError('NOT_FOUND', 'The organization has published nothing yet.');
  const chosen = version ?? (await versionToStart(feed, question, now));
  const facts = await loadAccessFacts(db(), { orgId: org.id, serverName, version: chosen });
  const decision = decideAs(feed, { question, version: chosen, facts, now });
  return {
    verdict: decision.allow ? (decision.ask ? 'asked' : 'allowed') : 'blocked',
    code: decision.code,
    message: decision.message,
    version: chosen,
    serial: feed.serial,
    publishedAt: feed.publishedAt.toISOString(),
    steps: stepsOf({ feed, question, version: chosen, facts, decision, now }),
  };
}

function decideAs(
  { allowlist, revocations }: PublishedFeed,
  {
    question: { serverName: server, tool, environment, team, group },
    version,
    facts,
    now,
  }: { question: AccessQuestion; version: string; facts: AccessFacts; now: Date },
): Decision {
  const seen = (facts.version?.digests as DefinitionDigests | null | undefined)?.tools;
  return decide({
    allowlist,
    revocations,
    server,
    version,
    now,
    scope: { environment, team, group, readOnly: false },
    ...(tool === null ? {} : { tool, digest: seen && Object.hasOwn(seen, tool) ? seen[tool] : null }),
  });
}

/** The one approved last that may be used; where none may, one that shows why. */
async function versionToStart(
  { allowlist, revocations }: PublishedFeed,
  { serverName: server, environment, team, group }: AccessQuestion,
  now: Date,
): Promise<string> {
  const listed = allowlist.servers.find(({ name }) => name === server)?.versions ?? [];
  const newestFirst = listed.map(({ version }) => version).reverse();
  const scope = { environment, team, group, readOnly: false };
  const usable = newestFirst.find((version) => decide({ allowlist, revocations, server, version, now, scope }).allow);
  const chosen = usable ?? newestFirst[0];
  if (chosen !== undefined) return chosen;
  const known = await db().version.findMany({
    where: { serverName: server, status: { not: 'deleted' } },
    select: { version: true, publishedAt: true },
  });
  return known.sort(compareVersions).at(-1)?.version ?? '(any)';
}

function stepsOf({
  decision,
  ...about
}: {
  feed: PublishedFeed;
  question: AccessQuestion;
  version: string;
  facts: AccessFacts;
  decision: Decision;
  now: Date;
}): AccessStep[] {
  const { tool, environment, team, group } = about.question;
  const isAsked = (id: StepId): boolean => {
    if (id === 'team') return team !== null;
    if (id === 'group') return group !== null;
    if (id === 'tool' || id === 'definition') return tool !== null;
    if (id === 'environment') return environment !== null || decision.entry?.environments !== undefined;
    return true;
  };
  const asked = STEPS.filter(isAsked);
  const blocking = decision.allow ? -1 : blockingStep(asked, decision.code, about);
  return asked.map((id, i): AccessStep => {
    const outcome = blocking === -1 || i < blocking ? 'pass' : i === blocking ? 'block' : 'skipped';
    const isAsk = decision.allow && decision.ask === true && asks(id, about);
    return sayStep(id, { ...about, outcome: isAsk ? 'ask' : outcome, message: decision.message });
  });
}

/** Whether it is this step that wants a person's word: the organization's approval, the team or the group. */
function asks(
  id: StepId,
  { feed: { allowlist }, question, version }: { feed: PublishedFeed; question: AccessQuestion; version: string },
): boolean {
  const { serverName, tool } = question;
  if (tool === null) return false;
  if (id === 'tool') {
    const listed = allowlist.servers.find(({ name }) => name === serverName)?.versions ?? [];
    const entry = listed.find((one) => one.version === version);
    return entry?.tools.allow.some(({ name, ask }) => name === tool && ask === true) === true;
  }
  if (id !== 'team' && id !== 'group') return false;
  const part = allowlist[`${id}s`]?.find(({ name }) => name === question[id]);
  return part?.servers.find(({ name }) => name === serverName)?.ask?.includes(tool) === true;
}

/** A code that two steps share (`READ_ONLY`) belongs to the group when the team has no such rule. */
function blockingStep(
  asked: readonly StepId[],
  code: GatewayReason,
  { feed, question }: { feed: PublishedFeed; question: AccessQuestion },
): number {
  const candidates = asked.filter((id) => STEP_CODES[id].includes(code));
  if (candidates.length < 2) return asked.indexOf(candidates[0] ?? asked.at(-1)!);
  const team = feed.allowlist.teams?.find(({ name }) => name === question.team);
  const isTeam =
    team !== undefined &&
    (team.readOnly || team.servers.some(({ name, readOnly }) => name === question.serverName && readOnly === true));
  return asked.indexOf(isTeam ? 'team' : 'group');
}
