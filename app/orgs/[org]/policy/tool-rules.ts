import { type ToolPolicy, toolPolicySchema } from '#lib/orgs/allowlist/tool-policy.ts';

/** Rules as text, one a line: `read_*: allow`. */
export const formatToolRules = (rules: ToolPolicy['rules']): string =>
  Object.entries(rules)
    .map(([name, decision]) => `${name}: ${decision}`)
    .join('\n');

/** The tool policy of a form, or the line that cannot be read. The last colon of a line ends the name. */
export function parseToolRules(standard: string, text: string): { policy: ToolPolicy } | { fault: string } {
  const rules: Record<string, string> = {};
  for (const [index, line] of text.split('\n').entries()) {
    const at = line.lastIndexOf(':');
    if (line.trim() === '') continue;
    if (at < 1) return { fault: `Line ${index + 1}: write the name or pattern, a colon, and allow, ask or deny.` };
    rules[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  const parsed = toolPolicySchema.safeParse({ default: standard, rules });
  if (parsed.success) return { policy: parsed.data };
  const issue = parsed.error.issues[0]!;
  return { fault: `${issue.path.slice(1).join(' ') || 'Rules'}: ${issue.message}` };
}
