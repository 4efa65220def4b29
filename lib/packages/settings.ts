import { type Config, config } from '#lib/config/config.ts';
import { readNpmSettings, withSlash } from '#lib/scans/acquire/npm-settings.ts';
import type { PackageSettings } from './types.ts';

/** Where this instance asks about packages: HALLMARK_*_URL, HALLMARK_NPM_REGISTRY, else npm's own settings. */
export async function packageSettings(settings: Config = config()): Promise<PackageSettings> {
  const npm = await readNpmSettings();
  const registry = settings.HALLMARK_NPM_REGISTRY;
  return {
    npm: registry ? { ...npm, registry: withSlash(registry) } : npm,
    pypiUrl: settings.HALLMARK_PYPI_URL,
    nugetUrl: settings.HALLMARK_NUGET_URL,
    cargoUrl: settings.HALLMARK_CARGO_URL,
    hosts: settings.HALLMARK_PRIVATE_NETWORKS.hosts,
    userAgent: `hallmark-registry (+${settings.publicUrl})`,
  };
}
