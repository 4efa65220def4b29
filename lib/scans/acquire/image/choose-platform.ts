import { objectOf, objectsOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import type { OciManifest, OciRegistry } from '#lib/packages/oci-registry.ts';
import { ImageFault } from './image-fault.ts';

/** How Go, and so the image specification, calls the processors of Node. */
const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };
const DIGEST = /^sha256:[a-f0-9]{64}$/;

export const hostArchitecture = (arch: NodeJS.Architecture = process.arch): string => ARCHITECTURES[arch] ?? arch;

/** Of an index the image for Linux on this processor; of an image itself. Throws ImageFault. */
export async function choosePlatform(registry: OciRegistry, image: OciManifest): Promise<OciManifest> {
  const listed = objectsOf(image.document, 'manifests').map(([, entry]) => entry);
  if (listed.length === 0) return image;
  const architecture = hostArchitecture();
  const chosen = listed.find((entry) => isFor(entry, architecture));
  if (!chosen) {
    throw new ImageFault('UNSUPPORTED_PLATFORM', `The image is not made for Linux on ${architecture}.`);
  }
  const digest = textOf(chosen, 'digest') ?? '';
  const manifest = DIGEST.test(digest) ? await registry.manifest(digest) : null;
  if (manifest) return manifest;
  throw new ImageFault('IMAGE_INVALID', 'The index of the image lists one that the registry does not have.');
}

function isFor(entry: JsonObject, architecture: string): boolean {
  const platform = objectOf(entry, 'platform') ?? {};
  return textOf(platform, 'os') === 'linux' && textOf(platform, 'architecture') === architecture;
}
