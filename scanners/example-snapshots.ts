import type { Manifest, PromptDefinition, ToolDefinition } from '#lib/manifest/types.ts';
import type { InputSnapshot, Rule, RuleExample } from './types.ts';

const NO_DEFINITIONS: InputSnapshot['definitions'] = {
  tools: null,
  prompts: null,
  resources: null,
  resourceTemplates: null,
  instructions: null,
};

/** A server of these tools; the schema may be left out. */
export const ofTools = (
  ...tools: (Omit<ToolDefinition, 'inputSchema'> & Partial<ToolDefinition>)[]
): InputSnapshot => ({
  manifest: null,
  definitions: { ...NO_DEFINITIONS, tools: tools.map((tool) => ({ inputSchema: { type: 'object' }, ...tool })) },
});

/** A server of one tool with this description. */
export const ofText = (description: string, name = 'get_weather'): InputSnapshot => ofTools({ name, description });

export const ofPrompts = (...prompts: PromptDefinition[]): InputSnapshot => ({
  manifest: null,
  definitions: { ...NO_DEFINITIONS, tools: [], prompts },
});

export const ofInstructions = (instructions: string): InputSnapshot => ({
  manifest: null,
  definitions: { ...NO_DEFINITIONS, tools: [], instructions },
});

/** A manifest with these parts; its tools were not seen. */
export const ofManifest = (parts: Partial<Manifest>): InputSnapshot => ({
  manifest: {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: 'com.example/weather',
    description: 'Weather forecasts',
    version: '1.0.0',
    ...parts,
  },
  definitions: NO_DEFINITIONS,
});

type Case = readonly [shows: string, snapshot: InputSnapshot | string];

/** The examples of one rule; a text stands for the description of one tool. */
export function examplesOf(rule: Rule, cases: { finds: readonly Case[]; leaves: readonly Case[] }): RuleExample[] {
  const example = (expect: RuleExample['expect'], [shows, snapshot]: Case): RuleExample => ({
    ruleId: rule.id,
    expect,
    shows,
    snapshot: typeof snapshot === 'string' ? ofText(snapshot) : snapshot,
  });
  return [...cases.finds.map((c) => example('finding', c)), ...cases.leaves.map((c) => example('no finding', c))];
}
