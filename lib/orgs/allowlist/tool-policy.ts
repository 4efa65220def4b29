import { z } from 'zod';
import { matchesGlob } from './matches-glob.ts';

/** From the strictest on. `ask`: a person has to agree to each call. */
export const TOOL_DECISIONS = ['deny', 'ask', 'allow'] as const;
export type ToolDecision = (typeof TOOL_DECISIONS)[number];
/** What a reviewer decides about tools: a default, and rules by exact name or glob. */
export type ToolPolicy = { default: ToolDecision; rules: Record<string, ToolDecision> };

const MAX_RULES = 500;
/** Also the longest name of a tool that a rule can name. */
const MAX_PATTERN = 256;

/** A name that JSON has and that gets lost in objects: a denial of it would be, so it is never allowed. */
const UNSPEAKABLE = '__proto__';

const decision = z.enum(TOOL_DECISIONS);
/** Keys with `*` or `?` are patterns; every other key is the exact name of a tool, whatever characters it has. */
const isPattern = (text: string) => /[*?]/.test(text);

export const toolPolicySchema: z.ZodType<ToolPolicy> = z.strictObject({
  default: decision,
  rules: z
    .unknown()
    .refine(
      (rules) => !Object.hasOwn(Object(rules), UNSPEAKABLE),
      `cannot name "${UNSPEAKABLE}", which is never allowed`,
    )
    .pipe(z.record(z.string().min(1).max(MAX_PATTERN), decision))
    .refine((rules) => Object.keys(rules).length <= MAX_RULES, `has at most ${MAX_RULES} rules`),
});

export type ResolvedTools = {
  /** Names that are allowed or asked about, in the order of the tools given. */
  allowed: string[];
  /** Those of them that need a person's word for each call. */
  asked: string[];
  /** Rules that no tool matches: most likely a typing error, or a tool that is gone. */
  unmatched: string[];
};

/**
 * Which of these tools a policy allows. The strictest rule that matches wins, whatever their order; a tool without a rule
 * gets the default. The answer is a list of names, so a tool that appears later is not on it, whatever the patterns say.
 */
export function resolveTools(policy: ToolPolicy, names: readonly string[]): ResolvedTools {
  const decided = names.map((name) => ({ name, decision: decideTool(policy, name).decision }));
  return {
    allowed: decided.filter((one) => one.decision !== 'deny').map(({ name }) => name),
    asked: decided.filter((one) => one.decision === 'ask').map(({ name }) => name),
    unmatched: unmatchedRules(policy, names),
  };
}

/** What the policy says about one tool, and the rules that said it; none when it was the default. */
export function decideTool(policy: ToolPolicy, name: string): { decision: ToolDecision; rules: string[] } {
  if (name === UNSPEAKABLE) return { decision: 'deny', rules: [] };
  const matching = Object.entries(policy.rules).filter(([rule]) => ruleMatches(rule, name));
  const decision = TOOL_DECISIONS.find((one) => matching.some(([, said]) => said === one));
  if (decision === undefined) return { decision: policy.default, rules: [] };
  return { decision, rules: matching.filter(([, said]) => said === decision).map(([rule]) => rule) };
}

/** Rules that match none of these tools. */
export const unmatchedRules = (policy: ToolPolicy, names: readonly string[]): string[] =>
  Object.keys(policy.rules).filter((rule) => !names.some((name) => ruleMatches(rule, name)));

const ruleMatches = (rule: string, name: string): boolean =>
  isPattern(rule) ? matchesGlob(rule, name) : name === rule;
