import type { FeedServerVersion } from '#lib/feed/documents.ts';
import type { DefinitionDigests } from '#lib/manifest/types.ts';
import type { OrgDriftNotice } from '../drift/org-drift-notices.ts';
import { type Denial, deniesVersion, targetOf } from './denials.ts';
import { toolPolicySchema, unmatchedRules } from './tool-policy.ts';

/** What of an approved version its warnings are told from. */
export type WarnedVersion = {
  version: string;
  status: string;
  toolPolicy: unknown;
  feedEntry: unknown;
  /** Of the scan that counts now. */
  digests: unknown;
};

/** What a reviewer should know of an entry that is on the list, a sentence each, the worst first. */
export function entryWarnings({
  serverName,
  versions,
  denials,
  drift,
}: {
  serverName: string;
  versions: readonly WarnedVersion[];
  denials: readonly Denial[];
  drift: readonly OrgDriftNotice[];
}): string[] {
  const warnings: string[] = [];
  for (const denial of denials) {
    const isAbout =
      deniesVersion(denial, { serverName, version: null }) ||
      versions.some(({ version }) => deniesVersion(denial, { serverName, version }));
    if (isAbout) warnings.push(`${targetOf(denial)} is denied, so it is not in the feed.`);
  }
  for (const { version, approved, says } of drift)
    warnings.push(
      version === approved
        ? `${version} is not what was approved: ${says}.`
        : `${version} differs from ${approved}: ${says}.`,
    );
  for (const { version, status } of versions)
    if (status === 'deprecated') warnings.push(`${version} is deprecated by its publisher.`);
  for (const version of versions) {
    const unmatched = unmatchedNow(version);
    if (unmatched.length > 0) warnings.push(sayUnmatched(version.version, unmatched));
  }
  return warnings;
}

/** Rules that match none of the tools that the version has now. */
export function unmatchedNow({
  toolPolicy,
  feedEntry,
  digests,
}: Pick<WarnedVersion, 'toolPolicy' | 'feedEntry' | 'digests'>) {
  const policy = toolPolicySchema.safeParse(toolPolicy);
  if (!policy.success) return [];
  const now = (digests as DefinitionDigests | null | undefined)?.tools;
  const names = now ? Object.keys(now) : (feedEntry as FeedServerVersion).tools.allow.map(({ name }) => name);
  return unmatchedRules(policy.data, names);
}

export function sayUnmatched(version: string, rules: readonly string[]): string {
  const named = rules
    .slice(0, 3)
    .map((rule) => `"${rule}"`)
    .join(', ');
  const more = rules.length > 3 ? ` and ${rules.length - 3} more` : '';
  return `${version} has no tool that ${named}${more} would match.`;
}
