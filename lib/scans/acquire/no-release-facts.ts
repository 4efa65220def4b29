import type { PackageMetadata } from './types.ts';

/** What only npm's registry and package.json say of a package; elsewhere it is not known, or there is no such thing. */
export const NO_RELEASE_FACTS = {
  mcpName: null,
  hasInstallScript: false,
  installScripts: [],
  deprecated: null,
  publishedAt: null,
  firstPublishedAt: null,
  lastPublishedAt: null,
  maintainers: null,
} satisfies Partial<PackageMetadata>;
