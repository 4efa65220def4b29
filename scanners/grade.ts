import { severityRank } from './order.ts';
import type { Finding, Grade, Permission, Risk } from './types.ts';

const GRADES: readonly Grade[] = ['A', 'B', 'C', 'D', 'F'];

/**
 * DESIGN §1: the worst accusation or hygiene finding decides: none A, low B, medium C, high D, critical F. Information and
 * capability facts never count. Null when no tool definitions were seen. Pass the active findings only.
 */
export function gradeOf(
  findings: readonly Pick<Finding, 'class' | 'severity'>[],
  seen: { tools: boolean },
): Grade | null {
  if (!seen.tools) return null;
  const ranks = findings
    .filter((finding) => finding.class !== 'capability')
    .map(({ severity }) => severityRank(severity));
  return GRADES[Math.max(0, ...ranks)] as Grade;
}

/**
 * What the server can do, whether or not it is honest. High: it runs code or has a capability of severity high. Medium: it
 * changes something, sends something out or holds a secret, or nobody saw its tools. Low: it reads.
 * Programs that were seen to start, e.g. to ask for a version, are no code that a caller chooses: medium.
 */
export function riskOf(
  findings: readonly Pick<Finding, 'class' | 'severity'>[],
  permissions: readonly (Pick<Permission, 'kind'> & Partial<Pick<Permission, 'basis'>>)[],
  seen: { tools: boolean },
): Risk {
  const hasPower = findings.some(
    (finding) => finding.class === 'capability' && severityRank(finding.severity) >= severityRank('high'),
  );
  if (hasPower || permissions.some(({ kind, basis }) => kind === 'run-code' && basis !== 'observed')) return 'high';
  const reachesOut = permissions.some(({ kind }) => kind !== 'read');
  return reachesOut || !seen.tools ? 'medium' : 'low';
}
