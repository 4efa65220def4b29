/**
 * Which versions of a server an entry is about. `exact`: those that were approved one by one. `range`: npm's notation over
 * semver. `latest-approved`: the newest approved one alone.
 */
export type VersionRule = { kind: 'exact' } | { kind: 'range'; range: string } | { kind: 'latest-approved' };
