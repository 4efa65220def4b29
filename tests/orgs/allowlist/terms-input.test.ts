import { describe, expect, it } from 'vitest';
import { termsOf, toolPolicyOf } from '#app/orgs/terms-input.ts';
import { resolveTools, toolPolicySchema } from '#lib/orgs/allowlist/tool-policy.ts';

const policyOf = (tools: string[], asks: string[] = [], rules = '') => toolPolicyOf({ tools, asks, rules });

describe('the tools of an approval form', () => {
  it('are those that were ticked, those to ask about among them, and nothing else', () => {
    expect(policyOf(['read', 'send'], ['send'])).toEqual({ default: 'deny', rules: { read: 'allow', send: 'ask' } });
  });

  it('are joined with rules, the strictest of two for the same name', () => {
    const rules = ' allow read_*\r\n\nask   read\ndeny send';
    expect(policyOf(['read', 'send'], [], rules).rules).toEqual({ read: 'ask', send: 'deny', 'read_*': 'allow' });
  });

  it.each(['allow', 'permit read', 'allow\nread', 'read_* allow'])(
    'do not come from a rule that is none: %j',
    (rules) => {
      expect(() => policyOf([], [], rules)).toThrow(/does not begin with allow, ask or deny/);
    },
  );

  it('cannot be ticked by a name that reads as a pattern', () => {
    expect(() => policyOf(['*'])).toThrow(/read as a pattern/);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])('may be called %s, and a denial of it holds', (name) => {
    const rules = toolPolicySchema.parse(policyOf([], [], `allow *\ndeny ${name}`));
    expect(resolveTools(rules, [name, 'other']).allowed).toEqual(['other']);
  });
});

describe('a tool whose name gets lost in objects', () => {
  it('is never allowed, and no rule can name it', () => {
    expect(resolveTools({ default: 'allow', rules: { '*': 'allow' } }, ['__proto__', 'other']).allowed).toEqual([
      'other',
    ]);
    expect(toolPolicySchema.safeParse(policyOf([], [], 'deny __proto__')).success).toBe(false);
    expect(toolPolicySchema.safeParse(policyOf(['other'], [], 'deny other')).success).toBe(true);
  });
});

describe('the terms of a form', () => {
  const form = {
    until: null,
    credentialMode: '' as const,
    rule: 'exact' as const,
    range: '',
    environments: [],
    conditions: '',
  };

  it('are none where the form had none', () => {
    expect(termsOf(form)).toEqual({});
  });

  it('leave the end of a new approval to the organization, and take that of an old one away', () => {
    expect(termsOf({ ...form, withTerms: 'new' })).not.toHaveProperty('expiresAt');
    expect(termsOf({ ...form, withTerms: 'change' })).toMatchObject({ expiresAt: null, credentialMode: null });
  });
});
