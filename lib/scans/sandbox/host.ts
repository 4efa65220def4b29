import { constants } from 'node:fs';
import { access, lstat, readFile, readlink, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/**
 * System directories that programs need to run. Parts of /usr one by one, not /usr: applications are often installed
 * under /usr/src, and their data must not be seen.
 */
const SYSTEM_DIRECTORIES = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/lib',
  '/usr/lib32',
  '/usr/lib64',
  '/usr/libx32',
  '/usr/libexec',
  '/usr/share',
  '/usr/local/bin',
  '/usr/local/lib',
  '/usr/local/lib64',
  '/usr/local/share',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
];

/** Of /etc, only what the dynamic linker and TLS libraries read; users, hosts and keys of the machine stay out. */
const SYSTEM_FILES = [
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/alternatives',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
];

/** What the sandbox shows of the host's system; `link` is set where the host has a symbolic link. */
export type SystemPath = { path: string; link?: string };

export type Host = {
  systemPaths: SystemPath[];
  /** The Node binary that runs this process, shown as /opt/node/bin/node. */
  nodePath: string;
  shell: string;
  env: string;
  /** The dynamic loader of this system's programs, without links; null where none of the known ones is there. */
  loader: string | null;
  /** Absolute path of setpriv (util-linux), which the root mode needs; null where it is missing. */
  setpriv: string | null;
  isRoot: boolean;
  /** Whether ids far above those of the host's users exist in this user namespace (false in rootless containers). */
  hasHighIds: boolean;
};

const isExecutable = async (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Returns the absolute path of `name` on `path` (default: this process's PATH), or null. */
export async function findProgram(name: string, path = process.env.PATH ?? ''): Promise<string | null> {
  if (name.includes('/')) return (await isExecutable(name)) ? name : null;
  for (const directory of [...path.split(delimiter), '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin']) {
    if (!directory.startsWith('/')) continue;
    const candidate = join(directory, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return null;
}

/** Reads what the sandbox has to know about this host. */
export async function readHost(): Promise<Host> {
  const systemPaths: SystemPath[] = [];
  for (const path of [...SYSTEM_DIRECTORIES, ...SYSTEM_FILES]) {
    const stats = await lstat(path).catch(() => null);
    if (!stats) continue;
    // Only /bin, /lib and their like are links that must stay links; a link elsewhere is followed by the bind mount.
    const isTopLevelLink = stats.isSymbolicLink() && path.lastIndexOf('/') === 0;
    systemPaths.push(isTopLevelLink ? { path, link: await readlink(path) } : { path });
  }
  return {
    systemPaths,
    nodePath: process.execPath,
    shell: '/bin/sh',
    env: '/usr/bin/env',
    loader: await findLoader(),
    setpriv: await findProgram('setpriv', '/usr/bin:/bin'),
    isRoot: process.geteuid?.() === 0,
    hasHighIds: mapsHighIds(await readFile('/proc/self/uid_map', 'utf8').catch(() => '')),
  };
}

/** Of glibc and of musl, on the processors that have a system call filter. */
const LOADERS = [
  '/lib64/ld-linux-x86-64.so.2',
  '/lib/ld-linux-aarch64.so.1',
  '/lib/ld-musl-x86_64.so.1',
  '/lib/ld-musl-aarch64.so.1',
];

async function findLoader(): Promise<string | null> {
  for (const path of LOADERS) {
    const real = await realpath(path).catch(() => null);
    if (real) return real;
  }
  return null;
}

/** First id of the range from which the root mode draws; far from system users, containers and systemd's dynamic users. */
export const SANDBOX_ID_BASE = 1_900_000_000;
export const SANDBOX_ID_COUNT = 50_000_000;

/** Whether a `/proc/self/uid_map` (user_namespaces(7)) covers the ids of the sandbox. */
export function mapsHighIds(uidMap: string): boolean {
  return uidMap.split('\n').some((line) => {
    const [inside, , count] = line.trim().split(/\s+/).map(Number);
    if (inside === undefined || count === undefined) return false;
    return inside <= SANDBOX_ID_BASE && inside + count >= SANDBOX_ID_BASE + SANDBOX_ID_COUNT;
  });
}
