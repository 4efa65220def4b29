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
  ] as const)('%s', (_, policy, allowed) => {
    expect(resolveTools({ default: policy.default, rules: { ...policy.rules } }, TOOLS).allowed).toEqual(allowed);
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

  it('ends on patterns that were made to explode', () => {
    expect(matchesGlob(`${'*a'.repeat(60)}b`, 'a'.repeat(256))).toBe(false);
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

  it('refuses a rule without a name', () => {
    expect(toolPolicySchema.safeParse({ default: 'deny', rules: { '': 'allow' } }).success).toBe(false);
  });
});
