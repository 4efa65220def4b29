import type { Definitions } from '#lib/manifest/types.ts';

/** Nothing was seen. */
export const NO_DEFINITIONS: Definitions = {
  tools: null,
  prompts: null,
  resources: null,
  resourceTemplates: null,
  instructions: null,
};
