import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isPackageIdentifier } from '#lib/manifest/package-identifier.ts';
import { type Outbound, OutboundError, outbound as ownOutbound } from '#lib/outbound/index.ts';
import { readBundleManifest } from './bundle-manifest.ts';
import { measureTree } from './measure-tree.ts';
import { NO_RELEASE_FACTS } from './no-release-facts.ts';
import {
  type AcquiredPackage,
  type AcquireFailure,
  type AcquireLimits,
  type AcquireProgress,
  DEFAULT_ACQUIRE_LIMITS,
} from './types.ts';
import { unpackBundle } from './unpack-bundle.ts';

export type AcquireBundleOptions = {
  /** Address of the file. */
  identifier: string;
  version: string;
  /** What the manifest says that the file is, lower-case hex; without it the file is taken as it comes. */
  fileSha256?: string;
  workDir: string;
  outbound?: Outbound;
  limits?: Partial<AcquireLimits>;
  signal?: AbortSignal;
  onProgress?: (progress: AcquireProgress) => void;
};

/**
 * Fetches an MCP bundle, compares its sha256 with the manifest's, unpacks it and says how to start it. The caller removes
 * `dir`; after a failure nothing is left. Never rejects for what the file or its host does.
 */
export async function acquireBundle(options: AcquireBundleOptions): Promise<AcquiredPackage | AcquireFailure> {
  const { identifier, workDir, signal } = options;
  if (!isPackageIdentifier('mcpb', identifier)) {
    return failure('IDENTIFIER_INVALID', 'The identifier of the bundle is not an https address.');
  }
  if (signal?.aborted) return failure('ABORTED', 'Fetching the package was stopped.');
  await mkdir(workDir, { recursive: true });
  const dir = await mkdtemp(join(workDir, 'mcpb-'));
  if (process.geteuid?.() === 0) {
    await chmod(workDir, 0o711);
    await chmod(dir, 0o755);
  }
  let result: AcquiredPackage | AcquireFailure | undefined;
  try {
    result = await fetchBundle(options, dir);
    return result;
  } finally {
    if (!result?.ok) await rm(dir, { recursive: true, force: true });
  }
}

async function fetchBundle(options: AcquireBundleOptions, dir: string): Promise<AcquiredPackage | AcquireFailure> {
  const { version, fileSha256, signal, onProgress } = options;
  const limits = { ...DEFAULT_ACQUIRE_LIMITS, ...options.limits };
  const file = join(dir, 'bundle.mcpb');
  onProgress?.({ phase: 'download', message: 'downloading the bundle' });
  const sha256 = await download(options, limits, file);
  if (typeof sha256 !== 'string') return sha256;
  if (fileSha256 !== undefined && fileSha256 !== sha256) {
    const message = `The file has sha256 ${sha256}; the manifest says ${fileSha256}. It was not run.`;
    return failure('INTEGRITY_MISMATCH', message);
  }
  const target = join(dir, 'bundle');
  await mkdir(target, { mode: 0o755 });
  const refused = await unpackBundle(file, target, { limits, ...(signal ? { signal } : {}) });
  if (refused) return refused;
  await rm(file);
  const bytes = await readFile(join(target, 'manifest.json')).catch(() => null);
  if (!bytes) return failure('BUNDLE_INVALID', 'The file has no manifest.json at its top, so it is no MCP bundle.');
  const manifest = await readBundleManifest(bytes, target);
  if (!manifest.ok) return manifest;
  const size = await measureTree(target, { bytes: limits.unpackedBytes, files: limits.files });
  onProgress?.({ phase: 'done', message: 'package ready', packages: 1, bytes: size.bytes });
  const own = { name: manifest.name, version: manifest.version };
  return {
    ok: true,
    dir,
    entry: { command: manifest.command, cwd: dir, env: manifest.env },
    integrity: `sha256-${Buffer.from(sha256, 'hex').toString('base64')}`,
    metadata: {
      ...own,
      version: manifest.version || version,
      bin: {},
      ...NO_RELEASE_FACTS,
      license: manifest.license,
      repository: manifest.repository,
    },
    sizeBytes: size.bytes,
    files: size.files,
    packages: 1,
    tree: [{ ...own, parent: null }],
    source: 'registry',
  };
}

/** The sha256 of what arrived in `file`. */
async function download(
  { identifier, outbound = ownOutbound(), signal }: AcquireBundleOptions,
  limits: AcquireLimits,
  file: string,
): Promise<string | AcquireFailure> {
  const hash = createHash('sha256');
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    const { status } = await outbound.fetch(identifier, {
      headers: { accept: 'application/octet-stream, */*' },
      maxBytes: limits.unpackedBytes,
      timeoutMs: limits.timeoutMs,
      maxRedirects: 5,
      ...(signal ? { signal } : {}),
      onChunk: (chunk) => {
        hash.update(chunk);
        writeSync(descriptor, chunk);
      },
    });
    if (status !== 200) return failure('PACKAGE_NOT_FOUND', `There is no file at this address (status ${status}).`);
    return hash.digest('hex');
  } catch (error) {
    if (signal?.aborted) return failure('ABORTED', 'Fetching the package was stopped.');
    if (!(error instanceof OutboundError)) throw error;
    const code = error.code === 'BODY_TOO_LARGE' ? 'TOO_LARGE' : error.code === 'TIMED_OUT' ? 'TIMEOUT' : null;
    const isRefused = /REFUSED$/.test(error.code);
    return failure(code ?? (isRefused ? 'REGISTRY_REFUSED' : 'REGISTRY_UNREACHABLE'), error.message);
  } finally {
    closeSync(descriptor);
  }
}

function failure(code: AcquireFailure['code'], message: string): AcquireFailure {
  return { ok: false, code, message };
}
