export { addSyncSource } from './add-sync-source.ts';
export { listSyncSources } from './list-sync-sources.ts';
export { removeSyncSource } from './remove-sync-source.ts';
export { runDueSyncs } from './run-due-syncs.ts';
export { runSync } from './run-sync.ts';
export { setSyncEnabled } from './set-sync-enabled.ts';
