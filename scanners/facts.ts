/**
 * What others say about a version: package registries, the catalog it is in, a database of vulnerabilities, the sandbox. Gathered
 * before the scan and given to it as data, so that a scan stays a function of its input. Null everywhere means that nobody
 * was asked or nobody answered; it is never taken for a no.
 */
export type ScanFacts = {
  /** When the facts were gathered, ISO 8601: ages are counted from here. */
  at: string;
  packages: readonly PackageFact[];
  /** Who holds the namespace of the scanned server in this catalog. */
  holder: Holder | null;
  /** Names worth imitating; null where only the list that comes with the rules is known. */
  known: readonly KnownServer[] | null;
  /** What the server was seen to try while it was asked for its tools; null where it was not run. */
  observed: ObservedFacts | null;
};

/** Seen in the sandbox, which has no network: what it tried, not what it reached. */
export type ObservedFacts = {
  network: {
    /** Connections and datagrams to addresses outside. */
    unrouted: number;
    /** Datagrams to itself: look-ups of names, mostly. */
    datagrams: number;
  } | null;
  /** Names of programs that it started; those that ran very shortly may be missing. */
  programs: readonly string[];
  /** Its system calls; null or absent where they were not logged. */
  trace?: ObservedTrace | null;
};

/** What system calls show that a server did while it was asked for its tools, failed tries among it. */
export type ObservedTrace = {
  /** Outside of the system, its package and the temporary folders; `~` is its home directory. */
  files: readonly { path: string; access: 'read' | 'write' | 'delete'; isFound: boolean }[];
  /** Programs with their arguments. */
  commands: readonly (readonly string[])[];
  /** `address:port` that it connected to. */
  addresses: readonly string[];
  /** Names that it looked up. */
  names: readonly string[];
  /** Whether there was more than is kept. */
  isCut: boolean;
};

export type Holder = { slug: string; isVerified: boolean };

/** A server of this catalog that others may pretend to be. */
export type KnownServer = {
  name: string;
  title: string | null;
  holder: Holder | null;
  /** Organizations that allow it. */
  uses: number;
  packages: readonly { registryType: string; identifier: string }[];
};

/** One entry of `packages[]` of the manifest. */
export type PackageFact = {
  /** Place in `packages[]`. */
  packageIndex: number;
  registry: RegistryFact | null;
  checks: readonly CheckFact[];
  vulnerabilities: readonly VulnerabilityFact[] | null;
  /** What `vulnerabilities` were looked up for: the package alone, or everything that it installs. */
  lookedUp: 'package' | 'tree' | null;
};

/** What the package's registry says. Dates are ISO 8601. */
export type RegistryFact = {
  firstPublishedAt: string | null;
  publishedAt: string | null;
  /** Of the newest version, whichever it is. */
  lastPublishedAt: string | null;
  /** Why the version should not be used (npm `deprecated`, PyPI `yanked`), or null. */
  deprecated: string | null;
  maintainers: number | null;
  repository: string | null;
  /** `name@version` of the packages with an install script, its own first; null where that is not known. */
  installScripts: readonly string[] | null;
};

/** An answer of lib/packages about the package. */
export type CheckFact = {
  kind: 'ownership' | 'integrity' | 'provenance' | 'digest';
  state: 'proven' | 'failed' | 'absent' | 'not_offered' | 'unreachable';
  code: string;
  message: string;
};

/** An advisory that is about an installed package. */
export type VulnerabilityFact = {
  /** The database's own name, e.g. `GHSA-…`, `PYSEC-…`, `MAL-…`. */
  id: string;
  /** Other names of the same fault, e.g. its CVE. */
  aliases: readonly string[];
  summary: string;
  name: string;
  version: string;
  /** From the package of the manifest to the one that is affected, `name@version` each. */
  path: readonly string[];
  /** CVSS base score from 0 to 10; null where the advisory gives none. */
  score: number | null;
  /** What the database calls it where there is no score: low, moderate, high, critical. */
  level: string | null;
  /** Versions that are repaired, the lowest that helps first. */
  fixed: readonly string[];
  isMalware: boolean;
};
