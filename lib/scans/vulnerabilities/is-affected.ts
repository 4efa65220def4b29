import semver from 'semver';
import { comparePep440, parsePep440 } from './pep440.ts';
import type { AffectedRange, Ecosystem, RangeEvent, StoredAdvisory } from './types.ts';

/** Compares two versions of an ecosystem; null where one of them is no version there. */
export function compareVersions(ecosystem: Ecosystem, a: string, b: string): number | null {
  if (ecosystem === 'PyPI') {
    const [left, right] = [parsePep440(a), parsePep440(b)];
    return left === null || right === null ? null : comparePep440(left, right);
  }
  const [left, right] = [parseNpm(a), parseNpm(b)];
  return left === null || right === null ? null : semver.compare(left, right);
}

/** Advisories write `1` or `1.2` where npm wants three numbers. */
function parseNpm(text: string): semver.SemVer | null {
  const parsed = semver.parse(text, { loose: true });
  if (parsed !== null) return parsed;
  const short = /^v?(\d{1,16})(?:\.(\d{1,16}))?$/.exec(text);
  return short === null ? null : semver.parse(`${short[1]}.${short[2] ?? 0}.0`);
}

/**
 * Whether an advisory is about a version: it is listed, or within a range. The evaluation is OSV's own
 * (https://ossf.github.io/osv-schema/, "Evaluation"); a range with a version that cannot be compared affects nothing.
 */
export function isAffected(ecosystem: Ecosystem, { versions, ranges }: StoredAdvisory, version: string): boolean {
  if (versions.some((listed) => listed === version || compareVersions(ecosystem, listed, version) === 0)) return true;
  return ranges.some((range) => isWithin(ecosystem, range, version));
}

function isWithin(ecosystem: Ecosystem, { events }: AffectedRange, version: string): boolean {
  const compare = (a: string, b: string) => compareVersions(ecosystem, a, b);
  // "0" is before every version, also before those that begin with a pre-release of 0.
  const isReached = (at: string) => at === '0' || (compare(version, at) ?? -1) >= 0;
  const placed = events.filter((event) => !('limit' in event)).map((event) => ({ event, at: versionOf(event) }));
  if (placed.some(({ at }) => at !== '0' && compare(version, at) === null)) return false;

  const limits = events.flatMap((event) => ('limit' in event && event.limit !== '*' ? [event.limit] : []));
  if (limits.length > 0 && !limits.some((limit) => (compare(version, limit) ?? 1) < 0)) return false;

  let isIn = false;
  for (const { event, at } of placed.toSorted((a, b) => compareEvents(a.at, b.at, compare))) {
    if ('introduced' in event && isReached(at)) isIn = true;
    else if ('fixed' in event && isReached(at)) isIn = false;
    else if ('last_affected' in event && (compare(version, at) ?? 1) > 0) isIn = false;
  }
  return isIn;
}

function compareEvents(a: string, b: string, compare: (a: string, b: string) => number | null): number {
  if (a === '0' || b === '0') return a === b ? 0 : a === '0' ? -1 : 1;
  return compare(a, b) ?? 0;
}

const versionOf = (event: RangeEvent): string => Object.values(event)[0] as string;

/** The versions of an advisory that repair `version`, earliest first: what comes after it in the range that it is in. */
export function fixesFor(ecosystem: Ecosystem, { ranges }: StoredAdvisory, version: string): string[] {
  const fixes = ranges
    .filter((range) => isWithin(ecosystem, range, version))
    .flatMap(({ events }) => events.flatMap((event) => ('fixed' in event ? [event.fixed] : [])))
    .filter((fixed) => (compareVersions(ecosystem, fixed, version) ?? -1) > 0)
    .sort((a, b) => compareVersions(ecosystem, a, b) ?? 0);
  return [...new Set(fixes)];
}
