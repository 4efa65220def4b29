import { z } from 'zod';
import { matchesGlob } from './matches-glob.ts';

export type ToolDecision = 'allow' | 'deny';
/** What a reviewer decides about tools: a default, and rules by exact name or glob. */
export type ToolPolicy = { default: ToolDecision; rules: Record<string, ToolDecision> };

const MAX_RULES = 500;
/** Also the longest name of a tool that a rule can name. */
const MAX_PATTERN = 256;

const decision = z.enum(['allow', 'deny']);
/** Keys with `*` or `?` are patterns; every other key is the exact name of a tool, whatever characters it has. */
const isPattern = (text: string) => /[*?]/.test(text);

export const toolPolicySchema: z.ZodType<ToolPolicy> = z.strictObject({
  default: decision,
  rules: z
    .record(z.string().min(1).max(MAX_PATTERN), decision)
    .refine((rules) => Object.keys(rules).length <= MAX_RULES, `has at most ${MAX_RULES} rules`),
});

export type ResolvedTools = {
  /** Names that are allowed, in the order of the tools given. */
  allowed: string[];
  /** Patterns that no tool matches: most likely a typing error. */
  unmatched: string[];
};

/**
 * Which of these tools a policy allows. A rule that denies wins over every rule that allows; a tool without a rule gets
 * the default. The answer is a list of names, so a tool that appears later is not on it, whatever the patterns say.
 */
export function resolveTools(policy: ToolPolicy, names: readonly string[]): ResolvedTools {
  const rules = Object.entries(policy.rules).map(([pattern, decided]) => ({
    pattern,
    decided,
    matches: (name: string) => (isPattern(pattern) ? matchesGlob(pattern, name) : name === pattern),
  }));
  const unmatched = rules.filter(({ matches }) => !names.some((name) => matches(name))).map(({ pattern }) => pattern);
  const allowed = names.filter((name) => {
    const decisions = rules.filter(({ matches }) => matches(name)).map(({ decided }) => decided);
    if (decisions.includes('deny')) return false;
    return decisions.includes('allow') || policy.default === 'allow';
  });
  return { allowed, unmatched };
}
