import type { JsonObject } from '#lib/manifest/types.ts';
import type { Confidence, Evidence, Severity } from '../types.ts';

export type PackageFile = { path: string; text: string };

/** A file that was left out, or a part of the work that was, and why: one sentence. */
export type NotRead = { path: string; reason: string };

/**
 * A package's own files, as they are when it is installed and without its dependencies. Bounded by whoever collects them
 * (lib/scans/package-source). Paths are relative, with forward slashes.
 */
export type PackageFiles = {
  ecosystem: 'npm' | 'pypi';
  name: string;
  version: string;
  /** package.json; null for PyPI, or where it is no JSON object. */
  manifest: JsonObject | null;
  files: PackageFile[];
  notRead: NotRead[];
};

/** A place in a file. `line` is 1-based. */
export type CodePlace = { path: string; line: number; evidence: Evidence };

/** Something in the code that a rule speaks of; the scan decides with the tools' definitions whether it stands. */
export type Sighting = CodePlace & {
  ruleId: string;
  message: string;
  /** Name of the tool whose handler it is, where that is known. */
  tool: string | null;
  /** The tool's argument that reaches the place. */
  argument: string | null;
  /** The finding stands only where neither manifest nor tools name one of these words (hosts, owners of hosts). */
  unlessNamed?: string[];
  severity?: Severity;
  confidence?: Confidence;
};

export type PowerKind =
  | 'runs-program'
  | 'runs-any-program'
  | 'runs-code'
  | 'reads-files'
  | 'writes-files'
  | 'contacts'
  | 'contacts-any'
  | 'reads-environment'
  | 'changes-programs'
  | 'names-host'
  | 'names-mailbox';

/**
 * A fact about what the code can do. `what` is the program, host, variable, file or mailbox; '' where it is chosen at run
 * time. Of files, `any` is any path that a model names, `checked`
 * one that was checked; of programs, `model` is whatever a model names.
 */
export type Power = { kind: PowerKind; what: string; places: CodePlace[] };

/** What the parsers and the flow analysis found in a package. Plain data: the scan itself parses nothing. */
export type PackageCode = {
  ecosystem: 'npm' | 'pypi';
  name: string;
  version: string;
  /** Files that were parsed. */
  filesRead: number;
  sightings: Sighting[];
  powers: Power[];
  notRead: NotRead[];
};
