import type { JsonObject, Package, Repository } from '#lib/manifest/types.ts';
import type { NpmSettings } from '#lib/scans/acquire/npm-settings.ts';
import type { TrustRoot } from '#lib/signing/index.ts';
import type { Ask } from './ask.ts';
import type { PackageCheckCode } from './codes.ts';

/**
 * What is asked about a package. `ownership`: it names the server. `integrity`: the file is the one that the manifest
 * gives the hash of. `digest`: what its name resolves to, so that a change is seen. `provenance`: which repository it was
 * built from, signed.
 */
export type PackageCheckKind = 'ownership' | 'integrity' | 'provenance' | 'digest';

/** `PackageCheckState` of the database, which says what each one means. */
export type PackageCheckState = 'proven' | 'failed' | 'absent' | 'not_offered' | 'unreachable';

export type PackageCheckResult = {
  /** Place in `packages[]`. */
  packageIndex: number;
  /** The package for people, e.g. `npm @acme/weather 1.2.3`. */
  label: string;
  kind: PackageCheckKind;
  state: PackageCheckState;
  code: PackageCheckCode;
  /** One to three sentences that name the place and the fix. */
  message: string;
  /** What was seen. Text in it is cut and has no invisible characters. */
  facts: JsonObject;
};

/** A try that got no answer while an earlier answer stands. */
export type FailedTry = { at: string; code: PackageCheckCode; message: string; count: number };

/** What pages show. Dates are ISO 8601. */
export type PackageCheckView = PackageCheckResult & {
  /** The last time that the registry gave an answer. */
  checkedAt: string;
  /** Since when the state is what it is. */
  since: string;
  failedTry: FailedTry | null;
};

/** Where packages are asked about: what the admin configured. These origins may be private and may speak http. */
export type PackageSettings = {
  npm: NpmSettings;
  /** Without a slash at the end, like the next two. */
  pypiUrl: string;
  nugetUrl: string;
  cargoUrl: string;
  /** Hosts of images and bundles that the admin listed beside the public ones. */
  hosts: ReadonlySet<string>;
  /** Who asks; crates.io wants to be able to reach that person. */
  userAgent: string;
};

/** What one package type is given to check a package. */
export type PackageContext = {
  pkg: Package;
  label: string;
  serverName: string;
  repository: Repository | undefined;
  settings: PackageSettings;
  roots: readonly TrustRoot[];
  ask: Ask;
  now: Date;
};

/** The answer to one kind of question; the code decides the state. */
export type Outcome = { kind: PackageCheckKind; code: PackageCheckCode; message: string; facts?: JsonObject };

/** One package type. `check` may throw CheckFault, which then stands for every kind. */
export type PackageType = {
  /** The first one is what a missing package is reported under. */
  kinds: readonly [PackageCheckKind, ...PackageCheckKind[]];
  check(context: PackageContext): Promise<Outcome[]>;
};
