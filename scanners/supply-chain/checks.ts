import type { Package } from '#lib/manifest/types.ts';
import type { CheckFact, PackageFact } from '../facts.ts';
import type { RawFinding, Rule, Severity } from '../types.ts';
import { DIGEST_CHANGED, MISSING, NO_OWNERSHIP_PROOF, NOT_OWNED, OTHER_PROVENANCE } from './rules.ts';

/** What each answer of lib/packages amounts to; answers that are not here are fine, or nobody's fault. */
const RULE_OF_CODE: Record<string, { rule: Rule; severity?: Severity }> = {
  NAME_MISSING: { rule: NO_OWNERSHIP_PROOF },
  NAME_DIFFERS: { rule: NOT_OWNED },
  NAME_HIDDEN: { rule: NOT_OWNED },
  NAME_CASE: { rule: NOT_OWNED, severity: 'low' },
  NAME_NOT_ENDED: { rule: NOT_OWNED, severity: 'low' },
  PACKAGE_NOT_FOUND: { rule: MISSING },
  VERSION_NOT_FOUND: { rule: MISSING, severity: 'low' },
  PROVENANCE_MISMATCH: { rule: OTHER_PROVENANCE },
  PROVENANCE_INVALID: { rule: OTHER_PROVENANCE },
  DIGEST_CHANGED: { rule: DIGEST_CHANGED },
  DIGEST_MISMATCH: { rule: DIGEST_CHANGED },
  HASH_MISMATCH: { rule: DIGEST_CHANGED },
};

/** One finding for each answer that is worth one; a code never comes twice for a package. */
export function checkFindings({ packageIndex, checks }: PackageFact, pkg: Package): RawFinding[] {
  return checks.flatMap((check): RawFinding[] => {
    const verdict = Object.hasOwn(RULE_OF_CODE, check.code) ? RULE_OF_CODE[check.code] : undefined;
    if (verdict === undefined) return [];
    const severity = movesByNature(check, pkg) ? 'low' : verdict.severity;
    const excerpt = `${pkg.registryType} ${pkg.identifier}`;
    return [
      {
        ruleId: verdict.rule.id,
        message: check.message,
        location: { document: 'server.json', pointer: `/packages/${packageIndex}/identifier` },
        evidence: { excerpt, start: 0, end: excerpt.length },
        ...(severity === undefined ? {} : { severity }),
      },
    ];
  });
}

/** A tag of an image is made to be moved: `pkg.mutable-image` tells of that. */
const movesByNature = ({ code }: CheckFact, { registryType, identifier }: Package): boolean =>
  code === 'DIGEST_CHANGED' && registryType === 'oci' && !identifier.includes('@sha256:');
