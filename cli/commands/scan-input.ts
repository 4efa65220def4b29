import path from 'node:path';
import type { Definitions, Manifest } from '#lib/manifest/index.ts';
import { isExactPackageVersion, isPackageIdentifier, sha256Hex } from '#lib/manifest/index.ts';
import { splitNameAndVersion } from '#lib/scans/acquire/index.ts';
import { readDefinitions } from '#lib/scans/introspect/index.ts';
import type { PackageSource } from '#lib/scans/package-source/index.ts';
import type { ReportSubject } from '#lib/scans/report/types.ts';
import { type ConfigFile, configFile } from './scan-clients.ts';
import { packageTarget } from './scan-code.ts';
import { readInput, readManifest, UsageFault } from './signing-input.ts';

/** Tool definitions may be larger than a manifest. */
const DEFINITIONS_MAX_BYTES = 32 * 1024 * 1024;
const NPM_PREFIX = 'npm:';

/** How a report names what was scanned. */
type Subject = Pick<ReportSubject, 'name' | 'version' | 'sha256'>;

export type ScanTarget = { subject: Subject } & (
  | { kind: 'manifest'; manifest: Manifest }
  | { kind: 'definitions'; definitions: Definitions; issues: string[]; dropped: number }
  | { kind: 'npm'; name: string; version: string }
  | { kind: 'package'; source: PackageSource; ecosystem: 'npm' | 'pypi'; manifest: Manifest | null }
  | { kind: 'command'; command: [string, ...string[]] }
  | { kind: 'remote'; url: string }
  | { kind: 'clients'; files: ConfigFile[] }
);

/**
 * What the words on the command line name. `words` are those before `--`, `command` those after it, or null where there
 * was none. Throws UsageFault, and ManifestFault for a manifest that is not valid.
 */
export function readTarget({ words, command }: { words: string[]; command: string[] | null }): ScanTarget {
  if (command !== null) {
    const [program, ...args] = command;
    if (words.length > 0) throw new UsageFault('Give a file or a package, or a command after --, not both.');
    if (!program) throw new UsageFault('After -- comes the command of a server, e.g. hallmark scan -- node server.js');
    return {
      kind: 'command',
      subject: { name: [path.basename(program), ...args].join(' ') },
      command: [program, ...args],
    };
  }
  const [target, ...rest] = words;
  if (target === undefined) {
    throw new UsageFault(
      'Give a server.json, a file with tools, a directory or archive with a package, npm:name@version, a URL, the configuration of a client, or -- and a command.',
    );
  }
  if (rest.length > 0) throw new UsageFault(`One target at a time: ${target} and ${rest[0]} were given.`);
  if (target.startsWith(NPM_PREFIX)) return npmTarget(target);
  if (/^https?:\/\//i.test(target)) return remoteTarget(target);
  const packaged = packageTarget(target);
  if (packaged) return packaged;
  const bytes = readInput(target, 'file', DEFINITIONS_MAX_BYTES + 1);
  const definitions = definitionsIn(target, bytes);
  if (definitions) {
    const subject = { name: path.basename(target), sha256: { 'tools.json': sha256Hex(bytes) } };
    return { kind: 'definitions', subject, ...definitions };
  }
  const clients = configFile(target, bytes);
  if (clients) return { kind: 'clients', subject: { name: path.basename(target) }, files: [clients] };
  // `mirror`: a manifest that another registry accepted is worth a scan even where publishing it here would be refused.
  const { manifest, digests } = readManifest(target, 'mirror');
  const { name, version } = manifest;
  return { kind: 'manifest', subject: { name, version, sha256: { 'server.json': digests.manifestSha256 } }, manifest };
}

function remoteTarget(target: string): ScanTarget {
  if (!URL.canParse(target)) throw new UsageFault(`${target} is not an address.`);
  const url = new URL(target);
  if (url.username || url.password) {
    throw new UsageFault('The address carries credentials. None are sent: leave them out.');
  }
  // What is behind the question mark may be a key, and a report is for others to read.
  return { kind: 'remote', subject: { name: `${url.origin}${url.pathname}` }, url: target };
}

function npmTarget(target: string): ScanTarget {
  const { name, version } = splitNameAndVersion(target.slice(NPM_PREFIX.length));
  if (!isPackageIdentifier('npm', name))
    throw new UsageFault(`${JSON.stringify(name)} is not the name of an npm package.`);
  if (version === null || !isExactPackageVersion('npm', version)) {
    throw new UsageFault(`Name one exact version, e.g. ${NPM_PREFIX}${name}@1.2.3: a scan is of one version.`);
  }
  return { kind: 'npm', subject: { name, version }, name, version };
}

type FileDefinitions = { definitions: Definitions; issues: string[]; dropped: number };

/**
 * The definitions in a file that is an array of tools, `{tools: […]}` or a saved answer to `tools/list`; null where it is
 * none of these, and so perhaps a manifest. Throws UsageFault for a file that is not JSON or too large.
 */
function definitionsIn(file: string, bytes: Buffer): FileDefinitions | null {
  if (bytes.length > DEFINITIONS_MAX_BYTES) throw new UsageFault(`The file ${file} is larger than 32 MiB.`);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    // The manifest reader says what is wrong, and where.
    return null;
  }
  const lists = Array.isArray(value) ? { tools: value } : answerOf(value);
  if (!Array.isArray(lists?.tools)) return null;
  const { definitions, issues, dropped } = readDefinitions(lists);
  if (definitions.tools?.length === 0 && lists.tools.length > 0) {
    throw new UsageFault(`The file ${file} has no usable tool: ${issues[0]?.message ?? ''}`);
  }
  return { definitions, issues: issues.map(({ message }) => message), dropped };
}

/** An object with lists, or the one inside a JSON-RPC answer. */
function answerOf(value: unknown): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  const { result } = value as { result?: unknown };
  const inner = typeof result === 'object' && result !== null ? result : value;
  return inner as Record<string, unknown>;
}
