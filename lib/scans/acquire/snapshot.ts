import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Definitions, Manifest } from '#lib/manifest/types.ts';
import type { ObservedFacts } from '#scanners/facts.ts';
import type { PackageCode } from '#scanners/package-code/types.ts';
import type { ConfigurationName } from '../introspect/configurations.ts';
import type { DefinitionIssue, IntrospectErrorCode, IntrospectLimits, ServerFacts } from '../introspect/types.ts';
import { readAcquired } from '../package-source/index.ts';
import type { SandboxAvailability, SandboxLimits } from '../sandbox/types.ts';
import { fetchPackage } from './fetch-package.ts';
import { introspectPackage } from './introspect-package.ts';
import type { AcquireNpmOptions } from './npm-package.ts';
import { type Probe, type ProbeOptions, probeRemote } from './probe-remote.ts';
import { type PackageSources, readUnfetched } from './read-unfetched.ts';
import { type RunnableType, runnablePackage } from './runnable-package.ts';
import type { AcquiredPackage, AcquireErrorCode, AcquireLimits } from './types.ts';

export type CoverageEntry = { covered: boolean; reason?: string };

export type SnapshotCoverage = {
  manifest: CoverageEntry;
  tools: CoverageEntry;
  package: CoverageEntry & { integrity?: string };
  /** `asked` says which remote server was asked, and when: it may answer otherwise another time. */
  live: CoverageEntry & { asked?: { url: string; at: string } };
};

/** One start of the server. */
export type Attempt = {
  configuration: ConfigurationName;
  /** Inputs whose value was made up. */
  placeholders: string[];
  code: 'OK' | IntrospectErrorCode;
  message: string;
  /** Last lines of standard error, escaped. */
  stderr: string[];
};

/** What was found out about the package that was fetched, without paths of this host and without times of our own. */
export type PackageFacts = Omit<AcquiredPackage, 'ok' | 'dir' | 'entry'> & {
  registryType: RunnableType;
  identifier: string;
  version: string;
  /** What the running server said about itself; null where it was not run or did not start. */
  server: ServerFacts | null;
  configuration: ConfigurationName | null;
  issues: DefinitionIssue[];
  /** What the server was seen to try in the sandbox; null where it was not run. */
  observed: ObservedFacts | null;
};

export type Snapshot = {
  definitions: Definitions | null;
  definitionsOrigin: 'live' | 'declared' | null;
  coverage: SnapshotCoverage;
  packageFacts: PackageFacts | null;
  /** What the package's own code was seen to do; null where it was not read. */
  code: PackageCode | null;
  attempts: Attempt[];
  /** Set where the package could not be fetched. */
  acquireError: { code: AcquireErrorCode; message: string } | null;
};

export type SnapshotProgress = { message: string };

export type AcquireSnapshotOptions = {
  manifest: Manifest;
  /** Definitions that came with an import or from the publisher; used where the server cannot be run. */
  declared?: Definitions | null;
  sandbox: SandboxAvailability;
  /** False: nothing is fetched and nothing is run. */
  live?: boolean;
  /** Default: a temporary directory. What is put into it is removed again. */
  workDir?: string;
  /** Host paths that stay hidden inside, e.g. the data directory. */
  hiddenPaths?: readonly string[];
  limits?: {
    acquire?: Partial<AcquireLimits>;
    sandbox?: Partial<SandboxLimits>;
    introspect?: Partial<IntrospectLimits>;
  };
  /** Index of the simple API for PyPI packages instead of pip's own. */
  pypiIndex?: string;
  /** Where the files of a package are fetched for reading where it is not run; absent: they are not. */
  sources?: PackageSources;
  /** How remote servers are asked where no package was run; absent: they are not asked. */
  remotes?: ProbeOptions;
  signal?: AbortSignal;
  onProgress?: (progress: SnapshotProgress) => void;
} & Pick<AcquireNpmOptions, 'localPackages' | 'cacheDir' | 'registry' | 'downloadOrigins'>;

/**
 * Gets everything that a scan of one version looks at: fetches its package, runs it in the sandbox and reads what it tells
 * a model; where none was run, asks a remote. What cannot be had is said in `coverage` with its reason and is no error.
 * Rejects only when `signal` aborts, so that half a snapshot is never taken for a whole one.
 */
