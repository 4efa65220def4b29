import type { AcquireErrorCode } from './types.ts';

/** Turns what pip or uv printed into one of our codes and a sentence without paths. */
export function explainPipError(
  output: string,
  { name, version }: { name: string; version: string },
): { code: AcquireErrorCode; message: string } {
  const line = output.split('\n').find((text) => /^(ERROR|error):|not a public address/.test(text.trim())) ?? '';
  const what = line
    .replace(/^\s*(ERROR|error):\s*/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
  const refused = /hallmark: (\S{1,200}) is not a public address/.exec(output)?.[1];
  if (refused !== undefined) {
    const message = `The package points to ${refused.replace(/[('",)]/g, '')}, which is no public address, and is not fetched.`;
    return { code: 'DEPENDENCY_REFUSED', message };
  }
  if (/DO NOT MATCH THE HASHES|hash mismatch/i.test(output)) {
    return { code: 'INTEGRITY_MISMATCH', message: 'A downloaded package is not the one that the index lists.' };
  }
  if (/HTTP error 40[13]|40[13] Client Error|401 Unauthorized|403 Forbidden/.test(output)) {
    return { code: 'REGISTRY_REFUSED', message: `The index refused access: ${what}` };
  }
  if (
    /Retrying \(Retry|Max retries exceeded|NewConnectionError|ReadTimeout|SSLError|error sending request/.test(output)
  ) {
    return { code: 'REGISTRY_UNREACHABLE', message: 'The index of Python packages could not be reached.' };
  }
  if (/MemoryError|Cannot allocate memory|File too large/.test(output)) {
    return { code: 'TOO_LARGE', message: 'The package needs more memory or space than fetching it may take.' };
  }
  const absent = /No matching distribution found for ([A-Za-z0-9][A-Za-z0-9._-]{0,200})/.exec(output)?.[1];
  if (absent !== undefined && normalized(absent) !== normalized(name)) {
    const message = `The index has no fitting wheel of the dependency ${absent}; nothing is built here.`;
    return { code: 'DEPENDENCY_NOT_FOUND', message };
  }
  if (absent !== undefined || /No solution found/.test(output)) {
    const message = `The index has no wheel of ${name} ${version} for the Python of this machine; nothing is built here.`;
    return { code: 'VERSION_NOT_FOUND', message };
  }
  return { code: 'INSTALL_FAILED', message: `The package could not be installed: ${what || 'no reason was given'}` };
}

/** One name of the several that PyPI takes for the same (PEP 503). */
export const normalized = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');
