import { packageServer, remoteServer } from '#lib/catalog/install-server.ts';
import { type Manifest, packageCommand } from '#lib/manifest/index.ts';
import type { RevokedFacts, VersionFacts } from './types.ts';

/** What an export may say of a version beyond the feed. Give it only the manifest with the digest that the feed names. */
export function versionFacts(manifest: Manifest, toolCount: number | null): VersionFacts {
  return {
    title: manifest.title ?? null,
    description: manifest.description,
    websiteUrl: manifest.websiteUrl ?? null,
    repositoryUrl: manifest.repository?.url ?? null,
    packages: (manifest.packages ?? []).map(packageServer),
    remotes: (manifest.remotes ?? []).map(remoteServer),
    toolCount,
  };
}

/** How a revoked version was started. */
export function revokedFacts(manifest: Manifest): RevokedFacts {
  return {
    commands: (manifest.packages ?? []).flatMap((pkg) => {
      const command = packageCommand(pkg);
      return command ? [[command.command, ...command.args]] : [];
    }),
    remotes: (manifest.remotes ?? []).map(({ url }) => url),
  };
}
