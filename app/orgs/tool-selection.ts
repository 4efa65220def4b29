import { toolPolicySchema } from '#lib/orgs/allowlist/tool-policy.ts';

/**
 * Whether a rule with this tool's name means this tool alone. A server may call a tool `*`; a rule of that name would
 * allow every other tool as well.
 */
export function isSelectable(name: string): boolean {
  return !/[*?]/.test(name) && toolPolicySchema.safeParse({ default: 'deny', rules: { [name]: 'allow' } }).success;
}
