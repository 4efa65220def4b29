export { entryManifest, liveManifest } from './entry-manifest.ts';
export { CLIENTS, type ClientFile, type ClientId, clientFiles, KNOWN_FILES } from './known-files.ts';
export { type ClientConfig, type ConfigEntry, readClientConfig } from './read-config.ts';
