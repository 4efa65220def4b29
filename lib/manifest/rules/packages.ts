import type { IssueReport } from '../issue-report.ts';
import { textOf } from '../json-object.ts';
import { type JsonPath, quoteText } from '../json-path.ts';
import { nearestKey } from '../nearest-key.ts';
import { parseOciReference } from '../oci-reference.ts';
import {
  isDefaultRegistry,
  isExactPackageVersion,
  isPackageIdentifier,
  isRegistryType,
  REGISTRY_BASE_URLS,
  REGISTRY_TYPES,
  type RegistryType,
} from '../package-identifier.ts';
import type { JsonObject } from '../types.ts';
import { isReservedVersion, looksLikeRange } from '../versions.ts';
import { checkVersion } from './identity.ts';
import { checkArguments, checkEnvironment } from './inputs.ts';
import { checkPackageTransport } from './transports.ts';

export function checkPackage(entry: JsonObject, path: JsonPath, report: IssueReport): void {
  const registryType = textOf(entry, 'registryType');
  checkSpaces(entry, path, report);
  checkVersion(entry, [...path, 'version'], report);
  if (registryType !== undefined) {
    if (isRegistryType(registryType)) checkByType(registryType, entry, path, report);
    else reportUnknownType(registryType, [...path, 'registryType'], report);
  }
  checkRuntimeHint(entry, path, report);
  checkArguments(entry, 'runtimeArguments', path, report);
  checkArguments(entry, 'packageArguments', path, report);
  checkEnvironment(entry, path, report);
  checkPackageTransport(entry, path, report);
}

function reportUnknownType(registryType: string, path: JsonPath, report: IssueReport): void {
  const nearest = nearestKey(registryType, REGISTRY_TYPES);
  const fix = nearest === null ? undefined : `Did you mean "${nearest}"?`;
  report.add('unsupported-registry-type', path, `${quoteText(registryType)} is not a known package type`, { fix });
}

function checkSpaces(entry: JsonObject, path: JsonPath, report: IssueReport): void {
  const identifier = textOf(entry, 'identifier');
  if (identifier === undefined || !/\s/.test(identifier)) return;
  report.add('package-name-has-spaces', [...path, 'identifier'], `${quoteText(identifier)} contains spaces`);
}

function checkByType(type: RegistryType, entry: JsonObject, path: JsonPath, report: IssueReport): void {
  checkBaseUrl(type, entry, [...path, 'registryBaseUrl'], report);
  if (type === 'mcpb') {
    checkBundle(entry, path, report);
    return;
  }
  const identifier = textOf(entry, 'identifier') ?? '';
  if (identifier !== '' && !/\s/.test(identifier) && !isPackageIdentifier(type, identifier)) {
    const problem = `${quoteText(identifier, 120)} is not the name of ${type === 'oci' ? 'an image' : `a package on ${type}`}`;
    const fix =
      type === 'oci' ? 'Write it as registry/namespace/repository:tag, or with @sha256:… for the tag.' : undefined;
    report.add('invalid-package-identifier', [...path, 'identifier'], problem, { fix });
  }
  if (type === 'oci') checkImage(identifier, entry, path, report);
  else checkPackageVersion(type, entry, [...path, 'version'], report);
}

function checkBaseUrl(type: RegistryType, entry: JsonObject, path: JsonPath, report: IssueReport): void {
  const baseUrl = textOf(entry, 'registryBaseUrl');
  if (baseUrl === undefined) return;
  const allowed = REGISTRY_BASE_URLS[type];
  if (allowed === undefined) {
    report.add('registry-base-url-not-used', path, `registryBaseUrl has no meaning for ${type}`);
  } else if (!isDefaultRegistry(type, baseUrl)) {
    const fix = `Use ${allowed[0]}, or leave registryBaseUrl out.`;
    report.add('unsupported-registry-base-url', path, `${quoteText(baseUrl, 120)} is not the registry of ${type}`, {
      fix,
    });
  }
}

function checkPackageVersion(type: RegistryType, entry: JsonObject, path: JsonPath, report: IssueReport): void {
  const version = textOf(entry, 'version');
  if (version === undefined) {
    report.add('package-not-pinned', path, 'The package has no version');
  } else if (version !== '' && !isReservedVersion(version) && !looksLikeRange(version)) {
    if (isExactPackageVersion(type, version)) return;
    report.add('package-version-not-exact', path, `${quoteText(version)} is not an exact version on ${type}`);
  }
}

/** Hosts whose images the official registry can check for the server's name. */
export const OCI_REGISTRIES = [
  'docker.io',
  'ghcr.io',
  'quay.io',
  'mcr.microsoft.com',
  '*.pkg.dev',
  '*.azurecr.io',
] as const;

function checkImage(identifier: string, entry: JsonObject, path: JsonPath, report: IssueReport): void {
  const reference = parseOciReference(identifier);
  if (reference !== null && !isSupportedOciRegistry(reference.registry)) {
    report.add(
      'unsupported-oci-registry',
      [...path, 'identifier'],
      `${quoteText(reference.registry)} is not supported`,
    );
  }
  if (reference !== null && reference.digest === null) {
    report.add('package-not-pinned', [...path, 'identifier'], 'The image reference has no digest');
  }
  if (Object.hasOwn(entry, 'version')) {
    report.add('oci-version-not-used', [...path, 'version'], 'An image has a version of its own here');
  }
}

function isSupportedOciRegistry(host: string): boolean {
  return OCI_REGISTRIES.some((known) => (known.startsWith('*') ? host.endsWith(known.slice(1)) : host === known));
}

const BUNDLE_HOSTS = ['github.com', 'www.github.com', 'gitlab.com'];

function checkBundle(entry: JsonObject, path: JsonPath, report: IssueReport): void {
  const identifier = textOf(entry, 'identifier') ?? '';
  const at = [...path, 'identifier'];
  const shown = quoteText(identifier, 120);
  if (!isPackageIdentifier('mcpb', identifier)) report.add('invalid-mcpb-url', at, `${shown} is not an https URL`);
  else if (!BUNDLE_HOSTS.includes(new URL(identifier).host)) {
    report.add('invalid-mcpb-url', at, `${shown} is on another host`);
  } else if (!identifier.toLowerCase().includes('mcp')) {
    report.add('mcpb-url-without-mcp', at, `${shown} does not contain "mcp"`);
  }
  if (!Object.hasOwn(entry, 'fileSha256')) {
    report.add('mcpb-file-sha256-required', [...path, 'fileSha256'], 'The bundle has no fileSha256');
  }
}

function checkRuntimeHint(entry: JsonObject, path: JsonPath, report: IssueReport): void {
  const { runtimeArguments } = entry;
  if (!Array.isArray(runtimeArguments) || runtimeArguments.length === 0 || Object.hasOwn(entry, 'runtimeHint')) return;
  report.add('runtime-hint-missing', [...path, 'runtimeHint'], 'The package has runtime arguments but no runtimeHint');
}
