import type { GatewayReason } from '#lib/gateway/decisions/reasons.ts';
import type { PublishedFeed } from '../published/published-list.ts';
import type { AccessFacts } from './access-facts.ts';
import { targetOf } from './denials.ts';
import type { AccessQuestion } from './explain-access.ts';
import { decideTool, toolPolicySchema } from './tool-policy.ts';
import { sayVersionRule, versionRuleOf } from './version-rule.ts';

/** What a gateway looks at, in its order. */
export const STEPS = [
  'lockdown',
  'revocations',
  'server',
  'version',
  'end',
  'environment',
  'team',
  'group',
  'tool',
  'definition',
] as const;
export type StepId = (typeof STEPS)[number];

/** The gateway's codes that each step may end with. */
export const STEP_CODES: Record<StepId, readonly GatewayReason[]> = {
  lockdown: ['LOCKDOWN'],
  revocations: ['SERVER_REVOKED', 'VERSION_REVOKED'],
  server: ['SERVER_UNKNOWN'],
  version: ['VERSION_UNKNOWN'],
  end: ['ENTRY_EXPIRED'],
  environment: ['ENVIRONMENT_DENIED'],
  team: ['TEAM_UNKNOWN', 'TEAM_DENIED', 'READ_ONLY'],
  group: ['GROUP_UNKNOWN', 'GROUP_DENIED', 'READ_ONLY'],
  tool: ['TOOL_NOT_ALLOWED'],
  definition: ['TOOL_UNSEEN', 'TOOL_DRIFTED'],
};

export const STEP_TITLES: Record<StepId, string> = {
  lockdown: 'Lockdown',
  revocations: 'Denials and revocations',
  server: 'Server on the list',
  version: 'Version on the list',
  end: 'End of the approval',
  environment: 'Environment',
  team: 'Team',
  group: 'Agent group',
  tool: 'Tool policy',
  definition: 'Definition of the tool',
};

/** Where more is to be seen. */
export type AccessEvidence =
  | { kind: 'lockdown' }
  | { kind: 'denial'; id: string }
  | { kind: 'entry' }
  | { kind: 'version'; version: string }
  | { kind: 'request'; id: string }
  | { kind: 'team'; slug: string }
  | { kind: 'group'; slug: string }
  | { kind: 'compare'; version: string };

export type AccessStep = {
  id: StepId;
  title: string;
  outcome: 'pass' | 'ask' | 'block' | 'skipped';
  says: string;
  evidence: AccessEvidence[];
};

type About = {
  feed: PublishedFeed;
  question: AccessQuestion;
  version: string;
  facts: AccessFacts;
  outcome: AccessStep['outcome'];
  /** The gateway's sentence, for the step that blocks. */
  message: string;
};

export function sayStep(id: StepId, about: About): AccessStep {
  const { outcome } = about;
  const { says, evidence = [] } = outcome === 'skipped' ? { says: 'Not looked at.' } : SAY[id](about);
  return { id, title: STEP_TITLES[id], outcome, says, evidence };
}

type Said = { says: string; evidence?: AccessEvidence[] };

