export { fetchPypiArchive, type PypiArchive } from './pypi.ts';
export { readAcquired } from './read-acquired.ts';
export { readPackage } from './read-package.ts';
export {
  DEFAULT_SOURCE_LIMITS,
  type PackageIdentity,
  type PackageSource,
  type ReadPackageResult,
  type SourceLimits,
} from './types.ts';
