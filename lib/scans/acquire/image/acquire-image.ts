import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatOciReference, type OciReference, ociReferenceOf } from '#lib/manifest/index.ts';
import { objectOf, objectsOf, textOf } from '#lib/manifest/json-object.ts';
import type { JsonObject, Package } from '#lib/manifest/types.ts';
import { type Outbound, outbound as ownOutbound } from '#lib/outbound/index.ts';
import { createAsk } from '#lib/packages/ask.ts';
import { CheckFault } from '#lib/packages/check-fault.ts';
import { type OciManifest, type OciRegistry, openOciRegistry } from '#lib/packages/oci-registry.ts';
import { ROOT_MOUNT_POINTS } from '../../sandbox/image-root.ts';
import { NO_RELEASE_FACTS } from '../no-release-facts.ts';
import {
  type AcquiredPackage,
  type AcquireErrorCode,
  type AcquireFailure,
  type AcquireLimits,
  type AcquireProgress,
  DEFAULT_ACQUIRE_LIMITS,
} from '../types.ts';
import { choosePlatform, hostArchitecture } from './choose-platform.ts';
import { type ImageConfig, readImageConfig } from './image-config.ts';
import { ImageFault } from './image-fault.ts';
import { ImageTree } from './image-tree.ts';
import { isLayerType, type LayerMeter, readLayer } from './read-layer.ts';
import { writeTree } from './write-tree.ts';

const MAX_LAYERS = 128;
const DIGEST = /^sha256:[a-f0-9]{64}$/;

export type AcquireImageOptions = {
  pkg: Pick<Package, 'identifier' | 'version' | 'registryBaseUrl'>;
  workDir: string;
  outbound?: Outbound;
  limits?: Partial<AcquireLimits>;
  signal?: AbortSignal;
  onProgress?: (progress: AcquireProgress) => void;
};

type Layer = { digest: string; size: number; mediaType: string };

/**
 * Fetches an image with our own client, through the guarded way out, so that no engine reaches where an address leads; every
 * digest and size is compared. Lays its file system out for the sandbox. The caller removes `dir`; after a failure nothing is
 * left. Never rejects for what the image or its registry does.
 */
export async function acquireImage(options: AcquireImageOptions): Promise<AcquiredPackage | AcquireFailure> {
  const { pkg, workDir, signal } = options;
  const reference = ociReferenceOf(pkg);
  if (!reference) return { ok: false, code: 'IDENTIFIER_INVALID', message: 'The identifier is no image reference.' };
  await mkdir(workDir, { recursive: true });
  const dir = await mkdtemp(join(workDir, 'oci-'));
  if (process.geteuid?.() === 0) {
    await chmod(workDir, 0o711);
    await chmod(dir, 0o755);
  }
  let result: AcquiredPackage | AcquireFailure | undefined;
  try {
    result = await fetchImage(options, reference, dir);
    return result;
  } catch (error) {
    if (signal?.aborted) return { ok: false, code: 'ABORTED', message: 'Fetching the image was stopped.' };
    result = failureOf(error);
    return result;
  } finally {
    if (!result?.ok) await rm(dir, { recursive: true, force: true });
  }
}

async function fetchImage(
  options: AcquireImageOptions,
  reference: OciReference,
  dir: string,
): Promise<AcquiredPackage> {
  const { outbound = ownOutbound(), signal, onProgress } = options;
  const limits = { ...DEFAULT_ACQUIRE_LIMITS, ...options.limits };
  const label = formatOciReference(reference);
  onProgress?.({ phase: 'resolve', message: 'reading the registry' });
  const ask = createAsk({
    outbound,
    trustedOrigins: [],
    userAgent: 'hallmark-registry',
    label,
    timeMs: limits.timeoutMs,
    ...(signal ? { signal } : {}),
  });
  const registry = openOciRegistry(reference, ask);
  const named = await registry.manifest(reference.digest ?? reference.tag ?? 'latest');
  if (!named) throw new ImageFault('PACKAGE_NOT_FOUND', `${label} is not in its registry, or not for everybody.`);
  const image = await choosePlatform(registry, named);
  const config = await configOf(registry, image);
  const layers = layersOf(image.document, config, limits.unpackedBytes);

  const store = join(dir, 'store');
  const root = join(dir, 'root');
  await mkdir(store);
  const tree = new ImageTree();
  const meter: LayerMeter = { bytes: 0, entries: 0, files: 0 };
  for (const [index, layer] of layers.entries()) {
    onProgress?.({ phase: 'download', message: `downloading layer ${index + 1} of ${layers.length}` });
    const file = join(dir, 'layer');
    await download(registry, layer, file, limits.timeoutMs);
    await readLayer({
      file,
      mediaType: layer.mediaType,
      diffId: config.diffIds[index] ?? '',
      layer: index + 1,
      tree,
      store,
      meter,
      limits,
      ...(signal ? { signal } : {}),
    });
    await rm(file);
  }
  tree.require(config.cwd);
  const volumes = config.volumes.filter((path) => !tree.passesLink(path) && !isReserved(path));
  for (const path of [...ROOT_MOUNT_POINTS, ...volumes]) tree.requireMountPoint(path);
  tree.requireFiles(['/etc/passwd', '/etc/group', '/etc/hosts']);
  await writeTree(tree, { root, store });
  await rm(store, { recursive: true, force: true });
  return acquired({ dir, root, reference, named, image, config: { ...config, volumes }, meter });
}

