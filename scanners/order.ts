import type { Finding, FindingLocation, Severity } from './types.ts';

/** From least to worst. */
export const SEVERITIES: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical'];

export const severityRank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** By code units, the same on every machine whatever its locale. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const compareLocations = (a: FindingLocation, b: FindingLocation): number =>
  compareText(a.document, b.document) || compareText(a.pointer, b.pointer) || (a.line ?? 0) - (b.line ?? 0);

/** Worst first, then by rule, document, pointer and place in the text. */
export const compareFindings = (a: Finding, b: Finding): number =>
  severityRank(b.severity) - severityRank(a.severity) ||
  compareText(a.ruleId, b.ruleId) ||
  compareLocations(a.location, b.location) ||
  (a.evidence?.start ?? 0) - (b.evidence?.start ?? 0) ||
  compareText(a.fingerprint, b.fingerprint) ||
  compareText(a.message, b.message);
