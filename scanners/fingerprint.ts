import { createHash } from 'node:crypto';
import type { Evidence, FindingLocation } from './types.ts';

/**
 * Hex sha256 over the rule, the subject and the offending span: the same when text elsewhere moves, other tools come or go, or
 * white space and case change. Where a finding has no evidence its pointer stands for it.
 */
export function fingerprintOf(ruleId: string, location: FindingLocation, evidence: Evidence | null): string {
  const span = evidence === null ? location.pointer : evidence.excerpt.slice(evidence.start, evidence.end);
  const parts = [
    ruleId,
    location.document,
    location.subject ?? '',
    normalised(span),
    normalised(evidence?.decoded ?? ''),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

const normalised = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s⏎]+/g, ' ')
    .trim();
