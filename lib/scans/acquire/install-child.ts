/**
 * The process that installs one package with npm's own resolver, so that a hostile package can exhaust or crash only
 * it. Started by `runInstall` with an IPC channel; gets one `InstallRequest` and sends `InstallReply`s. It never runs a
 * script of a package, and may contact the configured registry only.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Arborist from '@npmcli/arborist';
import pacote from 'pacote';
import { allowConnectionsTo } from './connect-guard.ts';
import { explainInstallError, InstallError } from './install-errors.ts';
import type { InstallReply, InstallRequest, RegistryFacts } from './install-messages.ts';
import type { InstalledPackage } from './types.ts';

const MAX_TEXT = 500;

type TreeNode = {
  isProjectRoot: boolean;
  name: string;
  /** The name in its package.json: another one than `name` for an alias. */
  packageName: string | null;
  version: string;
  location: string;
  integrity: string | null;
  edgesOut: Map<string, { to: TreeNode | null }>;
  hasInstallScript?: boolean;
  package: { scripts?: Record<string, unknown> };
};

/** The fields used of a registry document (npm registry API, "package metadata"). */
type Packument = {
  versions?: Record<string, { deprecated?: unknown; dist?: { integrity?: unknown } }>;
  time?: Record<string, unknown>;
  maintainers?: unknown;
};

function send(reply: InstallReply): Promise<void> {
  return new Promise((resolve) => process.send?.(reply, () => resolve()));
}

async function install(request: InstallRequest): Promise<RegistryFacts> {
  const { dir, target, settings, cacheDir } = request;
  // Files must be readable for the user of the sandbox, whatever the umask of the service is.
  process.umask(0o022);
  allowConnectionsTo(request.origins);
  const options = {
    ...settings.options,
    registry: settings.registry,
    replaceRegistryHost: 'never',
    cache: cacheDir ?? join(dir, '.npm-cache'),
    allowGit: 'none',
    allowRemote: 'none',
    allowFile: 'none',
    allowDirectory: 'none',
    ignoreScripts: true,
    audit: false,
    fund: false,
    progress: false,
    preferOffline: false,
    fetchRetries: 2,
    fetchRetryMintimeout: 500,
    fetchRetryMaxtimeout: 5_000,
    fetchTimeout: 60_000,
  };

  const packument = target
    ? ((await pacote.packument(target.name, { ...options, fullMetadata: true })) as Packument)
    : null;
  const entry = target ? packument?.versions?.[target.version] : undefined;
  if (target && !entry) {
    throw new InstallError('VERSION_NOT_FOUND', `The registry has no version ${target.version} of ${target.name}.`);
  }

  const dependencies = target ? { [target.name]: target.version } : request.dependencies;
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const arborist = new Arborist({ ...options, path: dir, omit: ['dev'] } as Arborist.Options);
  await arborist.buildIdealTree();
  const planned = nodesOf(arborist.idealTree);
  if (planned.length > request.maxPackages) {
    throw new InstallError(
      'TOO_LARGE',
      `The package brings ${planned.length} packages with it; at most ${request.maxPackages} are fetched.`,
    );
  }
  await send({ kind: 'resolved', packages: planned.length });
  await arborist.reify({ save: false, omit: ['dev'] } as Arborist.ReifyOptions);
  const installed = nodesOf(arborist.actualTree);

  const top = target ? installed.find(({ location }) => location === `node_modules/${target.name}`) : undefined;
  return {
    integrity: top?.integrity ?? null,
    deprecated: typeof entry?.deprecated === 'string' && entry.deprecated ? entry.deprecated.slice(0, MAX_TEXT) : null,
    ...datesOf(packument, target?.version),
    maintainers: Array.isArray(packument?.maintainers) ? packument.maintainers.length : null,
    installScripts: [
      ...new Set(installed.filter(hasInstallScript).map(({ name, version }) => `${name}@${version}`)),
    ].sort(),
    packages: installed.length,
    tree: treeOf(arborist.actualTree as unknown as TreeNode),
  };
}

/** Dates of versions only: npm puts `modified` and, after a removal, other things among them. */
function datesOf(packument: Packument | null, version: string | undefined) {
  const times = packument?.time ?? {};
  const dateOf = (key: string): string | null => {
    const text = Object.hasOwn(times, key) ? times[key] : undefined;
    return typeof text === 'string' && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : null;
  };
  const dates = Object.keys(packument?.versions ?? {}).flatMap((key) => dateOf(key) ?? []);
  const sorted = dates.sort();
  return {
    publishedAt: version === undefined ? null : dateOf(version),
    firstPublishedAt: dateOf('created') ?? sorted[0] ?? null,
    lastPublishedAt: sorted.at(-1) ?? null,
  };
}

/** What is installed, nearest to the root first, each package with the one that asks for it on the shortest way. */
function treeOf(root: TreeNode): InstalledPackage[] {
  const tree: InstalledPackage[] = [];
  const places = new Map<TreeNode, number | null>([[root, null]]);
  const open = [root];
  for (const node of open) {
    for (const { to } of node.edgesOut.values()) {
      if (to === null || places.has(to)) continue;
      places.set(to, tree.length);
      tree.push({ name: to.packageName ?? to.name, version: to.version, parent: places.get(node) ?? null });
      open.push(to);
    }
  }
  return tree;
}

function nodesOf(tree: Arborist.Node | null | undefined): TreeNode[] {
  const nodes = tree ? ([...tree.inventory.values()] as unknown as TreeNode[]) : [];
  return nodes.filter(({ isProjectRoot }) => !isProjectRoot);
}

function hasInstallScript({ hasInstallScript, package: { scripts } }: TreeNode): boolean {
  return hasInstallScript === true || ['preinstall', 'install', 'postinstall'].some((name) => scripts?.[name]);
}

process.once('message', async (request: InstallRequest) => {
  try {
    await send({ kind: 'done', facts: await install(request) });
  } catch (error) {
    await send({ kind: 'failed', ...explainInstallError(error, request.target?.name ?? null) });
  }
  process.disconnect();
  // Sockets kept alive for the registry must not keep the process alive.
  process.exit();
});
// The parent is gone: nobody waits for the result.
process.once('disconnect', () => process.exit(1));
