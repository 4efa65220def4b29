import { nearestKey } from '#lib/manifest/nearest-key.ts';
import { CONFIG_VARIABLES } from './config.ts';

/** Read by commands, between our own processes and by tests, so not part of the configuration. */
const OTHERS = [
  'HALLMARK_EDIT_TOKEN',
  'HALLMARK_JOBS',
  'HALLMARK_PRIVATE_KEY',
  'HALLMARK_PROCESS',
  'HALLMARK_REGISTRY',
  'HALLMARK_TOKEN',
  'HALLMARK_WRITE_TOKEN',
];
const PREFIX = 'HALLMARK_';
const KNOWN = [...CONFIG_VARIABLES, ...OTHERS];
/** Set by Kubernetes for a service that is called hallmark, and by our tests. */
const FOREIGN = /^HALLMARK_(SERVICE_(HOST|PORT)(_.*)?|PORT_\d+_.*|TEST_.*)$/;

/** A sentence for each HALLMARK_* variable that nothing reads: a misspelt one would be ignored without a word. */
export function unknownVariables(env: Record<string, string | undefined>): string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (!name.startsWith(PREFIX) || !value || KNOWN.includes(name) || FOREIGN.test(name)) return [];
    if (name === 'HALLMARK_PORT' && value.includes('://')) return [];
    const bare = name.slice(PREFIX.length);
    const meant = KNOWN.includes(bare) ? bare : nearestKey(name, KNOWN);
    return [`There is no variable ${name}, so it is ignored.${meant ? ` Did you mean ${meant}?` : ''}`];
  });
}
