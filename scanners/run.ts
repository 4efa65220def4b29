import { fingerprintOf } from './fingerprint.ts';
import { gradeOf, riskOf } from './grade.ts';
import { LIMITS } from './limits.ts';
import { compareFindings, compareLocations } from './order.ts';
import { permissionsOf } from './permissions/infer.ts';
import { ruleById, SCANNERS } from './registry.ts';
import { snapshotTexts } from './text/snapshot-texts.ts';
import type { Finding, InputSnapshot, RawFinding, ScanReport } from './types.ts';
import { RULESET_VERSION } from './version.ts';

export { RULES, SCANNERS } from './registry.ts';
export { RULESET_VERSION } from './version.ts';

/**
 * Scans a snapshot with every scanner. Pure: no clock, no network, and the same snapshot gives the same report byte for byte,
 * whatever the order of its tools and keys. Work and memory grow with the size of the input and no faster; what `LIMITS` leaves
 * out is reported as `scan.input-cut`.
 */
export function scanSnapshot(snapshot: InputSnapshot): ScanReport {
  const texts = snapshotTexts(snapshot);
  const raw = SCANNERS.flatMap((scanner) => scanner.scan(snapshot, texts));
  const findings = capped(merged(raw.map(completed).sort(compareFindings)));
  const permissions = permissionsOf(snapshot);
  const seen = { tools: snapshot.definitions.tools !== null };
  return {
    rulesetVersion: RULESET_VERSION,
    findings,
    permissions,
    grade: gradeOf(findings, seen),
    risk: riskOf(findings, permissions, seen),
  };
}

/** A raw finding with its rule's words and its fingerprint. */
function completed({ ruleId, message, location, evidence = undefined, severity, confidence }: RawFinding): Finding {
  const rule = ruleById(ruleId);
  if (rule === undefined) throw new Error(`no rule ${ruleId}`);
  return {
    ruleId,
    class: rule.class,
    severity: severity ?? rule.severity,
    confidence: confidence ?? rule.confidence,
    title: rule.title,
    message,
    location,
    evidence: evidence ?? null,
    remediation: rule.remediation,
    references: rule.references,
    fingerprint: fingerprintOf(ruleId, location, evidence ?? null),
  };
}

/** Findings with the same fingerprint become one, the first; the others' places are kept with it. Expects sorted findings. */
function merged(findings: readonly Finding[]): Finding[] {
  const byFingerprint = new Map<string, Finding>();
  for (const finding of findings) {
    const first = byFingerprint.get(finding.fingerprint);
    if (first === undefined) {
      byFingerprint.set(finding.fingerprint, finding);
      continue;
    }
    const places = [first.location, ...(first.alsoAt ?? [])];
    if (places.length > LIMITS.otherPlaces || places.some((place) => compareLocations(place, finding.location) === 0))
      continue;
    first.alsoAt = [...(first.alsoAt ?? []), finding.location];
  }
  return [...byFingerprint.values()];
}

/** At most `LIMITS.findingsPerRuleAndSubject` of one rule about one subject, the worst of them. Expects sorted findings. */
function capped(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>();
  return findings.filter(({ ruleId, location }) => {
    const key = JSON.stringify([ruleId, location.document, location.subject ?? '']);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= LIMITS.findingsPerRuleAndSubject;
  });
}
