import semver from 'semver';

/** Version strings that the registry API uses itself. Compared exactly, as the API's paths are. */
export const RESERVED_VERSIONS: readonly string[] = ['latest'];

export function isReservedVersion(version: string): boolean {
  return RESERVED_VERSIONS.includes(version);
}

// The four forms that the official registry refuses (validators.go). Input is trimmed before.
const PLAIN = String.raw`v?\d+(?:\.\d+){0,3}(?:-[0-9A-Za-z.-]+)?`;
const COMPARATOR_RANGE = new RegExp(String.raw`^(?:\^|~|>=|<=|>|<|=)\s*${PLAIN}$`);
const HYPHEN_RANGE = new RegExp(String.raw`^${PLAIN}\s-\s*${PLAIN}$`);
const OR_RANGE = new RegExp(String.raw`^${PLAIN}\s*(?:\|\|\s*${PLAIN}\s*)+$`);
// Do not look for x or * behind the hyphen, as the official registry does: 1.0.0-next.1 is one version.
const WILDCARD = /^(?:v?\d+|x|X|\*)(?:\.(?:\d+|x|X|\*)){1,3}(?:-[0-9A-Za-z.-]+)?$|^[xX*]$/;
// Beyond the official forms: lists of comparators (`>=1 <2`, `^1 || ^2`, `>=1,<2`) and those of Python and Ruby.
const COMPARATOR = String.raw`(?:\^|~>|~=|~|>=|<=|===|==|!=|>|<|=)\s*v?[\d*xX][0-9A-Za-z.*+!-]*`;
const SEPARATOR = String.raw`(?:\s*\|\|\s*|\s*,\s*|\s+)`;
const COMPARATOR_LIST = new RegExp(`^(?:${COMPARATOR}|${PLAIN})(?:${SEPARATOR}(?:${COMPARATOR}|${PLAIN}))*$`);

/**
 * Whether a version string names a range of versions (`^1.2.3`, `1.x`, `1 - 2`, `>=1 <2`) instead of one. Texts longer
 * than 255 characters are no versions at all and answer false.
 */
export function looksLikeRange(version: string): boolean {
  const text = version.trim();
  if (text === '' || text.length > 255) return false;
  if (COMPARATOR_RANGE.test(text) || HYPHEN_RANGE.test(text) || OR_RANGE.test(text)) return true;
  const [core = ''] = text.split('-', 1);
  if (WILDCARD.test(text) && /[xX*]/.test(core)) return true;
  return /[\^~<>=!|,]/.test(text) && COMPARATOR_LIST.test(text);
}

export type PublishedVersion = { version: string; publishedAt: Date | string };

/**
 * Orders versions from earliest to latest, as the official registry and its aggregators do: two semantic versions by
 * semver 2.0 precedence, two others by time of publication, and a semantic version after any other. What that leaves
 * equal (build metadata, one instant) is settled by time and then by the text, so the order is total.
 */
export function compareVersions(a: PublishedVersion, b: PublishedVersion): number {
  const semanticA = semver.parse(a.version);
  const semanticB = semver.parse(b.version);
  if (semanticA !== null && semanticB !== null) {
    const byPrecedence = semver.compare(semanticA, semanticB);
    if (byPrecedence !== 0) return byPrecedence;
  } else if (semanticA !== null || semanticB !== null) {
    return semanticA === null ? -1 : 1;
  }
  const byTime = new Date(a.publishedAt).getTime() - new Date(b.publishedAt).getTime();
  if (byTime !== 0) return byTime;
  return a.version === b.version ? 0 : a.version < b.version ? -1 : 1;
}

export type VersionStatus = 'active' | 'deprecated' | 'deleted';

/**
 * The version that `latest` stands for: the highest that is not deleted; where all are deleted, the highest of those, so
 * that a listing with deleted versions still has one. Null for an empty list.
 */
export function pickLatest<T extends PublishedVersion & { status: VersionStatus }>(versions: readonly T[]): T | null {
  const present = versions.filter(({ status }) => status !== 'deleted');
  const candidates = present.length > 0 ? present : versions;
  return candidates.reduce<T | null>(
    (best, one) => (best === null || compareVersions(one, best) > 0 ? one : best),
    null,
  );
}
