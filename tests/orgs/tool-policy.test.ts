import { describe, expect, it } from 'vitest';
import { resolveTools, toolPolicySchema } from '#lib/orgs/tool-policy.ts';

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

  it.each([['a**b'], ['{a,b}*'], ['[ab]*'], ['!(a)*'], ['+(a+)+?'], ['a\\b*'], ['(a|b)*']])(
    'refuses the pattern %s',
    (pattern) => {
      expect(toolPolicySchema.safeParse({ default: 'deny', rules: { [pattern]: 'allow' } }).success).toBe(false);
    },
  );
});
