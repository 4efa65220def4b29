/** Ecosystems whose versions can be compared here, as OSV writes them. https://ossf.github.io/osv-schema/ */
export const ECOSYSTEMS = ['npm', 'PyPI'] as const;
export type Ecosystem = (typeof ECOSYSTEMS)[number];

/** One event of an OSV range; exactly one member is set. */
export type RangeEvent = { introduced: string } | { fixed: string } | { last_affected: string } | { limit: string };

export type AffectedRange = { events: RangeEvent[] };

/** What is kept of an advisory about one package: `data` of OsvAdvisory. */
export type StoredAdvisory = {
  aliases: string[];
  summary: string;
  /** CVSS 3 base score, or null. */
  score: number | null;
  /** `database_specific.severity` in lower case, or null. */
  level: string | null;
  ranges: AffectedRange[];
  versions: string[];
};

/** A row of OsvAdvisory without its ecosystem. Dates are ISO 8601. */
export type AdvisoryRow = {
  package: string;
  id: string;
  modifiedAt: string;
  withdrawnAt: string | null;
  data: StoredAdvisory;
};

/** What an import and what one advisory may cost. */
export const OSV_LIMITS = {
  /** Files of a dump; npm's has about 220,000. */
  entries: 2_000_000,
  /** Bytes of one advisory; the largest real ones have about 3 MB. */
  entryBytes: 16 * 1024 * 1024,
  /** Bytes of all of them together, unpacked. */
  totalBytes: 32 * 1024 * 1024 * 1024,
  /** Packages of one advisory. */
  packages: 2_000,
  ranges: 200,
  events: 400,
  versions: 20_000,
  aliases: 20,
  /** UTF-16 units of a summary. */
  text: 300,
  /** UTF-16 units of a version or a name. */
  name: 256,
  /** Entries committed together; a stopped import repeats at most this many. */
  batch: 500,
  /** Findings of one package of a manifest. */
  matches: 200,
} as const;

/** PEP 503: names that PyPI takes for one. npm's names are what they are. */
export const canonicalName = (ecosystem: Ecosystem, name: string): string =>
  ecosystem === 'PyPI' ? name.toLowerCase().replaceAll(/[-_.]+/g, '-') : name;
