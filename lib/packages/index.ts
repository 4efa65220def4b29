export { type CheckPackagesInput, checkPackages, packageLabel } from './check-packages.ts';
export { PACKAGE_CHECK_CODES, type PackageCheckCode, refusalOf } from './codes.ts';
export { getPackageChecks } from './get-package-checks.ts';
export { BUNDLE_LIMITS, PACKAGE_LIMITS } from './limits.ts';
export { type RecheckOutcome, recheckPackages } from './recheck-packages.ts';
export { requireOwnership } from './require-ownership.ts';
export { packageSettings } from './settings.ts';
export { storePackageChecks } from './store-package-checks.ts';
export type {
  FailedTry,
  PackageCheckKind,
  PackageCheckResult,
  PackageCheckState,
  PackageCheckView,
  PackageSettings,
} from './types.ts';
