import semver from 'semver';
import { z } from 'zod';
import { compareVersions, type PublishedVersion } from '#lib/manifest/index.ts';

/**
 * Which versions of a server an entry is about. `exact`: those that were approved one by one. `range`: npm's notation over
 * semver. `latest-approved`: the newest approved one alone.
 */
export type VersionRule = { kind: 'exact' } | { kind: 'range'; range: string } | { kind: 'latest-approved' };

/** Long enough for several alternatives, short enough that no range keeps a process busy. */
const MAX_RANGE = 100;

const range = z
  .string()
  .trim()
  .min(1, 'is empty')
  .max(MAX_RANGE, `has at most ${MAX_RANGE} characters`)
  .refine((text) => semver.validRange(text) !== null, 'is no range such as ^1.2.0, 1.x or >=1.2.0 <2.0.0');

export const versionRuleSchema: z.ZodType<VersionRule> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exact') }),
  z.strictObject({ kind: z.literal('range'), range }),
  z.strictObject({ kind: z.literal('latest-approved') }),
]);

/** The rule in a stored value; what is not understood admits nothing by itself. */
export function versionRuleOf(json: unknown): VersionRule {
  const parsed = versionRuleSchema.safeParse(json);
  return parsed.success ? parsed.data : { kind: 'exact' };
}

/**
 * Whether a version that nobody approved by name comes within the rule. Prereleases are versions like any other, as in the
 * registry's own order: `^1.2.0` has 1.3.0-beta.1 and not 2.0.0-alpha.1. A version that is not semver is in no range.
 */
export function ruleAdmits(rule: VersionRule, version: string): boolean {
  if (rule.kind === 'exact') return false;
  if (rule.kind === 'latest-approved') return true;
  // The same reading as the registry's order, which knows "v1.2.3" and no looser form.
  return semver.parse(version) !== null && semver.satisfies(version, rule.range, { includePrerelease: true });
}

/** Of approved versions those that the rule leaves in the feed: all, or the newest alone. */
export function ruleKeeps<T extends PublishedVersion>(rule: VersionRule, approved: readonly T[]): T[] {
  if (rule.kind !== 'latest-approved' || approved.length < 2) return [...approved];
  return [approved.reduce((best, one) => (compareVersions(one, best) > 0 ? one : best))];
}

/** The rule in words. */
export function sayVersionRule(rule: VersionRule): string {
  if (rule.kind === 'exact') return 'only the versions approved one by one';
  return rule.kind === 'range' ? `versions in ${rule.range}` : 'the newest approved version';
}
