import type { AllowlistDocument, FeedServerVersion, RevocationsDocument } from '#lib/feed/documents.ts';
import type { ExportClientId } from './clients.ts';

/** Raise it when the same publication gives other bytes: it is part of the ETag. */
export const EXPORTER_VERSION = 1;

/**
 * Why something is in an export in another form than the allowlist has it. `left-out` is missing in the file, `warning` is
 * in it with less hold than the organization decided, `info` is what the admin has to know.
 */
export type NoteSeverity = 'info' | 'warning' | 'left-out';

export type ExportNote = {
  severity: NoteSeverity;
  /** Stable, so that callers can branch on it; see NOTES. */
  code: string;
  server?: string;
  version?: string;
  text: string;
};

/** A variable or a header; without a value where a person gives it. */
export type ExportInputValue = { name: string; value: string | null; isSecret: boolean; description: string | null };

/**
 * What the manifest of a version says beyond the feed: words for catalogs, variables that a person sets. Only of a manifest
 * whose SHA-256 is the `manifestSha256` of the feed; see `versionFacts`.
 */
export type VersionFacts = {
  title: string | null;
  description: string;
  websiteUrl: string | null;
  repositoryUrl: string | null;
  /**
   * One for each package of the manifest, in its order; that of the feed is the same. Null where no client can be told how
   * to start it. `needs` are the arguments that a person gives.
   */
  packages: ({ env: ExportInputValue[]; needs: string[] } | null)[];
  remotes: ({ transport: 'http' | 'sse'; headers: ExportInputValue[] } | null)[];
  /** Tools that the version has; null when nobody saw them. */
  toolCount: number | null;
};

/** How a version that was revoked is started, for lists of what is denied. */
export type RevokedFacts = { commands: string[][]; remotes: string[] };

export type ExportOptions = {
  /** Approvals that ended by then are left out; the time of the publication unless given. */
  now?: Date;
  /** Slug: no more than this team may use. An unknown one is refused. */
  team?: string;
  /** Slug of a group of agents. */
  group?: string;
  /** Name: also what is locked to this environment. Without it, what is locked to any is left out. */
  environment?: string;
  /** What becomes of tools that a person has to agree to, where the client cannot ask: `deny` unless given. */
  askAs?: 'deny' | 'allow';
  /** Also the forms that start a command through `cmd /c`, where a client compares commands as they are. */
  windows?: boolean;
  /** Of the organization's registry view: named in a note where the client takes one beside its file. */
  registryUrl?: string;
  /** By `name@version`, for versions whose feed has none. Without either there are no words and no variables in the file. */
  facts?: Readonly<Record<string, VersionFacts>>;
  /** Versions that were revoked, by `name@version`. */
  revoked?: Readonly<Record<string, RevokedFacts>>;
};

export type ExportInput = {
  client: ExportClientId;
  allowlist: AllowlistDocument;
  revocations: RevocationsDocument;
  options?: ExportOptions;
};

export type ExportCounts = {
  /** Of the allowlist, before anything was left out. */
  listed: number;
  servers: number;
  versions: number;
  /** Servers of which nothing is in the file. */
  leftOut: number;
};

export type RenderedExport = {
  /** Name of the file, without a folder. */
  file: string;
  contentType: string;
  /** Ends with a line feed. The same input gives the same bytes. */
  text: string;
  notes: ExportNote[];
  counts: ExportCounts;
};

export type ExportCommand = {
  /** Exactly as the feed has it. */
  argv: [string, ...string[]];
  registryType: string;
  identifier: string;
  packageVersion: string | null;
  digest: string | null;
  /** Fixed values, and variables that a person sets. */
  env: ExportInputValue[];
};

export type ExportRemote = {
  /** Absolute, https, without variables or credentials. */
  url: string;
  transport: 'http' | 'sse';
  headers: ExportInputValue[];
};

export type ExportVersion = {
  version: string;
  entry: FeedServerVersion;
  facts: VersionFacts | null;
  commands: ExportCommand[];
  remotes: ExportRemote[];
  /** Names of tools that may be called without asking, sorted. */
  tools: string[];
  /** Names of tools that a person has to agree to; empty where the client cannot ask. */
  asks: string[];
};

export type ExportServer = {
  name: string;
  /** `[A-Za-z0-9_-]`, unique in the file, and the same whatever else is in it. */
  key: string;
  /** The highest version first. */
  versions: [ExportVersion, ...ExportVersion[]];
};

/** What a format writes: everything unsafe is gone already. */
export type ExportPlan = {
  org: string;
  serial: number;
  epoch: number;
  generatedAt: string;
  /** Sorted by name. Empty in a lockdown. */
  servers: ExportServer[];
  denied: RevokedFacts;
  options: ExportOptions;
};

/** The text of a file. Notes that only the format can know go to `note`. */
export type ExportFormat = (plan: ExportPlan, note: (note: ExportNote) => void) => string;
