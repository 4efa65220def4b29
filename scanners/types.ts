import type { Definitions, Manifest } from '#lib/manifest/types.ts';
import type { ScanFacts } from './facts.ts';
import type { PackageCode, PackageFiles } from './package-code/types.ts';
import type { SnapshotTexts } from './text/snapshot-texts.ts';

/** What a scan looks at. The same snapshot and ruleset give the same report, byte for byte. */
export type InputSnapshot = {
  /** null when only tool definitions are scanned. */
  manifest: Manifest | null;
  definitions: Definitions;
  /** What registries, the catalog and the sandbox say; absent where nobody was asked. */
  facts?: ScanFacts;
  /**
   * What the package's own code was seen to do; absent or null where it was not read. Files are parsed before the scan and in
   * a process of their own (lib/scans/package-source), so that a scan, its rules and their pages need no parser.
   */
  package?: PackageCode | null;
};

/** DESIGN §5.4: accusation (appealable, the only red), capability (a fact about power), hygiene. */
export type FindingClass = 'accusation' | 'capability' | 'hygiene';
export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';
export type Confidence = 'tentative' | 'firm' | 'certain';

/**
 * Where a finding is: a JSON pointer (RFC 6901) into one of the documents of the snapshot.
 * `server.json` is the manifest itself. The lists are read as objects keyed by what identifies an entry, so that a
 * pointer does not move when a server lists its tools in another order: `tools.json` and `prompts.json` by name,
 * `resources.json` by uri, `resource-templates.json` by uriTemplate; `/read_file/description` for example.
 * `instructions` is a single string: pointer ''. A finding about a property's name points at the property.
 * `package` is the files of the package by path: the pointer names the file, and `path` and `line` the place in it.
 */
export type FindingLocation = {
  document:
    | 'server.json'
    | 'tools.json'
    | 'prompts.json'
    | 'resources.json'
    | 'resource-templates.json'
    | 'instructions'
    | 'package';
  pointer: string;
  /** Name of the tool or prompt, where there is one. */
  subject?: string;
  /** Of the document `package`: path inside the package, and line from 1. */
  path?: string;
  line?: number;
};

/** Excerpt of the offending text with invisible characters made visible; `start` and `end` are UTF-16 offsets of the span in `excerpt`. */
export type Evidence = {
  excerpt: string;
  start: number;
  end: number;
  /** What a hidden or encoded span says once decoded. */
  decoded?: string;
};

export type References = {
  owaspMcp?: string[];
  safeMcp?: string[];
  cwe?: string[];
};

export type Finding = {
  ruleId: string;
  class: FindingClass;
  severity: Severity;
  confidence: Confidence;
  title: string;
  message: string;
  location: FindingLocation;
  evidence: Evidence | null;
  remediation: string;
  references: References;
  /** Hex sha256 over ruleId, subject and normalised evidence; stable when text elsewhere moves. */
  fingerprint: string;
  /** Other places of the same subject with the same evidence, at most `LIMITS.otherPlaces`; absent when there are none. */
  alsoAt?: FindingLocation[];
};

export type PermissionKind = 'read' | 'change' | 'send-out' | 'run-code' | 'secrets';
export type PermissionBasis = 'declared' | 'inferred' | 'observed';

export type Permission = {
  kind: PermissionKind;
  /** What it reaches, e.g. "files under the given directories", "GITHUB_TOKEN". */
  scope: string;
  basis: PermissionBasis;
  /** Why we say so: tool names, manifest paths. */
  evidence: string[];
};

export type Grade = 'A' | 'B' | 'C' | 'D' | 'F';
export type Risk = 'low' | 'medium' | 'high';

export type ScanReport = {
  rulesetVersion: string;
  /** Sorted: severity descending, then ruleId, document, pointer, start. */
  findings: Finding[];
  permissions: Permission[];
  /** null = not graded: tool definitions were not seen. */
  grade: Grade | null;
  risk: Risk;
};

/** A rule is one entry of its scanner's exported list; pages and docs are generated from it. */
export type Rule = {
  id: string;
  class: FindingClass;
  severity: Severity;
  confidence: Confidence;
  title: string;
  /** What it finds. */
  finds: string;
  /** Why it matters. */
  matters: string;
  remediation: string;
  references: References;
};

/** What a scanner reports; the engine adds the rule's words and the fingerprint. */
export type RawFinding = {
  ruleId: string;
  message: string;
  location: FindingLocation;
  evidence?: Evidence;
  /** Only where the rule's own severity or confidence does not hold for this case. */
  severity?: Severity;
  confidence?: Confidence;
};

/**
 * A case that a rule must find, or must leave alone. Examples are the rule's tests and the examples of its page; most
 * negatives are twins of a positive: the same words in an honest text.
 */
export type RuleExample = {
  ruleId: string;
  expect: 'finding' | 'no finding';
  /** What the case shows, in a few words. */
  shows: string;
  snapshot: InputSnapshot;
  /** Files whose code belongs to the snapshot: what `readCode` says of them is its `package`. */
  source?: PackageFiles;
};

export type Scanner = {
  id: string;
  rules: readonly Rule[];
  examples: readonly RuleExample[];
  /** `texts` is the snapshot's text, taken apart and prepared once for all scanners. */
  scan(snapshot: InputSnapshot, texts: SnapshotTexts): RawFinding[];
};