/** Where the sandbox mounts what is its own. */
const isReserved = (path: string): boolean => /^\/(?:$|(?:proc|dev|sys|tmp|run|etc|home|\.host)(?:\/|$))/.test(path);

async function configOf(registry: OciRegistry, { document }: OciManifest): Promise<ImageConfig> {
  const digest = textOf(objectOf(document, 'config') ?? {}, 'digest') ?? '';
  if (!DIGEST.test(digest)) throw new ImageFault('IMAGE_INVALID', 'The image is not in a format of today.');
  const found = await registry.blob(digest);
  const [os, architecture] = [textOf(found, 'os'), textOf(found, 'architecture')];
  if (os !== 'linux' || architecture !== hostArchitecture()) {
    throw new ImageFault('UNSUPPORTED_PLATFORM', `The image is made for ${os} on ${architecture}.`.slice(0, 200));
  }
  const config = readImageConfig(found);
  if (config.entrypoint.length + config.defaultArgs.length === 0) {
    throw new ImageFault('NO_EXECUTABLE', 'The image does not say what it starts (no Entrypoint and no Cmd).');
  }
  return config;
}

/** Judged before any of it is fetched. */
function layersOf(document: JsonObject, { diffIds }: ImageConfig, maxBytes: number): Layer[] {
  const layers = objectsOf(document, 'layers').map(([, entry]) => ({
    digest: textOf(entry, 'digest') ?? '',
    size: typeof entry.size === 'number' ? entry.size : Number.NaN,
    mediaType: textOf(entry, 'mediaType') ?? '',
  }));
  const isUsable = layers.every(({ digest, size }) => DIGEST.test(digest) && Number.isSafeInteger(size) && size >= 0);
  if (!isUsable || layers.length !== diffIds.length || layers.length > MAX_LAYERS) {
    throw new ImageFault('IMAGE_INVALID', 'The layers of the image are not listed as they should be.');
  }
  const foreign = layers.find(({ mediaType }) => !isLayerType(mediaType));
  if (foreign) {
    throw new ImageFault('IMAGE_INVALID', `The image has a layer of the type ${foreign.mediaType.slice(0, 100)}.`);
  }
  const bytes = layers.reduce((sum, { size }) => sum + size, 0);
  if (bytes > maxBytes) {
    const [is, may] = [bytes, maxBytes].map((size) => Math.round(size / 1048576));
    throw new ImageFault('TOO_LARGE', `The image is ${is} MiB; up to ${may} MiB are fetched.`);
  }
  return layers;
}

async function download(
  registry: OciRegistry,
  { digest, size }: Layer,
  file: string,
  timeoutMs: number,
): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    await registry.download(digest, {
      maxBytes: Math.max(size, 1),
      timeoutMs,
      onChunk: (chunk) => {
        bytes += chunk.length;
        hash.update(chunk);
        writeSync(descriptor, chunk);
      },
    });
  } finally {
    closeSync(descriptor);
  }
  const seen = `sha256:${hash.digest('hex')}`;
  if (seen !== digest || bytes !== size) {
    throw new ImageFault('INTEGRITY_MISMATCH', `A layer of the image is ${seen}; its manifest says ${digest}.`);
  }
}

function acquired({
  dir,
  root,
  reference,
  named,
  image,
  config,
  meter,
}: {
  dir: string;
  root: string;
  reference: OciReference;
  named: OciManifest;
  image: OciManifest;
  config: ImageConfig;
  meter: LayerMeter;
}): AcquiredPackage {
  const { labels } = config;
  const own = { name: `${reference.registry}/${reference.repository}`, version: labels.version ?? named.digest };
  return {
    ok: true,
    dir,
    entry: {
      command: config.entrypoint,
      cwd: config.cwd,
      env: config.env,
      defaultArgs: config.defaultArgs,
      root: { dir: root, volumes: config.volumes, ...(config.path === null ? {} : { path: config.path }) },
    },
    integrity: `sha256-${Buffer.from(image.digest.slice('sha256:'.length), 'hex').toString('base64')}`,
    metadata: { ...own, bin: {}, ...NO_RELEASE_FACTS, license: labels.license, repository: labels.source },
    sizeBytes: meter.bytes,
    files: meter.files,
    packages: 1,
    tree: [{ ...own, parent: null }],
    source: 'registry',
  };
}

/** What the registry client says, in the words of fetching. */
const CODES: Partial<Record<string, AcquireErrorCode>> = {
  DIGEST_MISMATCH: 'INTEGRITY_MISMATCH',
  ADDRESS_REFUSED: 'REGISTRY_REFUSED',
  ANSWER_TOO_LARGE: 'TOO_LARGE',
  REGISTRY_UNREACHABLE: 'REGISTRY_UNREACHABLE',
  REGISTRY_FAILED: 'REGISTRY_UNREACHABLE',
};

function failureOf(error: unknown): AcquireFailure {
  if (error instanceof ImageFault) return { ok: false, code: error.code, message: error.message };
  if (error instanceof CheckFault) {
    return { ok: false, code: CODES[error.code] ?? 'IMAGE_INVALID', message: error.message };
  }
  // Faults of gunzip, zstd and tar are the image's; of the disk they are ours.
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (!/^(?:Z_|ZSTD_|ERR_ZSTD|TAR_)/.test(code)) throw error;
  return { ok: false, code: 'IMAGE_INVALID', message: `A layer of the image cannot be unpacked (${code}).` };
}
