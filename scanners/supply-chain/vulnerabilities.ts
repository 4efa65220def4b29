import type { PackageFact, VulnerabilityFact } from '../facts.ts';
import { SEVERITIES, severityRank } from '../order.ts';
import { shown } from '../text/scan-text.ts';
import type { RawFinding, Severity } from '../types.ts';
import { KNOWN_VULNERABILITY, MALWARE } from './rules.ts';

/** CVSS 3.1, section 5, qualitative severity; the database's word where there is no score; low where there is neither. */
export function severityOf({ score, level, path }: Pick<VulnerabilityFact, 'score' | 'level' | 'path'>): Severity {
  const own = score === null ? ofLevel(level) : ofScore(score);
  if (path.length <= 1) return own;
  // The fault is in what it installs: one step less, and never more than medium.
  const rank = Math.min(severityRank(own) - 1, severityRank('medium'));
  return SEVERITIES[Math.max(rank, severityRank('low'))] as Severity;
}

const ofScore = (score: number): Severity =>
  score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : 'low';

const ofLevel = (level: string | null): Severity =>
  level === 'critical' || level === 'high' ? level : level === 'moderate' || level === 'medium' ? 'medium' : 'low';

export function vulnerabilityFindings({ packageIndex, vulnerabilities }: PackageFact): RawFinding[] {
  return (vulnerabilities ?? []).map((fact): RawFinding => {
    const { id, aliases, summary, name, version, path, score, fixed, isMalware } = fact;
    const cve = aliases.find((alias) => alias.startsWith('CVE-'));
    const what = `${shown(name)}: ${shown(id)}`;
    const way = path.map(shown).join(' › ');
    const names = cve === undefined || cve === id ? shown(id) : `${shown(id)} (${shown(cve)})`;
    const how = path.length > 1 ? `, which it installs (${way})` : '';
    const told = summary === '' ? '' : ` ${shown(summary).replace(/[.\s]*$/, '.')}`;
    const weight = score === null || isMalware ? '' : ` CVSS ${score.toFixed(1)}.`;
    const repaired = fixed.length === 0 ? '' : ` Repaired in ${fixed.map(shown).join(', ')}.`;
    return {
      ruleId: isMalware ? MALWARE.id : KNOWN_VULNERABILITY.id,
      message: `${names} is about ${shown(name)} ${shown(version)}${how}.${told}${weight}${repaired}`,
      location: { document: 'server.json', pointer: `/packages/${packageIndex}` },
      // The span is what the fingerprint is made of: the same fault stays the same finding when versions move.
      evidence: { excerpt: `${what} (${way})`, start: 0, end: what.length },
      ...(isMalware ? {} : { severity: severityOf(fact) }),
    };
  });
}