const SAY: Record<StepId, (about: About) => Said> = {
  lockdown: ({ outcome, facts, message }) =>
    outcome === 'block'
      ? {
          says: facts.lockdownReason === null ? message : `Everything is locked down: "${facts.lockdownReason}".`,
          evidence: [{ kind: 'lockdown' }],
        }
      : { says: 'There is none.' },

  revocations: ({ outcome, facts: { denial, decided }, message, version }) => {
    if (outcome !== 'block') return { says: 'Nothing denies, revokes or suspends it.' };
    if (denial) {
      const about = denial.advisory === null ? '' : ` (${denial.advisory})`;
      return {
        says: `${targetOf(denial)} is denied: "${denial.reason}"${about}. A denial wins over every approval.`,
        evidence: [{ kind: 'denial', id: denial.id }],
      };
    }
    const why = decided?.revokedReason ? `: "${decided.revokedReason}"` : '';
    if (decided?.state === 'suspended' || decided?.state === 'revoked')
      return { says: `${version} is ${decided.state}${why}.`, evidence: [{ kind: 'entry' }] };
    return { says: message };
  },

  server: ({ outcome, facts: { entry, request }, message }) => {
    const waiting: AccessEvidence[] = request ? [{ kind: 'request', id: request.id }] : [];
    if (outcome !== 'block')
      return {
        says: entry
          ? `It is on the list: "${entry.reason}" (${SOURCE[entry.source] ?? entry.source}).`
          : 'It is on the list.',
        evidence: [{ kind: 'entry' }],
      };
    if (entry === null)
      return {
        says: request
          ? 'It is not on the list. A request for it waits for a decision.'
          : 'It is not on the list, and nobody asks for it.',
        evidence: waiting,
      };
    if (entry.state === 'expired')
      return {
        says: `Its approval ended${entry.expiresAt ? ` on ${dayOf(entry.expiresAt)}` : ''}.`,
        evidence: [{ kind: 'entry' }, ...waiting],
      };
    return {
      says: entry.state === 'approved' ? message : `Its entry is ${entry.state}.`,
      evidence: [{ kind: 'entry' }, ...waiting],
    };
  },

  version: ({ outcome, version, facts: { entry, decided, version: known, request } }) => {
    const rule = versionRuleOf(entry?.versionRule);
    if (outcome !== 'block')
      return {
        says: decided
          ? `${version} was approved on ${dayOf(decided.approvedAt)}: "${decided.reason}" (${SOURCE[decided.source] ?? decided.source}).`
          : `${version} is on the list.`,
        evidence: [{ kind: 'version', version }],
      };
    const evidence: AccessEvidence[] = [{ kind: 'entry' }];
    if (request) evidence.push({ kind: 'request', id: request.id });
    if (known === null) return { says: `The catalog has no version ${version}.`, evidence };
    if (decided?.state === 'approved' && rule.kind === 'latest-approved')
      return { says: `${version} was approved, but only the newest approved version is allowed.`, evidence };
    if (decided) return { says: `${version} is ${decided.state}.`, evidence };
    const approved = entry && entry.approved.length > 0 ? entry.approved.join(', ') : 'none';
    return {
      says: `${version} was not approved. Approved: ${approved}; the entry has ${sayVersionRule(rule)}.`,
      evidence,
    };
  },

  end: ({ outcome, feed, question, version }) => {
    const listed = listedVersion(feed, question.serverName, version);
    if (outcome === 'block')
      return {
        says: `The approval ended on ${listed?.expiresAt?.slice(0, 10) ?? '?'}.`,
        evidence: [{ kind: 'entry' }],
      };
    return { says: listed?.expiresAt ? `It ends on ${listed.expiresAt.slice(0, 10)}.` : 'It has none.' };
  },

  environment: ({ outcome, feed, question, version, message }) => {
    const environments = listedVersion(feed, question.serverName, version)?.environments;
    if (outcome === 'block') return { says: message, evidence: [{ kind: 'entry' }] };
    return {
      says: environments
        ? `${question.environment} is one of ${environments.join(', ')}.`
        : 'The entry is for every environment.',
    };
  },

  team: ({ outcome, question: { team }, message }) => ({
    says: outcome === 'block' ? message : `The team ${team} may use it${AFTER_ASKING[outcome] ?? ''}.`,
    evidence: [{ kind: 'team', slug: team! }],
  }),

  group: ({ outcome, question: { group }, message }) => ({
    says: outcome === 'block' ? message : `The agent group ${group} may use it${AFTER_ASKING[outcome] ?? ''}.`,
    evidence: [{ kind: 'group', slug: group! }],
  }),

  tool: ({ outcome, question: { tool }, version, facts: { decided, version: known } }) => {
    const evidence: AccessEvidence[] = [{ kind: 'version', version }];
    const policy = toolPolicySchema.safeParse(decided?.toolPolicy);
    const { decision, rules } = policy.success ? decideTool(policy.data, tool!) : { decision: 'deny', rules: [] };
    const by = rules.length > 0 ? `by ${rules.map((rule) => `"${rule}"`).join(', ')}` : 'by default';
    if (outcome === 'ask') return { says: `Allowed ${by}; a person has to agree to each call.`, evidence };
    if (outcome !== 'block') return { says: `Allowed ${by}.`, evidence };
    const has = hasTool(known?.digests, tool!);
    if (decision !== 'deny')
      return {
        says: has
          ? 'The policy would allow it, but the tool was not there when the version was approved.'
          : 'The version has no such tool.',
        evidence,
      };
    return { says: has ? `Denied ${by}.` : `Denied ${by}; the version has no such tool either.`, evidence };
  },

  definition: ({ outcome, version, message }) =>
    outcome === 'block'
      ? { says: message, evidence: [{ kind: 'compare', version }] }
      : { says: 'The last scan saw it as it was approved.', evidence: [] },
};

const AFTER_ASKING: Record<string, string> = { ask: '; a person has to agree to each call' };

const SOURCE: Record<string, string> = { manual: 'by a reviewer', policy: 'by the policy', exception: 'an exception' };

const listedVersion = ({ allowlist }: PublishedFeed, server: string, version: string) =>
  allowlist.servers.find(({ name }) => name === server)?.versions.find((one) => one.version === version);

const hasTool = (digests: unknown, tool: string): boolean =>
  Object.hasOwn((digests as { tools?: object } | null | undefined)?.tools ?? {}, tool);

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
