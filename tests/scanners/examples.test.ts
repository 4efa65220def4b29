import { describe, expect, test } from 'vitest';
import { severityRank } from '#scanners/order.ts';
import { prepareParsers } from '#scanners/package-code/parse/parsers.ts';
import { readCode } from '#scanners/package-code/read-code.ts';
import { EXAMPLES, RULES, SCANNERS } from '#scanners/registry.ts';
import { scanSnapshot } from '#scanners/run.ts';
import type { RuleExample } from '#scanners/types.ts';

const parsers = await prepareParsers();

/** The report of an example; the code of its files belongs to its snapshot. */
const reportOf = ({ snapshot, source }: Pick<RuleExample, 'snapshot' | 'source'>) =>
  scanSnapshot(source === undefined ? snapshot : { ...snapshot, package: readCode(source, parsers) });

const rulesOf = (example: Pick<RuleExample, 'snapshot' | 'source'>): string[] =>
  reportOf(example).findings.map(({ ruleId }) => ruleId);

describe.each(RULES.map(({ id }) => id))('%s', (ruleId) => {
  const examples = EXAMPLES.filter((example) => example.ruleId === ruleId);

  test.each(examples.filter(({ expect: e }) => e === 'finding'))('finds: $shows', (example) => {
    expect(rulesOf(example)).toContain(ruleId);
  });

  test.each(examples.filter(({ expect: e }) => e === 'no finding'))('leaves: $shows', (example) => {
    expect(rulesOf(example)).not.toContain(ruleId);
  });

  test('has at least three examples of each kind', () => {
    const finds = examples.filter(({ expect: e }) => e === 'finding').length;
    expect(finds).toBeGreaterThanOrEqual(3);
    expect(examples.length - finds).toBeGreaterThanOrEqual(3);
  });
});

test.each(EXAMPLES.filter((example) => example.expect === 'no finding'))(
  'an honest text gets no accusation from any rule: $ruleId, $shows',
  (example) => {
    const accusations = reportOf(example).findings.filter(
      (finding) => finding.class === 'accusation' && severityRank(finding.severity) >= severityRank('low'),
    );
    expect(accusations).toEqual([]);
  },
);

test('every rule belongs to one scanner and has an id of its own', () => {
  const ids = SCANNERS.flatMap(({ rules }) => rules.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z]+(?:\.[a-z][a-z-]+)$/);
});

test('every rule explains itself in sentences', () => {
  for (const { id, title, finds, matters, remediation } of RULES) {
    expect(title, id).not.toMatch(/\.$/);
    for (const sentence of [finds, matters, remediation]) expect(sentence, id).toMatch(/^["A-Z0-9-].*[.]$/s);
  }
});
