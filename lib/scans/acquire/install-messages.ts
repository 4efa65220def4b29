import type { NpmSettings } from './npm-settings.ts';
import type { AcquireErrorCode, InstalledPackage, PackageMetadata } from './types.ts';

/** What the parent asks of the installing process. */
export type InstallRequest = {
  /** Empty directory to install into. */
  dir: string;
  /** The package to fetch; null to install only `dependencies`. */
  target: { name: string; version: string } | null;
  /** Dependencies of a bundled package. */
  dependencies: Record<string, string>;
  settings: NpmSettings;
  /** Origins that may be contacted. */
  origins: string[];
  cacheDir: string | null;
  maxPackages: number;
};

/** What the registry says about the package; the package's own file adds the rest. */
export type RegistryFacts = Pick<
  PackageMetadata,
  'deprecated' | 'publishedAt' | 'firstPublishedAt' | 'lastPublishedAt' | 'maintainers' | 'installScripts'
> & {
  integrity: string | null;
  packages: number;
  /** Parents of the packages that were asked for are null. */
  tree: InstalledPackage[];
};

export type InstallReply =
  | { kind: 'resolved'; packages: number }
  | { kind: 'done'; facts: RegistryFacts }
  | { kind: 'failed'; code: AcquireErrorCode; message: string };
