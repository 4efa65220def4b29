import semver from 'semver';
import { parseOciReference } from './oci-reference.ts';

/** Package types with a registry whose packages can be named, checked and mostly started. */
export const REGISTRY_TYPES = ['npm', 'pypi', 'nuget', 'cargo', 'oci', 'mcpb'] as const;
export type RegistryType = (typeof REGISTRY_TYPES)[number];

export function isRegistryType(value: string): value is RegistryType {
  return (REGISTRY_TYPES as readonly string[]).includes(value);
}

/** Base URLs that `registryBaseUrl` may name, the default first. Types that are not here carry the place in the identifier. */
export const REGISTRY_BASE_URLS: Readonly<Partial<Record<RegistryType, readonly string[]>>> = {
  npm: ['https://registry.npmjs.org'],
  pypi: ['https://pypi.org'],
  nuget: ['https://api.nuget.org/v3/index.json', 'https://api.nuget.org'],
  cargo: ['https://crates.io'],
};

/** Whether a package comes from its type's public registry: no base URL is given, or one of `REGISTRY_BASE_URLS`. */
export function isDefaultRegistry(registryType: string, registryBaseUrl: string | undefined): boolean {
  if (registryBaseUrl === undefined || !isRegistryType(registryType)) return true;
  const allowed = REGISTRY_BASE_URLS[registryType];
  return allowed === undefined || allowed.includes(registryBaseUrl.replace(/\/$/, ''));
}

// None of these starts with a hyphen or holds a colon, space or second @: an identifier that passes cannot become an
// option, a URL, a git or file reference or an alias of the tool that installs it.
const NPM_PART = '[a-z0-9~][a-z0-9._~-]*';
const NPM_NAME = new RegExp(`^(?:@${NPM_PART}/)?${NPM_PART}$`, 'i');
const PYPI_NAME = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i;
const NUGET_ID = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/i;
const CRATE_NAME = /^[a-z][a-z0-9_-]*$/i;

/**
 * Whether an identifier is a bare package name of its registry: npm (scoped or not, old mixed case included), PyPI (PEP
 * 508, without extras), NuGet, crates.io, an image reference, or for mcpb an https URL. False for other types.
 */
export function isPackageIdentifier(registryType: string, identifier: string): boolean {
  switch (registryType) {
    case 'npm':
      return identifier.length <= 214 && NPM_NAME.test(identifier);
    case 'pypi':
      return identifier.length <= 214 && PYPI_NAME.test(identifier);
    case 'nuget':
      return identifier.length <= 100 && NUGET_ID.test(identifier);
    case 'cargo':
      return identifier.length <= 64 && CRATE_NAME.test(identifier);
    case 'oci':
      return parseOciReference(identifier) !== null;
    case 'mcpb':
      return /^https:\/\/[^\s"'<>\\]+$/.test(identifier) && URL.canParse(identifier);
    default:
      return false;
  }
}

/** PEP 440, public and local versions, without the wildcards and comparators of requirements. */
const PYPI_VERSION =
  /^v?(?:\d+!)?\d+(?:\.\d+)*(?:[._-]?(?:alpha|a|beta|b|preview|pre|c|rc)[._-]?\d*)?(?:-\d+|[._-]?(?:post|rev|r)[._-]?\d*)?(?:[._-]?dev[._-]?\d*)?(?:\+[a-z0-9]+(?:[._-][a-z0-9]+)*)?$/i;
const NUGET_VERSION = /^\d+(?:\.\d+){0,3}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;
const MAX_VERSION_LENGTH = 255;

/**
 * Whether a version names exactly one release in its registry. For images it is a tag, which can be moved, so the answer
 * is false; for mcpb the file's digest decides, so it is true.
 */
export function isExactPackageVersion(registryType: string, version: string): boolean {
  if (version.length > MAX_VERSION_LENGTH) return false;
  switch (registryType) {
    case 'npm':
    case 'cargo':
      return semver.valid(version) !== null && version.trim() === version;
    case 'pypi':
      return PYPI_VERSION.test(version);
    case 'nuget':
      return NUGET_VERSION.test(version);
    case 'mcpb':
      return true;
    default:
      return false;
  }
}
