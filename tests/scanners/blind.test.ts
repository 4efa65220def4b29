import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PromptDefinition, ResourceDefinition, ToolDefinition } from '#lib/manifest/types.ts';
import { severityRank } from '#scanners/order.ts';
import { POISONING_RULES } from '#scanners/registry.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { InputSnapshot, Severity } from '#scanners/types.ts';

type Line = {
  tool?: ToolDefinition;
  prompt?: PromptDefinition;
  resource?: ResourceDefinition;
  instructions?: string;
};

const linesOf = (file: string): Line[] =>
  readFileSync(new URL(`blind/${file}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

const snapshotOf = ({ tool, prompt, resource, instructions }: Line): InputSnapshot => ({
  manifest: null,
  definitions: {
    tools: tool === undefined ? [] : [{ ...tool, inputSchema: tool.inputSchema ?? {} }],
    prompts: prompt === undefined ? [] : [prompt],
    resources: resource === undefined ? [] : [resource],
    resourceTemplates: null,
    instructions: instructions ?? null,
  },
});

const share = (lines: readonly Line[], from: Severity): number =>
  lines.filter((line) =>
    scanSnapshot(snapshotOf(line)).findings.some(
      ({ ruleId, severity }) => POISONING_RULES.has(ruleId) && severityRank(severity) >= severityRank(from),
    ),
  ).length / lines.length;

/** Totals only: what the frozen half says line by line is not for the eyes of whoever tunes. */
describe.each([
  { half: 'tuning', recall: 0.85, alarms: 0.03 },
  { half: 'frozen', recall: 0.65, alarms: 0.03 },
])('$half half', ({ half, recall, alarms }) => {
  test('poisoned definitions are found', () => {
    expect(share(linesOf(`${half}-poisoned`), 'medium')).toBeGreaterThanOrEqual(recall);
  });

  test('few honest twins are accused, none of them severely', () => {
    const honest = linesOf(`${half}-honest`);
    expect(share(honest, 'medium')).toBeLessThanOrEqual(alarms);
    expect(share(honest, 'high')).toBe(0);
  });
});
