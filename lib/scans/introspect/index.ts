export {
  CONFIGURATION_NAMES,
  type Configuration,
  type ConfigurationName,
  needsUserInput,
  planConfigurations,
} from './configurations.ts';
export { escapeLine, lastLines } from './escape-lines.ts';
export { introspectServer } from './introspect-server.ts';
export { readDefinitions } from './read-definitions.ts';
export * from './types.ts';
