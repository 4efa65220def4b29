import { describe, expect, it } from 'vitest';
import { examplesOfRule } from '#app/rules/[id]/rule-examples.ts';
import { EXAMPLES, RULES } from '#scanners/registry.ts';

describe('the page of a rule', () => {
  it.each(RULES.map((rule) => [rule.id, rule] as const))('%s shows what the scan says to its examples', (_, rule) => {
    const { finds, leaves } = examplesOfRule(rule);
    const isCode = new Set(EXAMPLES.filter(({ source }) => source).map(({ shows }) => shows));
    expect(finds.length + leaves.length).toBeGreaterThan(0);
    for (const example of finds) expect(example.found !== null || isCode.has(example.shows)).toBe(true);
    for (const example of leaves) expect(example.found).toBeNull();
    for (const { text } of [...finds, ...leaves]) expect(text.length).toBeLessThanOrEqual(3_000);
  });

  it('shows a description as text, and anything more as JSON in the order of reading', () => {
    const [text] = examplesOfRule({ id: 'text.hidden-message' }).finds;
    expect(text).toMatchObject({ tool: 'get_weather', cut: 0 });
    const [json] = examplesOfRule({ id: 'cap.shell' }).finds;
    expect(json?.tool).toBeNull();
    expect(Object.keys(JSON.parse(json!.text).tools[0])[0]).toBe('name');
    expect(json?.text).not.toContain('null');
  });
});
