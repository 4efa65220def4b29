import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isExactPackageVersion, isPackageIdentifier } from '#lib/manifest/package-identifier.ts';
import { type Distribution, distributionTree, readDistributions } from './dist-info.ts';
import { tooLarge } from './hold-to-limits.ts';
import { measureTree } from './measure-tree.ts';
import { NO_RELEASE_FACTS } from './no-release-facts.ts';
import { normalized } from './pip-errors.ts';
import { type NoPythonHost, type PythonHost, pythonHost } from './python-host.ts';
import { runPip } from './run-pip.ts';
import {
  type AcquiredPackage,
  type AcquireFailure,
  type AcquireLimits,
  type AcquireProgress,
  DEFAULT_ACQUIRE_LIMITS,
} from './types.ts';

export type AcquirePypiOptions = {
  identifier: string;
  /** Exactly one version. */
  version: string;
  workDir: string;
  /** Index of the simple API, e.g. `https://pypi.example.com/simple`, instead of pip's configured one. */
  index?: string;
  host?: PythonHost | NoPythonHost;
  limits?: Partial<AcquireLimits>;
  signal?: AbortSignal;
  onProgress?: (progress: AcquireProgress) => void;
};

/**
 * Starts a console script as the file that pip would make for it does, but of packages in a folder: the system's own
 * packages stay out (-S), and nothing of the environment is read (-I).
 */
const LAUNCH = [
  'import importlib, site, sys',
  'path, module, attribute, name = sys.argv[1:5]',
  'site.addsitedir(path)',
  'site.setquit()',
  'sys.argv = [name, *sys.argv[5:]]',
  'target = importlib.import_module(module)',
  'for part in attribute.split("."): target = getattr(target, part)',
  'sys.exit(target())',
].join('\n');

/**
 * Fetches one exact version of a PyPI package with its dependencies, as wheels, and says how to start its console script.
 * No code of any package is run. NO_INSTALLER where this machine has no Python with pip or uv. The caller removes `dir`;
 * after a failure nothing is left. Never rejects for what a package or an index does.
 */
export async function acquirePypiPackage(options: AcquirePypiOptions): Promise<AcquiredPackage | AcquireFailure> {
  const { identifier, version, workDir, signal } = options;
  if (!isPackageIdentifier('pypi', identifier)) {
    return failure('IDENTIFIER_INVALID', `${JSON.stringify(identifier)} is not the name of a PyPI package.`);
  }
  if (!isExactPackageVersion('pypi', version)) {
    return failure('VERSION_NOT_EXACT', `${JSON.stringify(version)} is not one exact version, e.g. 1.2.3.`);
  }
  if (signal?.aborted) return failure('ABORTED', 'Fetching the package was stopped.');
  const host = options.host ?? (await pythonHost());
  if ('missing' in host) return failure('NO_INSTALLER', host.missing);

  await mkdir(workDir, { recursive: true });
  const dir = await mkdtemp(join(workDir, 'pypi-'));
  if (process.geteuid?.() === 0) {
    await chmod(workDir, 0o711);
    await chmod(dir, 0o755);
  }
  let result: AcquiredPackage | AcquireFailure | undefined;
  try {
    result = await install(options, host, dir);
    return result;
  } finally {
    if (!result?.ok) await rm(dir, { recursive: true, force: true });
  }
}

async function install(
  { identifier, version, index, limits: overrides, signal, onProgress }: AcquirePypiOptions,
  host: PythonHost,
  dir: string,
): Promise<AcquiredPackage | AcquireFailure> {
  const limits = { ...DEFAULT_ACQUIRE_LIMITS, ...overrides };
  const target = join(dir, 'site');
  const report = join(dir, 'report.json');
  const failed = await runPip({
    host,
    dir,
    target,
    report,
    name: identifier,
    version,
    ...(index === undefined ? {} : { index }),
    limits,
    ...(signal ? { signal } : {}),
    ...(onProgress ? { onProgress } : {}),
  });
  if (failed) return failed;
  const integrity = await readFile(report, 'utf8').then(
    (text) => integrityIn(text, identifier),
    () => null,
  );
  await rm(report, { force: true });
  const size = await measureTree(dir, { bytes: limits.unpackedBytes, files: limits.files });
  const over = tooLarge(size, limits);
  if (over) return over;

  const found = await readDistributions(target);
  const own = found.get(normalized(identifier));
  if (!own) return failure('INSTALL_FAILED', 'The package was installed without saying what it is.');
  if (found.size > limits.packages) {
    const message = `The package brings ${found.size} packages with it; at most ${limits.packages} are fetched.`;
    return failure('TOO_LARGE', message);
  }
  const script = chooseScript(own);
  if ('code' in script) return script;
  onProgress?.({ phase: 'done', message: 'package ready', packages: found.size, bytes: size.bytes });
  const [module = '', attribute = ''] = script.target.split(':', 2);
  return {
    ok: true,
    dir,
    entry: {
      command: [host.python, '-I', '-S', '-B', '-c', LAUNCH, target, module, attribute, script.name],
      cwd: dir,
      // For Pythons that the server starts itself.
      env: { PYTHONPATH: target, PYTHONDONTWRITEBYTECODE: '1' },
    },
    integrity,
    metadata: {
      name: own.name,
      version: own.version,
      bin: own.scripts,
      ...NO_RELEASE_FACTS,
      license: own.license,
      repository: own.repository,
    },
    sizeBytes: size.bytes,
    files: size.files,
    packages: found.size,
    tree: distributionTree(found, identifier),
    source: 'registry',
  };
}

/** As uvx and pipx choose: the script named like the package, or the only one. */
function chooseScript({ name, scripts }: Distribution): { name: string; target: string } | AcquireFailure {
  const entries = Object.entries(scripts);
  const own = entries.find(([script]) => normalized(script) === normalized(name)) ?? null;
  const chosen = own ?? (entries.length === 1 ? entries[0] : undefined);
  if (chosen) return { name: chosen[0], target: chosen[1] };
  if (entries.length === 0)
    return failure('NO_EXECUTABLE', 'The package has no console script, so it cannot be started.');
  const names = entries
    .slice(0, 20)
    .map(([script]) => script)
    .join(', ');
  return failure('NO_EXECUTABLE', `The package has several console scripts and none is named ${name}: ${names}.`);
}

type Report = {
  install?: {
    metadata?: { name?: unknown };
    download_info?: { archive_info?: { hashes?: { sha256?: unknown } } };
  }[];
};

/** Subresource integrity of the package's own wheel, from pip's installation report. */
function integrityIn(text: string, identifier: string): string | null {
  try {
    const { install: items = [] } = JSON.parse(text) as Report;
    const own = items.find(({ metadata }) => normalized(String(metadata?.name)) === normalized(identifier));
    const sha256 = own?.download_info?.archive_info?.hashes?.sha256;
    return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
      ? `sha256-${Buffer.from(sha256, 'hex').toString('base64')}`
      : null;
  } catch {
    return null;
  }
}

function failure(code: AcquireFailure['code'], message: string): AcquireFailure {
  return { ok: false, code, message };
}
