import { ociReferenceOf } from './oci-reference.ts';
import { isDefaultRegistry, isPackageIdentifier } from './package-identifier.ts';
import type { Package } from './types.ts';

type PurlParts = {
  type: string;
  namespace?: string;
  name: string;
  version?: string | null;
  qualifiers?: Record<string, string | null | undefined>;
};

/**
 * The package URL of a package (ECMA-427, purl-spec): `pkg:npm/%40acme/weather@1.2.3`. Without a version where the
 * manifest names none. Images have their digest as version and tag and repository as qualifiers; an mcpb file is
 * `pkg:generic` with its URL and checksum. Null for other types and for identifiers that are no package name.
 */
export function packagePurl(pkg: Package): string | null {
  const { registryType, identifier, version } = pkg;
  if (!isPackageIdentifier(registryType, identifier)) return null;
  const qualifiers = {
    repository_url: isDefaultRegistry(registryType, pkg.registryBaseUrl) ? null : pkg.registryBaseUrl,
  };
  switch (registryType) {
    case 'npm': {
      const slash = identifier.indexOf('/');
      const namespace = slash === -1 ? undefined : identifier.slice(0, slash);
      return formatPurl({ type: 'npm', namespace, name: identifier.slice(slash + 1), version, qualifiers });
    }
    case 'pypi':
      // Names that PyPI treats as one (PEP 503) must have one purl.
      return formatPurl({
        type: 'pypi',
        name: identifier.toLowerCase().replaceAll(/[-_.]+/g, '-'),
        version: version?.toLowerCase(),
        qualifiers,
      });
    case 'nuget':
    case 'cargo':
      return formatPurl({ type: registryType, name: identifier, version, qualifiers });
    case 'oci':
      return ociPurl(pkg);
    case 'mcpb':
      return mcpbPurl(pkg);
    default:
      return null;
  }
}

function ociPurl(pkg: Package): string | null {
  const reference = ociReferenceOf(pkg);
  if (reference === null) return null;
  return formatPurl({
    type: 'oci',
    name: reference.repository.slice(reference.repository.lastIndexOf('/') + 1),
    version: reference.digest,
    qualifiers: { repository_url: `${reference.registry}/${reference.repository}`, tag: reference.tag },
  });
}

function mcpbPurl({ identifier, version, fileSha256 }: Package): string | null {
  const name = new URL(identifier).pathname.split('/').at(-1);
  if (!name) return null;
  const checksum = fileSha256 === undefined ? null : `sha256:${fileSha256}`;
  const qualifiers = { checksum, download_url: identifier };
  return formatPurl({ type: 'generic', name: decodeOr(name), version, qualifiers });
}

function decodeOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function formatPurl({ type, namespace, name, version, qualifiers = {} }: PurlParts): string {
  const path = [namespace, name].filter((part) => part !== undefined).map(encode);
  const query = Object.entries(qualifiers)
    .filter((entry): entry is [string, string] => !!entry[1])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`);
  return `pkg:${type}/${path.join('/')}${version ? `@${encode(version)}` : ''}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

/** Percent-encodes all but letters, digits, `.`, `-`, `_`, `~` and the colon. */
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
}
