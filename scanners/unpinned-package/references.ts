/** How firmly a version names one content. */
export type Pin = 'exact' | 'range' | 'tag' | 'none';

const EXACT = /^v?\d+(?:\.\d+){0,4}(?:[-+._]?[0-9A-Za-z][0-9A-Za-z.+-]{0,80})?$/;
const RANGE = /[\^~<>=*|,]|\s-\s|(?:^|\.)x(?:\.|$)|\s/i;

/** Judges a version as written in a manifest or after `@`/`==`; a bare number such as `1` or `1.2` is a range for npm. */
export function pinOf(version: string | undefined, registryType: string): Pin {
  const text = version?.trim() ?? '';
  if (text === '') return 'none';
  if (RANGE.test(text)) return 'range';
  if (registryType === 'npm' && /^v?\d+(?:\.\d+)?$/.test(text)) return 'range';
  return EXACT.test(text) ? 'exact' : 'tag';
}

export type ImageReference = { name: string; tag: string | null; digest: string | null };

/** The parts of an OCI reference: `registry:5000/name:tag@sha256:…` (distribution spec, reference grammar). */
export function parseImage(reference: string): ImageReference {
  const [named = '', digest = null] = reference.split('@', 2) as [string, string?];
  const lastSlash = named.lastIndexOf('/');
  const colon = named.indexOf(':', lastSlash + 1);
  return colon < 0
    ? { name: named, tag: null, digest: digest ?? null }
    : { name: named.slice(0, colon), tag: named.slice(colon + 1), digest: digest ?? null };
}

/** A package named on a command line: `@scope/name@1.2.3`, `name==1.2.3`, `name@latest`. Null for anything else. */
export function parsePackageArgument(argument: string): { name: string; version: string | undefined } | null {
  const npm = /^(@[\w.-]{1,100}\/[\w.-]{1,100}|[A-Za-z][\w.-]{0,100})(?:@([\w.^~*+-]{1,60}))?$/.exec(argument);
  if (npm !== null) return { name: npm[1] as string, version: npm[2] };
  const python =
    /^([A-Za-z][\w.-]{0,100})(?:\[[\w,.-]{1,60}\])?(?:==([\w.*+!-]{1,60})|(?:>=|~=|<=|<|>|!=)[\w.,*<>=~! -]{1,60})$/.exec(
      argument,
    );
  return python === null ? null : { name: python[1] as string, version: python[2] ?? '>=' };
}
