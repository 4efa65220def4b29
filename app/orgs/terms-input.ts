import { z } from 'zod';
import { DomainError } from '#lib/http/domain-error.ts';
import type { EntryTerms } from '#lib/orgs/allowlist/approve-in-transaction.ts';
import { TOOL_DECISIONS, type ToolDecision, type ToolPolicy } from '#lib/orgs/allowlist/tool-policy.ts';
import type { VersionRule } from '#lib/orgs/allowlist/version-rule.ts';
import { isSelectable } from './tool-selection.ts';

/** A day as a form sends it; its end, so that "until 30 November" includes that day. */
const day = z
  .string()
  .default('')
  .transform((text, context) => {
    if (text === '') return null;
    const date = new Date(`${text}T23:59:59.000Z`);
    if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime())) return date;
    context.addIssue({ code: 'custom', message: 'Give a day as YYYY-MM-DD.' });
    return z.NEVER;
  });

/** Fields of `EntryTermsFields`. */
export const termsInput = {
  withTerms: z.enum(['new', 'change']).optional(),
  until: day,
  credentialMode: z.enum(['', 'shared', 'personal']).default(''),
  rule: z.enum(['exact', 'range', 'latest-approved']).default('exact'),
  range: z.string().default(''),
  environments: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean))])
    .default([]),
  conditions: z.string().default(''),
};

const schema = z.object(termsInput);

/**
 * The terms of a form; none where it had no such fields. An empty day is no end, or for an approval that begins anew what the
 * organization gives to those without one.
 */
export function termsOf(input: z.output<typeof schema>): EntryTerms {
  if (input.withTerms === undefined) return {};
  const versionRule: VersionRule =
    input.rule === 'range' ? { kind: 'range', range: input.range } : { kind: input.rule };
  return {
    versionRule,
    ...(input.until === null && input.withTerms === 'new' ? {} : { expiresAt: input.until }),
    credentialMode: input.credentialMode || null,
    environments: input.environments,
    conditions: input.conditions,
  };
}

/** What was ticked, asked about and written as rules, with everything else denied. Throws UNPROCESSABLE. */
export function toolPolicyOf({ tools, asks, rules }: { tools: string[]; asks: string[]; rules: string }): ToolPolicy {
  const pattern = tools.find((name) => !isSelectable(name));
  if (pattern !== undefined) {
    throw new DomainError(
      'UNPROCESSABLE',
      `The tool "${pattern}" cannot be allowed by its name: it would read as a pattern.`,
    );
  }
  const asked = new Set(asks);
  // Whatever a tool is called, `__proto__` too.
  const decided = new Map<string, ToolDecision>();
  for (const name of tools) decided.set(name, asked.has(name) ? 'ask' : 'allow');
  for (const [name, decision] of rules.split('\n').flatMap(ruleOf)) {
    const standing = decided.get(name);
    const strictest = TOOL_DECISIONS.find((one) => one === decision || one === standing);
    decided.set(name, strictest ?? decision);
  }
  return { default: 'deny', rules: Object.fromEntries(decided) };
}

function ruleOf(line: string): [string, ToolDecision][] {
  const text = line.trim();
  if (text === '') return [];
  const [, decision, name] = /^(allow|ask|deny)\s+(\S.*)$/.exec(text) ?? [];
  if (decision === undefined || name === undefined) {
    throw new DomainError(
      'UNPROCESSABLE',
      `Rules by pattern: "${text.slice(0, 80)}" does not begin with allow, ask or deny and name a tool or pattern.`,
    );
  }
  return [[name, decision as ToolDecision]];
}
