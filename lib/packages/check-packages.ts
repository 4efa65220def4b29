import { log } from '#lib/config/log.ts';
import {
  formatOciReference,
  isExactPackageVersion,
  isPackageIdentifier,
  ociReferenceOf,
  REGISTRY_TYPES,
  type RegistryType,
} from '#lib/manifest/index.ts';
import { isDefaultRegistry } from '#lib/manifest/package-identifier.ts';
import type { Manifest, Package } from '#lib/manifest/types.ts';
import type { Outbound } from '#lib/outbound/index.ts';
import { settingsOrigins } from '#lib/scans/acquire/npm-settings.ts';
import type { TrustRoot } from '#lib/signing/index.ts';
import { createAsk } from './ask.ts';
import { cargo } from './cargo.ts';
import { CheckFault } from './check-fault.ts';
import { stateOf } from './codes.ts';
import { inParallel } from './in-parallel.ts';
import { PACKAGE_LIMITS } from './limits.ts';
import { isReleaseHost, mcpb } from './mcpb.ts';
import { npm } from './npm.ts';
import { npmSource } from './npm-source.ts';
import { nuget } from './nuget.ts';
import { isAskedRegistry, oci } from './oci.ts';
import { faultOutcomes } from './outcomes.ts';
import { pypi } from './pypi.ts';
import { shown } from './shown.ts';
import type { Outcome, PackageCheckResult, PackageSettings, PackageType } from './types.ts';

const TYPES: Record<RegistryType, PackageType> = { npm, pypi, nuget, cargo, oci, mcpb };
/** Of a type that is not known, ownership is what people ask about. */
const UNKNOWN_TYPE: PackageType = { kinds: ['ownership'], check: async () => [] };

export type CheckPackagesInput = {
  manifest: Manifest;
  outbound: Outbound;
  settings: PackageSettings;
  roots: readonly TrustRoot[];
  now: Date;
  signal?: AbortSignal;
};

/**
 * Asks the registries of a manifest's packages what they know: whether a package names the server, what its content is,
 * where it was built. One result for each package and kind, none for servers without packages. No database.
 *
 * Rejects only when `signal` aborts: whatever a registry does is a result. A request takes at most 10 seconds, a package
 * 30, four packages are asked about at a time (limits.ts).
 */
export async function checkPackages(input: CheckPackagesInput): Promise<PackageCheckResult[]> {
  const packages = input.manifest.packages ?? [];
  const results = await inParallel(packages, async (pkg, packageIndex) => {
    const label = packageLabel(pkg);
    const outcomes = await checkPackage(input, { pkg, packageIndex, label });
    return outcomes.map(
      ({ kind, code, message, facts = {} }): PackageCheckResult => ({
        packageIndex,
        label,
        kind,
        state: stateOf(code),
        code,
        message,
        facts,
      }),
    );
  });
  return results.flat();
}

/** The package for people: `npm @acme/weather 1.2.3`, `oci ghcr.io/acme/weather:1.2.3`. */
export function packageLabel(pkg: Package): string {
  const reference = pkg.registryType === 'oci' ? ociReferenceOf(pkg) : null;
  const name = reference ? formatOciReference(reference) : shown(pkg.identifier);
  const version = reference || pkg.registryType === 'mcpb' || !pkg.version ? '' : ` ${shown(pkg.version, 80)}`;
  return `${shown(pkg.registryType, 40)} ${name}${version}`;
}

