import type { Package } from '#lib/manifest/types.ts';
import { acquireBundle } from './bundle.ts';
import { acquireImage } from './image/acquire-image.ts';
import { acquireNpmPackage } from './npm-package.ts';
import { acquirePypiPackage } from './pypi-package.ts';
import type { RunnableType } from './runnable-package.ts';
import type { AcquireSnapshotOptions } from './snapshot.ts';
import type { AcquiredPackage, AcquireFailure, AcquireProgress } from './types.ts';

/** Fetches the package that was chosen, by its type. */
export function fetchPackage(
  options: AcquireSnapshotOptions,
  { type, pkg, workDir }: { type: RunnableType; pkg: Package & { version: string }; workDir: string },
): Promise<AcquiredPackage | AcquireFailure> {
  const { localPackages, cacheDir, registry, downloadOrigins, pypiIndex, remotes, limits, signal, onProgress } =
    options;
  const common = {
    identifier: pkg.identifier,
    version: pkg.version,
    workDir,
    ...(limits?.acquire ? { limits: limits.acquire } : {}),
    ...(signal ? { signal } : {}),
    ...(onProgress
      ? { onProgress: ({ phase, message }: AcquireProgress) => phase !== 'done' && onProgress({ message }) }
      : {}),
  };
  switch (type) {
    case 'npm':
      return acquireNpmPackage({
        ...common,
        ...(localPackages ? { localPackages } : {}),
        ...(cacheDir === undefined ? {} : { cacheDir }),
        ...(registry === undefined ? {} : { registry }),
        ...(downloadOrigins ? { downloadOrigins } : {}),
      });
    case 'pypi':
      return acquirePypiPackage({ ...common, ...(pypiIndex === undefined ? {} : { index: pypiIndex }) });
    case 'mcpb':
      return acquireBundle({
        ...common,
        ...(pkg.fileSha256 === undefined ? {} : { fileSha256: pkg.fileSha256 }),
        ...(remotes?.outbound ? { outbound: remotes.outbound } : {}),
      });
    case 'oci': {
      const { identifier, version, ...rest } = common;
      const { registryBaseUrl } = pkg;
      const named = options.manifest.packages?.find((one) => one.identifier === identifier);
      return acquireImage({
        ...rest,
        // The version that stands in for a missing one is the server's, and no tag.
        pkg: {
          identifier,
          ...(named?.version === undefined ? {} : { version }),
          ...(registryBaseUrl === undefined ? {} : { registryBaseUrl }),
        },
        ...(remotes?.outbound ? { outbound: remotes.outbound } : {}),
      });
    }
  }
}
