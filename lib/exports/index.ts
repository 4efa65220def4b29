export {
  clientOfFile,
  EXPORT_CLIENTS,
  type ExportClient,
  type ExportClientId,
  exportClient,
  isExportClient,
} from './clients.ts';
export { factsOfFeed, feedFacts } from './feed-facts.ts';
export { renderExport } from './render-export.ts';
export {
  EXPORTER_VERSION,
  type ExportInput,
  type ExportNote,
  type ExportOptions,
  type NoteSeverity,
  type RenderedExport,
  type RevokedFacts,
  type VersionFacts,
} from './types.ts';
export { revokedFacts, versionFacts } from './version-facts.ts';