export async function acquireSnapshot(options: AcquireSnapshotOptions): Promise<Snapshot> {
  const { manifest, declared = null, live = true, remotes, signal } = options;
  signal?.throwIfAborted();
  if (!live) return withoutPackage(declared, 'Running the server was switched off for this scan.');
  const snapshot = await readUnfetched(await ofPackage(options), options);
  signal?.throwIfAborted();
  const isRun = snapshot.coverage.live.covered || snapshot.definitionsOrigin === 'live';
  if (isRun || !remotes || !manifest.remotes?.length) return snapshot;
  const { limits, onProgress } = options;
  const probe = await probeRemote(manifest, {
    ...remotes,
    ...(limits?.introspect ? { limits: limits.introspect } : {}),
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  signal?.throwIfAborted();
  return withProbe(snapshot, probe, declared);
}

/** A remote that says nothing leaves what is known of the package, and both reasons. */
function withProbe(snapshot: Snapshot, { definitions, tools, live }: Probe, declared: Definitions | null): Snapshot {
  const usesDeclared = definitions?.tools == null && declared !== null;
  const reasons = [snapshot.packageFacts || snapshot.acquireError ? snapshot.coverage.live.reason : null, live.reason];
  const reason = reasons.filter((text) => text != null).join(' ');
  return {
    ...snapshot,
    definitions: usesDeclared ? declared : definitions,
    definitionsOrigin: usesDeclared ? 'declared' : definitions ? 'live' : null,
    coverage: {
      ...snapshot.coverage,
      tools: usesDeclared ? declaredTools(declared) : tools,
      live: { ...live, ...(reason === '' ? {} : { reason }) },
    },
  };
}

async function ofPackage(options: AcquireSnapshotOptions): Promise<Snapshot> {
  const { manifest, declared = null, signal } = options;
  const choice = runnablePackage(manifest);
  if (!choice.ok) return withoutPackage(declared, choice.reason);
  const { type, pkg } = choice;
  if (type === 'oci' && !options.sandbox.available) {
    // Of an image nothing is read, so without a sandbox it would be fetched for nothing.
    const { reason, fix } = options.sandbox;
    return withoutPackage(declared, `There is no sandbox: ${reason} ${fix}`);
  }
  const ownDir = options.workDir === undefined ? await mkdtemp(join(tmpdir(), 'hallmark-scan-')) : null;
  let acquired: AcquiredPackage | undefined;
  try {
    const fetched = await fetchPackage(options, { type, pkg, workDir: options.workDir ?? ownDir ?? tmpdir() });
    signal?.throwIfAborted();
    if (!fetched.ok) {
      const { code, message } = fetched;
      const snapshot = withoutPackage(declared, message, 'The package could not be fetched, so nothing was run.');
      return { ...snapshot, acquireError: { code, message } };
    }
    acquired = fetched;
    // One after the other: side by side the server and the parser need more memory than a scan may take.
    const run = await introspectPackage({ ...options, pkg, acquired });
    const read = await readAcquired({ type, identifier: pkg.identifier, acquired, ...(signal ? { signal } : {}) });
    signal?.throwIfAborted();
    const { ok, dir, entry, ...facts } = acquired;
    const usesDeclared = run.definitions?.tools == null && declared !== null;
    return {
      definitions: usesDeclared ? declared : run.definitions,
      definitionsOrigin: usesDeclared ? 'declared' : run.definitions ? 'live' : null,
      coverage: {
        manifest: { covered: true },
        tools: usesDeclared ? declaredTools(declared) : run.tools,
        package: {
          covered: read.ok,
          ...(read.ok ? {} : { reason: `It was fetched, but not read: ${read.reason}` }),
          ...(facts.integrity ? { integrity: facts.integrity } : {}),
        },
        live: run.live,
      },
      packageFacts: {
        registryType: type,
        identifier: pkg.identifier,
        version: pkg.version,
        ...facts,
        server: run.facts,
        configuration: run.configuration,
        issues: run.issues,
        observed: run.observed,
      },
      code: read.ok ? read.code : null,
      attempts: run.attempts,
      acquireError: null,
    };
  } finally {
    if (acquired) await rm(acquired.dir, { recursive: true, force: true });
    if (ownDir) await rm(ownDir, { recursive: true, force: true });
  }
}

function withoutPackage(declared: Definitions | null, reason: string, liveReason = reason): Snapshot {
  return {
    definitions: declared,
    definitionsOrigin: declared ? 'declared' : null,
    coverage: {
      manifest: { covered: true },
      tools: declaredTools(declared),
      package: { covered: false, reason },
      live: { covered: false, reason: liveReason },
    },
    packageFacts: null,
    code: null,
    attempts: [],
    acquireError: null,
  };
}

function declaredTools(declared: Definitions | null): CoverageEntry {
  if (declared?.tools) return { covered: true };
  return { covered: false, reason: 'The server was not run, and no tool definitions came with the manifest.' };
}
