export {
  CONFIGURATION_NAMES,
  type Configuration,
  type ConfigurationName,
  needsUserInput,
  planConfigurations,
} from './configurations.ts';
export { escapeLine, lastLines } from './escape-lines.ts';
export { type IntrospectRemoteOptions, introspectRemote, type RemoteKind } from './introspect-remote.ts';
export { introspectServer } from './introspect-server.ts';
export { readDefinitions } from './read-definitions.ts';
export { type FilledUrl, fillUrl } from './remote-url.ts';
export * from './types.ts';
