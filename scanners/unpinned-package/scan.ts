import type { Argument, Package } from '#lib/manifest/types.ts';
import type { Evidence, RawFinding, Scanner } from '../types.ts';
import { EXAMPLES } from './examples.ts';
import { parseImage, parsePackageArgument, pinOf } from './references.ts';
import { MUTABLE_IMAGE, NO_FILE_HASH, RULES, UNPINNED, UNPINNED_ARGUMENT } from './rules.ts';

/** Finds packages, images and bundles whose content may change without the manifest changing. */
export const unpinnedPackage: Scanner = {
  id: 'unpinned-package',
  rules: RULES,
  examples: EXAMPLES,
  scan: ({ manifest }) =>
    (manifest?.packages ?? []).flatMap((pkg, i) => {
      const base = `/packages/${i}`;
      return [...packageFindings(pkg, base), ...argumentFindings(pkg, base)];
    }),
};

const whole = (text: string): Evidence => ({ excerpt: text, start: 0, end: text.length });

function packageFindings(pkg: Package, base: string): RawFinding[] {
  if (pkg.registryType === 'oci') return imageFindings(pkg, base);
  if (pkg.registryType === 'mcpb') {
    if (pkg.fileSha256 !== undefined) return [];
    return [finding(NO_FILE_HASH.id, `${pkg.identifier} has no fileSha256.`, `${base}/identifier`, pkg.identifier)];
  }
  const pin = pinOf(pkg.version, pkg.registryType);
  if (pin === 'exact') return [];
  const how = {
    none: 'names no version',
    tag: `follows the tag "${pkg.version}"`,
    range: `allows the range "${pkg.version}"`,
  }[pin];
  const evidence = pkg.version === undefined ? pkg.identifier : `${pkg.identifier}@${pkg.version}`;
  return [
    finding(
      UNPINNED.id,
      `${pkg.identifier} ${how}.`,
      pkg.version === undefined ? `${base}/identifier` : `${base}/version`,
      evidence,
    ),
  ];
}

function imageFindings(pkg: Package, base: string): RawFinding[] {
  const { name, tag, digest } = parseImage(pkg.identifier);
  if (digest !== null) return [];
  const effective = tag ?? pkg.version ?? null;
  const isLatest = effective === null || effective === 'latest';
  const message = isLatest
    ? `${name} runs whatever image is the latest.`
    : `${name}:${effective} is a tag without a digest.`;
  return [
    {
      ...finding(MUTABLE_IMAGE.id, message, `${base}/identifier`, pkg.identifier),
      severity: isLatest ? 'medium' : 'low',
    },
  ];
}

const FETCHING = /^(?:npx|uvx|bunx|pipx|pnpx)$/;

/** Arguments that make a runner fetch something: the value of `--package`, `--from` or `--with`, and the first plain argument. */
function argumentFindings(pkg: Package, base: string): RawFinding[] {
  if (!FETCHING.test(pkg.runtimeHint ?? '')) return [];
  return (pkg.runtimeArguments ?? []).flatMap((argument, i) => {
    const value = fetchedBy(argument);
    const named = value === undefined ? null : parsePackageArgument(value);
    if (value === undefined || named === null || pinOf(named.version, 'npm') === 'exact') return [];
    // The package itself, repeated on the command line, is judged by its own version.
    if (named.name === pkg.identifier && named.version === undefined) return [];
    const message = `${pkg.runtimeHint} is told to fetch ${value}, which is not one fixed version.`;
    return [finding(UNPINNED_ARGUMENT.id, message, `${base}/runtimeArguments/${i}`, value)];
  });
}

function fetchedBy(argument: Argument): string | undefined {
  if (argument.type === 'positional') return argument.value;
  return /^(?:--package|-p|--from|--with|--spec)$/.test(argument.name) ? argument.value : undefined;
}

const finding = (ruleId: string, message: string, pointer: string, evidence: string): RawFinding => ({
  ruleId,
  message,
  location: { document: 'server.json', pointer },
  evidence: whole(evidence),
});
