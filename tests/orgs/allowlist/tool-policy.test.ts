import { describe, expect, it } from 'vitest';
import { matchesGlob } from '#lib/orgs/allowlist/matches-glob.ts';
import { resolveTools, toolPolicySchema } from '#lib/orgs/allowlist/tool-policy.ts';

const TOOLS = ['read_file', 'read_dir', 'write_file', 'delete_file'];

describe('resolveTools', () => {
  it.each([
    ['allows nothing by default', { default: 'deny', rules: {} }, []],
    ['allows everything when told', { default: 'allow', rules: {} }, TOOLS],
    ['allows by glob', { default: 'deny', rules: { 'read_*': 'allow' } }, ['read_file', 'read_dir']],
    [
      'lets a deny win over an allow, whatever their order',
      { default: 'allow', rules: { '*_file': 'allow', 'delete_*': 'deny' } },
      ['read_file', 'read_dir', 'write_file'],
    ],
    [
      'lets a broad deny win over an exact allow',
      { default: 'allow', rules: { read_file: 'allow', 'read_*': 'deny' } },
      ['write_file', 'delete_file'],
    ],
    ['does not take a name for a prefix', { default: 'deny', rules: { read: 'allow' } }, []],
    ['takes ? for one character', { default: 'deny', rules: { 'read_di?': 'allow' } }, ['read_dir']],
    ['lists what is asked about', { default: 'deny', rules: { 'read_*': 'ask' } }, ['read_file', 'read_dir']],
    [
      'lets a deny win over an ask',
      { default: 'ask', rules: { '*': 'ask', 'read_*': 'deny' } },
      ['write_file', 'delete_file'],
    ],
  ] as const)('%s', (_, policy, allowed) => {
    expect(resolveTools({ default: policy.default, rules: { ...policy.rules } }, TOOLS).allowed).toEqual(allowed);
  });

  it.each([
    ['an ask over an allow', { default: 'deny', rules: { '*': 'allow', write_file: 'ask' } }, ['write_file']],
    [
      'an ask over an exact allow',
      { default: 'allow', rules: { write_file: 'allow', 'write_*': 'ask' } },
      ['write_file'],
    ],
    ['the default where no rule is', { default: 'ask', rules: { 'read_*': 'allow' } }, ['write_file', 'delete_file']],
    ['nothing that is denied', { default: 'ask', rules: { '*': 'deny' } }, []],
  ] as const)('asks about %s', (_, policy, asked) => {
    expect(resolveTools({ default: policy.default, rules: { ...policy.rules } }, TOOLS).asked).toEqual(asked);
  });

  it.each([['.delete_all'], ['delete\nall'], ['a/delete'], ['"delete"'], ['xdeletex'], ['delete']])(
    'lets no hostile name slip past a deny: %j',
    (name) => {
      expect(resolveTools({ default: 'allow', rules: { '*delete*': 'deny' } }, [name]).allowed).toEqual([]);
      expect(resolveTools({ default: 'allow', rules: { '*': 'deny' } }, [name]).allowed).toEqual([]);
    },
  );

  it.each([
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'aXbY', false],
    ['?', 'é', true],
    ['?', '😀', true],
    ['??', 'a', false],
    ['[ab]*', '[ab]c', true],
    ['[ab]*', 'ac', false],
    ['{a,b}*', 'a', false],
    ['***', '', true],
    ['*a', 'aaaaab', false],
  ])('%s against %s is %s', (pattern, name, expected) => {
    expect(matchesGlob(pattern, name)).toBe(expected);
  });

  // With a backtracking matcher each of these takes longer than the age of the universe.
  it.each([
    [`${'*a'.repeat(60)}b`, 'a'.repeat(256)],
    [`${'*'.repeat(255)}b`, 'a'.repeat(256)],
    [`${'a*'.repeat(127)}b`, 'a'.repeat(256)],
    [`${'*?'.repeat(127)}b`, 'a'.repeat(256)],
    [`${'*aa'.repeat(80)}b`, 'a'.repeat(100_000)],
  ])('ends on a pattern that was made to explode: %s', (pattern, name) => {
    expect(matchesGlob(pattern, name)).toBe(false);
    expect(matchesGlob(pattern.slice(0, -1), name)).toBe(true);
  });

  it('ends with as many such patterns as a policy has, over as many tools as a server has', () => {
    const rules = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`${'*a'.repeat(20)}${i}*b`, 'deny' as const]),
    );
    const names = Array.from({ length: 200 }, (_, i) => `${'a'.repeat(100)}${i}`);
    expect(resolveTools({ default: 'allow', rules }, names).allowed).toEqual(names);
  });

  it('names patterns that match nothing', () => {
    expect(
      resolveTools({ default: 'deny', rules: { 'raed_*': 'allow', read_file: 'allow' } }, TOOLS).unmatched,
    ).toEqual(['raed_*']);
  });

  it.each([['__proto__'], ['constructor'], ['toString']])('treats the tool name %s like any other', (name) => {
    expect(resolveTools({ default: 'deny', rules: {} }, [name]).allowed).toEqual([]);
  });
});

describe('toolPolicySchema', () => {
  it.each([['list[all]'], ['@acme/read'], ['a|b'], ['wörter']])('takes %s for the exact name of a tool', (name) => {
    const policy = { default: 'deny' as const, rules: { [name]: 'allow' as const } };
    expect(toolPolicySchema.safeParse(policy).success).toBe(true);
    expect(resolveTools(policy, [name, 'other']).allowed).toEqual([name]);
  });

  it('refuses more rules than it can look at, and patterns longer than a name', () => {
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`tool_${i}`, 'allow']));
    expect(toolPolicySchema.safeParse({ default: 'deny', rules: many }).success).toBe(false);
    expect(toolPolicySchema.safeParse({ default: 'deny', rules: { ['*'.repeat(257)]: 'deny' } }).success).toBe(false);
    expect(toolPolicySchema.safeParse({ default: 'maybe', rules: {} }).success).toBe(false);
  });

  it('refuses a rule without a name', () => {
    expect(toolPolicySchema.safeParse({ default: 'deny', rules: { '': 'allow' } }).success).toBe(false);
  });
});
