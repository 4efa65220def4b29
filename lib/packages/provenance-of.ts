import type { Provenance } from '#lib/signing/index.ts';
import type { PackageCheckResult } from './types.ts';

/**
 * The provenance signal of a version as its packages have it: `mismatch` when one was built from another repository than
 * the manifest names, `matches` when one was built from it and none has provenance that does not hold, else `none`.
 */
export function provenanceOf(checks: readonly Pick<PackageCheckResult, 'kind' | 'code'>[]): Provenance {
  const codes = checks.filter(({ kind }) => kind === 'provenance').map(({ code }) => code);
  if (codes.includes('PROVENANCE_MISMATCH')) return 'mismatch';
  return codes.includes('PROVENANCE_MATCHES') && !codes.includes('PROVENANCE_INVALID') ? 'matches' : 'none';
}
