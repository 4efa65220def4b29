import { affixOf, type Closeness, closenessOf } from './closeness.ts';
import { type Model, scopeOf } from './identity.ts';

/** How a package resembles one of a model's. */
export type PackageLikeness = Closeness | 'scope-in-name' | 'trust' | 'scope-affix';

export type PackageMatch = { how: PackageLikeness; of: string };

/** Words that names of packages share and that tell nothing. */
const COMMON = /^(?:mcp|server|servers|mcpserver|the|js|ts|py|node)$/;

const wordsOf = (name: string): string[] =>
  name
    .toLowerCase()
    .split(/[-_./@]+/)
    .filter(Boolean);

/** The part of a package name that tells it from others: `mcp-server-filesystem` → filesystem. */
const distinctive = (name: string): string =>
  wordsOf(name)
    .filter((word) => !COMMON.test(word))
    .join('-');

/** PyPI takes runs of these for one hyphen; a package that differs in them only is the same one. */
const same = (registryType: string, a: string, b: string): boolean => {
  const canonical = (name: string) => (registryType === 'pypi' ? name.replaceAll(/[-_.]+/g, '-') : name).toLowerCase();
  return canonical(a) === canonical(b);
};

/** The package or scope of a model that `identifier` resembles without being it, or null. */
export function packageLikeness(
  { registryType, identifier }: { registryType: string; identifier: string },
  model: Model,
): PackageMatch | null {
  if (registryType !== 'npm' && registryType !== 'pypi') return null;
  const scope = scopeOf(registryType, identifier);
  const own = model.packages.filter((pkg) => pkg.registryType === registryType);
  if (own.some((pkg) => same(registryType, pkg.identifier, identifier))) return null;
  if (scope !== null) {
    if (model.scopes.includes(scope)) return null;
    for (const known of model.scopes) {
      const how = closenessOf(scope, known) ?? scopeAffix(scope, known);
      if (how !== null) return { how, of: `@${known}` };
    }
    return null;
  }
  for (const { identifier: known } of own) {
    const how = nameLikeness(registryType, identifier, known);
    if (how !== null) return { how, of: known };
  }
  return null;
}

/** Long scopes such as modelcontextprotocol are nobody's word: whatever is added to them is meant to be read as them. */
function scopeAffix(scope: string, known: string): PackageLikeness | null {
  if (known.length >= 14 && (scope.startsWith(`${known}-`) || scope.endsWith(`-${known}`))) return 'scope-affix';
  return affixOf(scope, known) === 'trust' ? 'trust' : null;
}

function nameLikeness(registryType: string, name: string, known: string): PackageLikeness | null {
  const knownScope = scopeOf(registryType, known);
  if (knownScope !== null) {
    const flat = known.slice(1).replace('/', '-');
    return knownScope.length >= 4 && name.toLowerCase() === flat ? 'scope-in-name' : null;
  }
  const [mine, theirs] = [distinctive(name), distinctive(known)];
  // The words of the trade must be the same, in the same order: mysql-mcp-server and mcp-server-mysql are honest neighbours.
  const frame = (text: string, part: string) => wordsOf(text).join('-').replace(part, '*');
  if (mine === '' || theirs === '' || frame(name, mine) !== frame(known, theirs)) return null;
  return closenessOf(mine, theirs);
}