async function checkPackage(
  { manifest, outbound, settings, roots, now, signal }: CheckPackagesInput,
  { pkg, packageIndex, label }: { pkg: Package; packageIndex: number; label: string },
): Promise<Outcome[]> {
  const type = isKnown(pkg.registryType) ? TYPES[pkg.registryType] : UNKNOWN_TYPE;
  try {
    requireCheckable({ pkg, packageIndex, label, settings });
    const ask = createAsk({
      outbound,
      trustedOrigins: trustedOrigins(pkg, settings),
      userAgent: settings.userAgent,
      label,
      signal,
    });
    const { name: serverName, repository } = manifest;
    return await type.check({ pkg, label, serverName, repository, settings, roots, ask, now });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CheckFault) return faultOutcomes(type, error);
    log.error({ error, package: label }, 'a package check failed in a way that is not foreseen');
    const message = `What the registry of ${label} answered could not be understood. We try again later.`;
    return faultOutcomes(type, new CheckFault('ANSWER_UNREADABLE', message));
  }
}

const isKnown = (type: string): type is RegistryType => (REGISTRY_TYPES as readonly string[]).includes(type);

/** Throws CheckFault for what can be said without asking anybody. */
function requireCheckable({
  pkg,
  packageIndex,
  label,
  settings,
}: {
  pkg: Package;
  packageIndex: number;
  label: string;
  settings: PackageSettings;
}): void {
  const { registryType, registryBaseUrl } = pkg;
  if (packageIndex >= PACKAGE_LIMITS.packages) {
    throw new CheckFault('TOO_MANY_PACKAGES', `Of one manifest ${PACKAGE_LIMITS.packages} packages are checked.`);
  }
  if (!isKnown(registryType)) {
    throw new CheckFault('TYPE_NOT_CHECKED', `Packages of type ${shown(registryType, 40)} cannot be checked.`);
  }
  if (!isPackageIdentifier(registryType, pkg.identifier) || (registryType === 'oci' && ociReferenceOf(pkg) === null)) {
    throw new CheckFault('IDENTIFIER_INVALID', `"${shown(pkg.identifier)}" is no ${registryType} package. Correct it.`);
  }
  if (!isAsked(pkg, settings)) {
    const where = shown(registryBaseUrl ?? pkg.identifier);
    throw new CheckFault(
      'REGISTRY_NOT_ASKED',
      `${label} is at ${where}, which this instance does not ask. Only public registries and those of the admin are.`,
    );
  }
  if (registryType !== 'oci' && registryType !== 'mcpb') {
    const { version } = pkg;
    if (version === undefined || !isExactPackageVersion(registryType, version)) {
      throw new CheckFault(
        'VERSION_NOT_NAMED',
        `The manifest names no exact version of ${label}, so what it stands for can change. Add "version", e.g. "1.2.3".`,
      );
    }
  }
}

/** Whether the package is on its type's public registry, for which the configured one stands, or on one of the admin's. */
function isAsked(pkg: Package, settings: PackageSettings): boolean {
  switch (pkg.registryType) {
    case 'oci':
      return isAskedRegistry(pkg, settings);
    case 'mcpb':
      return isReleaseHost(pkg, settings);
    default: {
      const { registryBaseUrl } = pkg;
      if (isDefaultRegistry(pkg.registryType, registryBaseUrl) || registryBaseUrl === undefined) return true;
      const bare = (url: string) => url.replace(/\/+$/, '');
      return configuredUrls(pkg, settings).some((url) => bare(url) === bare(registryBaseUrl));
    }
  }
}

function configuredUrls(pkg: Package, settings: PackageSettings): string[] {
  switch (pkg.registryType) {
    case 'npm':
      return [npmSource(settings.npm, pkg.identifier).registry, settings.npm.registry];
    case 'pypi':
      return [settings.pypiUrl];
    case 'nuget':
      return [settings.nugetUrl, `${settings.nugetUrl}/v3/index.json`];
    case 'cargo':
      return [settings.cargoUrl];
    default:
      return [];
  }
}

/** Only the registry that is asked may be private: what it leads to may not. */
function trustedOrigins(pkg: Package, settings: PackageSettings): string[] {
  if (pkg.registryType === 'npm') return settingsOrigins(settings.npm);
  return configuredUrls(pkg, settings).map((url) => new URL(url).origin);
}
