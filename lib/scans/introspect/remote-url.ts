import type { HttpTransport } from '#lib/manifest/types.ts';

const VARIABLE = /\{([^{}]{1,200})\}/g;

export type FilledUrl = { ok: true; url: string } | { ok: false; missing: string[] };

/**
 * The address of a remote with its variables filled in by what the manifest fixes or gives as a default. Nothing is made
 * up: a placeholder would ask a host that nobody named. `missing` are the variables that only a user has.
 */
export function fillUrl({ url, variables = {} }: Pick<HttpTransport, 'url' | 'variables'>): FilledUrl {
  const missing = new Set<string>();
  const filled = url.replace(VARIABLE, (whole, name: string) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    const value = variable?.value ?? variable?.default;
    if (value === undefined || value === '' || value.includes('{')) missing.add(name);
    return value ?? whole;
  });
  return missing.size > 0 ? { ok: false, missing: [...missing] } : { ok: true, url: filled };
}
