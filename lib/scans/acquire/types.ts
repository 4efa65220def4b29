import type { SandboxRoot } from '../sandbox/types.ts';

/** Why a package could not be acquired. */
export const ACQUIRE_ERROR_CODES = [
  'IDENTIFIER_INVALID',
  'VERSION_NOT_EXACT',
  'PACKAGE_NOT_FOUND',
  'VERSION_NOT_FOUND',
  'DEPENDENCY_NOT_FOUND',
  'DEPENDENCY_REFUSED',
  'INTEGRITY_MISMATCH',
  'UNSUPPORTED_PLATFORM',
  'NO_EXECUTABLE',
  'UNSUPPORTED_RUNTIME',
  'TOO_LARGE',
  'TIMEOUT',
  'ABORTED',
  'REGISTRY_UNREACHABLE',
  'REGISTRY_REFUSED',
  'INSTALL_FAILED',
  'NO_INSTALLER',
  'BUNDLE_INVALID',
  'IMAGE_INVALID',
] as const;
export type AcquireErrorCode = (typeof ACQUIRE_ERROR_CODES)[number];

export type AcquireFailure = { ok: false; code: AcquireErrorCode; message: string };

export type AcquireLimits = {
  /** For everything together: metadata, download, unpacking. */
  timeoutMs: number;
  /** Unpacked size with all dependencies. Measured about four times a second while files arrive. */
  unpackedBytes: number;
  files: number;
  /** Packages in the dependency tree. */
  packages: number;
  /** Heap of the installing process, in MiB. */
  heapMib: number;
};

export const DEFAULT_ACQUIRE_LIMITS: AcquireLimits = {
  timeoutMs: 180_000,
  unpackedBytes: 600 * 1024 * 1024,
  files: 120_000,
  packages: 1_500,
  heapMib: 768,
};

/** What the registry and the package say about themselves. Strings are the publisher's own: show them as text. */
export type PackageMetadata = {
  name: string;
  version: string;
  /** Executable name to path inside the package. */
  bin: Record<string, string>;
  /** `mcpName` of package.json, the package's side of the ownership proof. */
  mcpName: string | null;
  license: string | null;
  repository: string | null;
  hasInstallScript: boolean;
  /** `name@version` of every package of the tree with an install script; none of them was run. */
  installScripts: string[];
  /** The registry's deprecation text, or null. */
  deprecated: string | null;
  /** ISO 8601, or null where the registry does not say. Of this version, of the first and of the newest one. */
  publishedAt: string | null;
  firstPublishedAt: string | null;
  lastPublishedAt: string | null;
  /** How many accounts may publish it, or null where the registry does not say. */
  maintainers: number | null;
};

/** A package of the tree that was installed. `parent` is the place in the list of what asks for it, on the shortest way; null for the server's own. */
export type InstalledPackage = { name: string; version: string; parent: number | null };

export type AcquiredPackage = {
  ok: true;
  /** Directory that holds the package and its dependencies. The caller removes it. */
  dir: string;
  /** How to start the server, with paths on this host; `node` stands for the Node of this process. */
  entry: {
    command: string[];
    cwd: string;
    env?: Record<string, string>;
    /** Arguments where the manifest gives none. */
    defaultArgs?: string[];
    /** The file system in which it is started, where it brings its own. */
    root?: SandboxRoot;
  };
  /** Subresource integrity of the tarball as the registry names it and npm checked it; null for a bundled package. */
  integrity: string | null;
  metadata: PackageMetadata;
  sizeBytes: number;
  files: number;
  /** Packages installed, the server's own among them. */
  packages: number;
  /** The server's own package first, then what it brings, nearest first. */
  tree: InstalledPackage[];
  source: 'registry' | 'bundled';
};

export type AcquireProgress = {
  phase: 'resolve' | 'download' | 'done';
  message: string;
  packages?: number;
  bytes?: number;
};
