import { describe, expect, it } from 'vitest';
import { ruleAdmits, ruleKeeps, versionRuleOf, versionRuleSchema } from '#lib/orgs/allowlist/version-rule.ts';

const range = (text: string) => ({ kind: 'range' as const, range: text });

describe('ruleAdmits', () => {
  it.each([
    ['^1.2.0', '1.2.0', true],
    ['^1.2.0', '1.9.9', true],
    ['^1.2.0', '2.0.0', false],
    ['^1.2.0', '1.1.9', false],
    // Prereleases come where the registry's order puts them.
    ['^1.2.0', '1.3.0-beta.1', true],
    ['^1.2.0', '1.2.0-rc.1', false],
    ['^1.2.0', '2.0.0-alpha.1', false],
    ['>=1.0.0 <2.0.0', '1.5.0+build.7', true],
    ['1.x || 3.x', '3.1.0', true],
    ['1.x || 3.x', '2.1.0', false],
    ['*', '0.0.1', true],
    // What is not semver is in no range.
    ['*', '2024-05-01', false],
    ['*', '1.0', false],
    ['*', 'latest', false],
    ['*', '', false],
    ['*', `1.0.0-${'a'.repeat(300)}`, false],
  ])('%s and %s: %s', (text, version, expected) => {
    expect(ruleAdmits(range(text), version)).toBe(expected);
  });

  it('lets nothing in by itself where versions are approved one by one, and anything where the newest counts', () => {
    expect(ruleAdmits({ kind: 'exact' }, '1.0.0')).toBe(false);
    expect(ruleAdmits({ kind: 'latest-approved' }, '2024-05-01')).toBe(true);
  });
});

describe('ruleKeeps', () => {
  const at = (version: string, day: number) => ({ version, publishedAt: new Date(Date.UTC(2026, 0, day)) });
  const approved = [at('1.10.0', 1), at('1.9.0', 2), at('1.10.0-rc.1', 3), at('nightly', 4)];

  it('keeps the newest by the order of the registry', () => {
    expect(ruleKeeps({ kind: 'latest-approved' }, approved).map(({ version }) => version)).toEqual(['1.10.0']);
    expect(ruleKeeps({ kind: 'latest-approved' }, [])).toEqual([]);
  });

  it.each([[{ kind: 'exact' as const }], [range('^1.0.0')]])('keeps all of %j', (rule) => {
    expect(ruleKeeps(rule, approved)).toEqual(approved);
  });
});

describe('versionRuleSchema', () => {
  it.each([
    [{ kind: 'range', range: '' }],
    [{ kind: 'range', range: 'latest' }],
    [{ kind: 'range', range: '>=1 <' }],
    [{ kind: 'range', range: '1'.repeat(101) }],
    [{ kind: 'range' }],
    [{ kind: 'exact', range: '^1.0.0' }],
    [{ kind: 'any' }],
    [null],
  ])('refuses %j', (rule) => {
    expect(versionRuleSchema.safeParse(rule).success).toBe(false);
    expect(versionRuleOf(rule)).toEqual({ kind: 'exact' });
  });
});
