import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from './host.ts';
import type { SandboxRoot } from './types.ts';

/** Where the host's own programs are inside an image that may have none: the shell, setpriv and env of the first steps. */
export const HOST_PLACE = '/.host';

/** Folders that the file system of an image must have, because something is mounted there. */
export const ROOT_MOUNT_POINTS = ['/etc', '/home/sandbox'] as const;

/** Mounted otherwise, or not at all. */
const NOT_SHOWN = new Set(['proc', 'dev', 'sys', 'tmp', 'run', HOST_PLACE.slice(1)]);
const HOST_DIRECTORIES = /^\/(?:usr\/)?(?:s?bin|lib|lib32|lib64|libx32)$/;

export type RootEntry = { path: string; source: string } | { path: string; link: string };

/** What is at the top of an image's file system. Links stay links: followed on the host they would lead out of it. */
export function rootEntries({ dir }: SandboxRoot): RootEntry[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter(({ name }) => !NOT_SHOWN.has(name))
    .map((entry) => {
      const source = join(dir, entry.name);
      const path = `/${entry.name}`;
      return entry.isSymbolicLink() ? { path, link: readlinkSync(source) } : { path, source };
    });
}

/** The parts of the host's system that its own programs need. */
export const hostEntries = ({ systemPaths }: Host): Host['systemPaths'] =>
  systemPaths.filter(({ path }) => HOST_DIRECTORIES.test(path));

/** How a program of the host is started inside an image: by the host's own loader, with the host's own libraries. */
export function hostProgram({ loader }: Host, program: string): string[] {
  if (loader === null) throw new Error('The loader of this host’s programs was not found.');
  const libraries = [loader.slice(0, loader.lastIndexOf('/')), '/usr/lib', '/lib', '/usr/lib64'];
  return [
    HOST_PLACE + loader,
    '--library-path',
    [...new Set(libraries)].map((path) => HOST_PLACE + path).join(':'),
    HOST_PLACE + program,
  ];
}
