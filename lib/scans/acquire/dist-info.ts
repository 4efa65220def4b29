import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { normalized } from './pip-errors.ts';
import type { InstalledPackage } from './types.ts';

/** READMEs are part of METADATA; the head is in front. */
const HEAD_BYTES = 256 * 1024;

/** What an installed distribution says of itself (PyPA, "Recording installed projects", "Core metadata"). */
export type Distribution = {
  name: string;
  version: string;
  license: string | null;
  repository: string | null;
  /** Names of what it needs, extras left out. */
  requires: string[];
  /** Console scripts: name to `module:attribute`. */
  scripts: Record<string, string>;
};

/** The distributions installed in `dir`, by normalized name. */
export async function readDistributions(dir: string): Promise<Map<string, Distribution>> {
  const found = new Map<string, Distribution>();
  for (const entry of await readdir(dir).catch(() => [])) {
    if (!entry.endsWith('.dist-info')) continue;
    const metadata = parseMetadata(await headOf(join(dir, entry, 'METADATA')));
    if (metadata) {
      const scripts = parseScripts(await headOf(join(dir, entry, 'entry_points.txt')));
      found.set(normalized(metadata.name), { ...metadata, scripts });
    }
  }
  return found;
}

async function headOf(path: string): Promise<string> {
  const file = await open(path).catch(() => null);
  if (!file) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

function parseMetadata(text: string): Omit<Distribution, 'scripts'> | null {
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  const fields = head.split(/\r?\n/).flatMap((line): [string, string][] => {
    const field = /^([A-Za-z-]{1,40}): (.{0,1000})/.exec(line);
    return field ? [[field[1] as string, field[2] as string]] : [];
  });
  const first = (name: string) => fields.find(([field]) => field === name)?.[1] ?? null;
  const all = (name: string) => fields.filter(([field]) => field === name).map(([, value]) => value);
  const [name, version] = [first('Name'), first('Version')];
  if (!name || !version) return null;
  const links = all('Project-URL').map((value) => value.split(/,\s*/, 2) as [string, string?]);
  return {
    name,
    version,
    license: (first('License-Expression') ?? first('License'))?.slice(0, 500) ?? null,
    repository: links.find(([label]) => /source|repository|code|github/i.test(label))?.[1] ?? first('Home-page'),
    requires: all('Requires-Dist')
      .filter((value) => !/;.*\bextra\s*==/.test(value))
      .flatMap((value) => /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(value)?.[0] ?? []),
  };
}

/** `[console_scripts]` of entry_points.txt; extras behind the target are left out. */
function parseScripts(text: string): Record<string, string> {
  const scripts: Record<string, string> = {};
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[([^\]]{1,100})\]/.exec(line)?.[1] ?? section;
    const script = /^\s*([\w.-]{1,100})\s*=\s*([\w.]{1,200}:[\w.]{1,200})\s*(?:\[.*)?$/.exec(line);
    if (section === 'console_scripts' && script) scripts[script[1] as string] = script[2] as string;
  }
  return scripts;
}

/** What is installed, nearest to the root first, each with the one that asks for it on the shortest way. */
export function distributionTree(found: ReadonlyMap<string, Distribution>, root: string): InstalledPackage[] {
  const tree: InstalledPackage[] = [];
  const places = new Set<string>();
  const add = (name: string, parent: number | null) => {
    const key = normalized(name);
    const distribution = found.get(key);
    if (!distribution || places.has(key)) return;
    places.add(key);
    tree.push({ name: distribution.name, version: distribution.version, parent });
  };
  add(root, null);
  for (let place = 0; place < tree.length; place += 1) {
    for (const name of found.get(normalized(tree[place]?.name ?? ''))?.requires ?? []) add(name, place);
  }
  // What is needed only through an extra of a dependency.
  for (const name of found.keys()) add(name, tree.length > 0 ? 0 : null);
  return tree;
}
