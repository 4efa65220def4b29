import type { Manifest, Package } from '#lib/manifest/types.ts';
import type { PackageFact } from '../facts.ts';
import { shown } from '../text/scan-text.ts';
import type { RawFinding, Rule, Scanner, Severity } from '../types.ts';
import { checkFindings } from './checks.ts';
import { EXAMPLES } from './examples.ts';
import { accountOf, repositoryOf } from './repositories.ts';
import {
  ABANDONED,
  DEPRECATED,
  INSTALL_SCRIPT,
  NAMESPACE_REPOSITORY,
  OTHER_REPOSITORY,
  RULES,
  YOUNG,
} from './rules.ts';
import { vulnerabilityFindings } from './vulnerabilities.ts';

const DAY_MS = 86_400_000;
const YOUNG_PACKAGE_DAYS = 30;
const YOUNG_VERSION_DAYS = 3;
const ABANDONED_DAYS = 730;

/** Finds what registries and databases say against a version's packages. Says nothing about what nobody was asked. */
export const supplyChain: Scanner = {
  id: 'supply-chain',
  rules: RULES,
  examples: EXAMPLES,
  scan: ({ manifest, facts }) => {
    if (manifest === null) return [];
    const findings = namespaceFindings(manifest);
    for (const fact of facts?.packages ?? []) {
      const pkg = manifest.packages?.[fact.packageIndex];
      if (pkg === undefined) continue;
      findings.push(
        ...checkFindings(fact, pkg),
        ...repositoryFindings(fact, pkg, manifest),
        ...ageFindings(fact, pkg, facts?.at ?? ''),
        ...deprecationFindings(fact, pkg),
        ...scriptFindings(fact, pkg),
        ...vulnerabilityFindings(fact),
      );
    }
    return findings;
  },
};

function namespaceFindings({ name, repository }: Manifest): RawFinding[] {
  const [account, named] = [accountOf(name), repositoryOf(repository?.url)];
  if (repository === undefined || account === null || named === null) return [];
  if (account.host !== named.host || account.owner === named.owner) return [];
  const message = `${shown(name)} is named after ${shown(account.owner)}, its repository belongs to ${shown(named.owner)}.`;
  return [finding(NAMESPACE_REPOSITORY, message, '/repository/url', repository.url)];
}

function repositoryFindings({ packageIndex, registry }: PackageFact, pkg: Package, manifest: Manifest): RawFinding[] {
  const [own, named] = [repositoryOf(registry?.repository), repositoryOf(manifest.repository?.url)];
  if (own === null || named === null || own.host !== named.host || own.owner === named.owner) return [];
  const message = `${shown(pkg.identifier)} says that it comes from ${shown(`${own.owner}/${own.name}`)}, the manifest names ${shown(`${named.owner}/${named.name}`)}.`;
  return [finding(OTHER_REPOSITORY, message, `/packages/${packageIndex}/identifier`, pkg.identifier)];
}

function ageFindings({ packageIndex, registry }: PackageFact, pkg: Package, at: string): RawFinding[] {
  if (registry === null) return [];
  const pointer = `/packages/${packageIndex}/identifier`;
  const name = shown(pkg.identifier);
  const age = (date: string | null): number | null => {
    const days = (Date.parse(at) - Date.parse(date ?? '')) / DAY_MS;
    return Number.isNaN(days) || days < 0 ? null : days;
  };
  const [first, version] = [age(registry.firstPublishedAt), age(registry.publishedAt)];
  if (first !== null && first < YOUNG_PACKAGE_DAYS) {
    const message = `${name} was first published on ${day(registry.firstPublishedAt)}, ${since(first)} before the scan.`;
    return [finding(YOUNG, message, pointer, pkg.identifier)];
  }
  if (version !== null && version < YOUNG_VERSION_DAYS) {
    const message = `${name} ${shown(pkg.version ?? '')} was published on ${day(registry.publishedAt)}, ${since(version)} before the scan.`;
    return [finding(YOUNG, message, pointer, pkg.identifier)];
  }
  const last = age(registry.lastPublishedAt);
  if (last === null || last < ABANDONED_DAYS) return [];
  const message = `The newest version of ${name} is of ${day(registry.lastPublishedAt)}.`;
  return [finding(ABANDONED, message, pointer, pkg.identifier)];
}

const day = (date: string | null): string => (date ?? '').slice(0, 10);
const since = (days: number): string => (days < 2 ? 'less than two days' : `${Math.floor(days)} days`);

function deprecationFindings({ packageIndex, registry }: PackageFact, pkg: Package): RawFinding[] {
  if (registry === null || registry.deprecated === null) return [];
  const said = registry.deprecated === '' ? '' : `: ${shown(registry.deprecated)}`;
  const message = `The publisher marked ${shown(pkg.identifier)} ${shown(pkg.version ?? '')} as deprecated${said}`;
  return [finding(DEPRECATED, message.replace(/[.\s]*$/, '.'), `/packages/${packageIndex}/identifier`, pkg.identifier)];
}

function scriptFindings({ packageIndex, registry }: PackageFact, pkg: Package): RawFinding[] {
  const scripts = registry?.installScripts ?? [];
  if (scripts.length === 0) return [];
  const own = scripts.some((name) => name.startsWith(`${pkg.identifier}@`));
  const others = scripts.filter((name) => !name.startsWith(`${pkg.identifier}@`));
  const listed = `${others.slice(0, 3).map(shown).join(', ')}${others.length > 3 ? ` and ${others.length - 3} more` : ''}`;
  const message = own
    ? `${shown(pkg.identifier)} has an install script${others.length > 0 ? `, and so have ${listed}` : ''}.`
    : `${shown(pkg.identifier)} installs packages with an install script: ${listed}.`;
  const severity = own ? 'low' : 'info';
  return [finding(INSTALL_SCRIPT, message, `/packages/${packageIndex}/identifier`, pkg.identifier, severity)];
}

function finding(rule: Rule, message: string, pointer: string, excerpt: string, severity?: Severity): RawFinding {
  return {
    ruleId: rule.id,
    message,
    location: { document: 'server.json', pointer },
    evidence: { excerpt, start: 0, end: excerpt.length },
    ...(severity === undefined ? {} : { severity }),
  };
}
