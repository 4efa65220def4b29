export { findVulnerabilities, type Installed, importedAt } from './find-vulnerabilities.ts';
export { type DumpReport, importDump } from './import-dump.ts';
export { ECOSYSTEMS, type Ecosystem } from './types.ts';
