import { isJsonObject, objectOf, objectsOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { cvssBaseScore } from './cvss.ts';
import {
  type AdvisoryRow,
  type AffectedRange,
  canonicalName,
  type Ecosystem,
  OSV_LIMITS,
  type RangeEvent,
} from './types.ts';

export type ParsedAdvisory =
  /** No rows: the advisory is about other ecosystems. */
  { ok: true; id: string; rows: AdvisoryRow[] } | { ok: false; reason: string };

/**
 * Reads one OSV entry and gives one row for each package of the ecosystem that it is about. What is over the limits of
 * OSV_LIMITS is refused whole: half an advisory would clear versions that it is about.
 */
export function parseAdvisory(bytes: Buffer, ecosystem: Ecosystem): ParsedAdvisory {
  let entry: unknown;
  try {
    entry = JSON.parse(bytes.toString('utf8'));
  } catch {
    return refused('it is not JSON');
  }
  if (!isJsonObject(entry)) return refused('it is no JSON object');
  const id = storable(textOf(entry, 'id') ?? '');
  const modifiedAt = dateOf(entry, 'modified');
  if (id === '' || id.length > OSV_LIMITS.name) return refused('it has no usable "id"');
  if (modifiedAt === null) return refused(`${id} has no usable "modified"`);

  const affected = objectsOf(entry, 'affected')
    .map(([, item]) => item)
    .filter((item) => isAbout(objectOf(item, 'package') ?? {}, ecosystem));
  const byPackage = new Map<string, { ranges: AffectedRange[]; versions: string[]; item: JsonObject }>();
  for (const item of affected) {
    const name = canonicalName(ecosystem, storable(textOf(objectOf(item, 'package') ?? {}, 'name') ?? ''));
    if (name === '' || name.length > OSV_LIMITS.name) return refused(`${id} is about a package without a usable name`);
    const known = byPackage.get(name) ?? { ranges: [], versions: [], item };
    known.ranges.push(...rangesOf(item));
    known.versions.push(...textsOf(item, 'versions'));
    const events = known.ranges.reduce((sum, range) => sum + range.events.length, 0);
    if (known.ranges.length > OSV_LIMITS.ranges || events > OSV_LIMITS.events) {
      return refused(`${id} has more ranges for ${name} than are read`);
    }
    if (known.versions.length > OSV_LIMITS.versions)
      return refused(`${id} lists more versions of ${name} than are read`);
    byPackage.set(name, known);
  }
  if (byPackage.size > OSV_LIMITS.packages) return refused(`${id} is about more packages than are read`);

  const aliases = textsOf(entry, 'aliases').slice(0, OSV_LIMITS.aliases);
  const summary = storable(textOf(entry, 'summary') ?? firstLine(textOf(entry, 'details') ?? '')).slice(
    0,
    OSV_LIMITS.text,
  );
  const withdrawnAt = dateOf(entry, 'withdrawn');
  const rows = [...byPackage].map(
    ([name, { ranges, versions, item }]): AdvisoryRow => ({
      package: name,
      id,
      modifiedAt,
      withdrawnAt,
      data: { aliases, summary, score: scoreOf(item) ?? scoreOf(entry), level: levelOf(entry), ranges, versions },
    }),
  );
  return { ok: true, id, rows };
}

const refused = (reason: string): ParsedAdvisory => ({ ok: false, reason });

/** Some ecosystems of OSV carry a suffix, e.g. `Debian:12`; npm and PyPI have none. */
const isAbout = (named: JsonObject, ecosystem: Ecosystem): boolean => textOf(named, 'ecosystem') === ecosystem;

function rangesOf(item: JsonObject): AffectedRange[] {
  return objectsOf(item, 'ranges')
    .filter(([, range]) => textOf(range, 'type') !== 'GIT')
    .map(([, range]) => ({ events: objectsOf(range, 'events').flatMap(([, event]) => eventOf(event)) }))
    .filter(({ events }) => events.some((event) => 'introduced' in event));
}

function eventOf(event: JsonObject): RangeEvent[] {
  for (const key of ['introduced', 'fixed', 'last_affected', 'limit'] as const) {
    const at = textOf(event, key);
    if (at !== undefined && at.length <= OSV_LIMITS.name) return [{ [key]: storable(at) } as RangeEvent];
  }
  return [];
}

function textsOf(object: JsonObject, key: string): string[] {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (!Array.isArray(value)) return [];
  return value
    .filter((item) => typeof item === 'string' && item.length <= OSV_LIMITS.name)
    .map((item) => storable(item as string));
}

function dateOf(object: JsonObject, key: string): string | null {
  const time = Date.parse(textOf(object, key) ?? '');
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function scoreOf(object: JsonObject): number | null {
  const scores = objectsOf(object, 'severity').flatMap(([, { score }]) => {
    const base = typeof score === 'string' ? cvssBaseScore(score) : null;
    return base === null ? [] : [base];
  });
  return scores.length === 0 ? null : Math.max(...scores);
}

const LEVELS = ['low', 'moderate', 'medium', 'high', 'critical'];

function levelOf(entry: JsonObject): string | null {
  const level = textOf(objectOf(entry, 'database_specific') ?? {}, 'severity')?.toLowerCase();
  return level !== undefined && LEVELS.includes(level) ? level : null;
}

const firstLine = (text: string): string => text.trimStart().split('\n', 1)[0] as string;

/** PostgreSQL's JSON holds neither U+0000 nor half surrogates. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\u2400');
