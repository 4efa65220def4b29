import { formatOciReference, type OciReference, ociReferenceOf } from '#lib/manifest/index.ts';
import { objectOf, objectsOf, textOf } from '#lib/manifest/json-object.ts';
import { OCI_REGISTRIES } from '#lib/manifest/rules/packages.ts';
import type { JsonObject, Package } from '#lib/manifest/types.ts';
import { CheckFault } from './check-fault.ts';
import { checkOciProvenance } from './oci-provenance.ts';
import { type OciManifest, type OciRegistry, openOciRegistry } from './oci-registry.ts';
import { answerKind, digestOutcome, judgeName } from './outcomes.ts';
import { shown } from './shown.ts';
import type { Outcome, PackageContext, PackageSettings, PackageType } from './types.ts';

export const SERVER_NAME_LABEL = 'io.modelcontextprotocol.server.name';
const DIGEST = /^(sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

/** The label or annotation with the server's name; what the tag points to; attestations that refer to the image. */
export const oci: PackageType = {
  kinds: ['ownership', 'digest', 'provenance'],
  check: async (context) => {
    const reference = ociReferenceOf(context.pkg)!;
    const registry = openOciRegistry(reference, context.ask);
    const image = await fetchImage(context, registry, reference);
    return [
      await answerKind('ownership', () => checkLabel(context, registry, image)),
      tellDigest(context, reference, image),
      await answerKind('provenance', () => checkOciProvenance(context, registry, { reference, digest: image.digest })),
    ];
  },
};

/** Registries that anybody may pull from, and those of the admin. */
export function isAskedRegistry(pkg: Package, { hosts }: PackageSettings): boolean {
  const registry = ociReferenceOf(pkg)?.registry ?? '';
  if (hosts.has(registry.replace(/:\d+$/, ''))) return true;
  return OCI_REGISTRIES.some((known) =>
    known.startsWith('*') ? registry.endsWith(known.slice(1)) && /^[a-z0-9.-]+$/i.test(registry) : registry === known,
  );
}

async function fetchImage(
  { label }: PackageContext,
  registry: OciRegistry,
  { registry: host, repository, tag, digest }: OciReference,
): Promise<OciManifest> {
  const image = await registry.manifest(digest ?? tag ?? 'latest');
  if (image !== null) return image;
  throw new CheckFault(
    'PACKAGE_NOT_FOUND',
    `${label} is not on ${host}, or not for everybody. Push the image, make ${repository} public, or correct the identifier.`,
  );
}

function tellDigest({ label, now }: PackageContext, reference: OciReference, image: OciManifest): Outcome {
  const isPinned = reference.digest !== null;
  const name = formatOciReference({ ...reference, tag: isPinned ? reference.tag : (reference.tag ?? 'latest') });
  const outcome = digestOutcome(label, [{ name, digest: image.digest }], { isPinned, resolvedAt: now.toISOString() });
  if (isPinned) return { ...outcome, message: `${label} is the image that its digest says.` };
  return {
    ...outcome,
    message: `${label} points to ${image.digest}. A tag can be moved; write @${image.digest} into the identifier to pin it.`,
  };
}

/** Every name that the image gives must be the server's: an image that also names another one belongs to nobody. */
async function checkLabel(
  { label, serverName }: PackageContext,
  registry: OciRegistry,
  image: OciManifest,
): Promise<Omit<Outcome, 'kind'>> {
  const platform = await platformOf(registry, image);
  const config = objectOf(platform.document, 'config');
  const configDigest = textOf(config ?? {}, 'digest') ?? '';
  if (!DIGEST.test(configDigest)) {
    throw new CheckFault('CONTENT_UNREADABLE', `${label} is not an image in a format of today. Push it again.`);
  }
  const labels = objectOf(objectOf(await registry.blob(configDigest), 'config') ?? {}, 'Labels');
  const names = [labels, annotationsOf(platform.document), annotationsOf(image.document)].map(
    (place) => place && textOf(place, SERVER_NAME_LABEL),
  );
  const given = names.filter((name) => name !== undefined);
  const { kind: _, ...outcome } = judgeName({
    seen: given.find((name) => name !== serverName) ?? given[0],
    serverName,
    label,
    place: `label ${SERVER_NAME_LABEL}`,
    fix: `Add LABEL ${SERVER_NAME_LABEL}="${serverName}" to its Dockerfile and push it again.`,
  });
  return outcome;
}

const annotationsOf = (document: JsonObject) => objectOf(document, 'annotations');

/** Of an index the image for Linux on x64, else the first that is an image; of an image itself. */
async function platformOf(registry: OciRegistry, image: OciManifest): Promise<OciManifest> {
  const listed = objectsOf(image.document, 'manifests').map(([, entry]) => entry);
  if (listed.length === 0) return image;
  const isFor = (entry: JsonObject, os: string, architecture: string) => {
    const platform = objectOf(entry, 'platform') ?? {};
    return textOf(platform, 'os') === os && textOf(platform, 'architecture') === architecture;
  };
  // Build tools list attestations among the images, for the platform unknown/unknown.
  const images = listed.filter((entry) => !isFor(entry, 'unknown', 'unknown'));
  const chosen = images.find((entry) => isFor(entry, 'linux', 'amd64')) ?? images[0];
  const digest = textOf(chosen ?? {}, 'digest') ?? '';
  const manifest = DIGEST.test(digest) ? await registry.manifest(digest) : null;
  if (manifest !== null) return manifest;
  throw new CheckFault(
    'CONTENT_UNREADABLE',
    `The index lists ${shown(digest) || 'no image'}, which the registry does not have. Push the image again.`,
  );
}
