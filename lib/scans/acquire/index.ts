export { type AcquireNpmOptions, acquireNpmPackage } from './npm-package.ts';
export { type NpmSettings, PUBLIC_NPM_REGISTRY, readNpmSettings } from './npm-settings.ts';
export { splitNameAndVersion } from './package-name.ts';
export { notAsked, type Probe, type ProbeOptions, probeOf } from './probe-remote.ts';
export {
  type AcquireSnapshotOptions,
  type Attempt,
  acquireSnapshot,
  type PackageFacts,
  type Snapshot,
  type SnapshotCoverage,
  type SnapshotProgress,
} from './snapshot.ts';
export * from './types.ts';
