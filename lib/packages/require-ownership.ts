import { DomainError } from '#lib/http/domain-error.ts';
import { refusalOf } from './codes.ts';
import type { PackageCheckResult } from './types.ts';

/**
 * Refuses a publication whose packages are not its own: throws the DomainError of the first answer that is one (codes.ts),
 * with `details.checks`, every answer like it. A registry that could not be asked refuses nothing; the check comes again.
 */
export function requireOwnership(results: readonly PackageCheckResult[]): void {
  const refusing = results.filter(({ code }) => refusalOf(code) !== null);
  const [first] = refusing;
  if (!first) return;
  throw new DomainError(refusalOf(first.code)!, first.message, {
    checks: refusing.map(({ packageIndex, label, kind, code, message }) => ({
      path: `packages[${packageIndex}]`,
      package: label,
      kind,
      code,
      message,
    })),
  });
}
