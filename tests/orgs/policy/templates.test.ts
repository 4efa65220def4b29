import { describe, expect, test } from 'vitest';
import { cedarString } from '#lib/orgs/policy/cedar-literal.ts';
import { checkPolicy } from '#lib/orgs/policy/check-policy.ts';
import { evaluatePolicy } from '#lib/orgs/policy/evaluate-policy.ts';
import { composeTemplates, POLICY_TEMPLATES } from '#lib/orgs/policy/templates.ts';
import { factsOf, GOOD } from './facts-fixture.ts';

type Facts = Parameters<typeof factsOf>[0];
const NAMESPACES = { namespaces: 'com.acme, io.github.acme' };
const compared = (difference: Partial<NonNullable<typeof GOOD.approved>>): Facts => ({
  approved: { ...GOOD.approved!, ...difference },
});

/** Each template with parameters, facts that it lets pass, and facts that it does not, unknown ones included. */
const CASES: Record<string, { parameters?: Record<string, string>; pass: Facts[]; fail: Facts[] }> = {
  'trusted-read-only': {
    parameters: { grade: 'B' },
    pass: [{}, { gradeRank: 4, grade: 'B' }, { publisherLevel: 'official' }],
    fail: [
      { gradeRank: 3, grade: 'C' },
      { gradeRank: undefined, grade: undefined },
      { publisherLevel: 'unverified' },
      { signature: 'unknown_signer' },
      { accusations: 1 },
      { accusations: undefined },
      { readOnlyTools: false },
      { readOnlyTools: undefined },
    ],
  },
  trusted: {
    pass: [{}, { readOnlyTools: false }],
    fail: [{ gradeRank: 4 }, { signature: 'none' }, { accusations: 2 }],
  },
  'namespaces-permit': {
    parameters: NAMESPACES,
    pass: [{}, { namespace: 'io.github.acme' }],
    fail: [{ namespace: 'com.acme.evil' }, { signature: 'none' }, { publisherLevel: 'unverified' }],
  },
  'unchanged-update': {
    pass: [{}],
    fail: [
      compared({ newTools: ['x'] }),
      compared({ permissionsIncreased: true }),
      compared({ signerChanged: true }),
      { approved: undefined },
      { signature: 'none' },
    ],
  },
  'no-accusations': { pass: [{}], fail: [{ accusations: 1 }, { accusations: undefined, scanned: false }] },
  'minimum-grade': {
    parameters: { grade: 'C' },
    pass: [{}, { gradeRank: 3 }, { gradeRank: undefined }],
    fail: [{ gradeRank: 2 }],
  },
  'minimum-age': { parameters: { days: '14' }, pass: [{ ageDays: 14 }], fail: [{ ageDays: 13 }, { ageDays: 0 }] },
  'remotes-only': { pass: [{ runsLocally: false }], fail: [{}, { runsLocally: false, hasRemotes: false }] },
  'namespaces-only': { parameters: NAMESPACES, pass: [{}], fail: [{ namespace: 'com.evil' }] },
  licences: {
    parameters: { licences: 'MIT\nISC' },
    pass: [{}, { license: 'ISC' }],
    fail: [{ license: 'GPL-3.0' }, { license: undefined }],
  },
  hosts: {
    parameters: { hosts: 'MCP.acme.com; api.acme.com' },
    pass: [{}, { hosts: undefined, hasRemotes: false }],
    fail: [{ hosts: ['mcp.acme.com', 'evil.example'] }, { hosts: undefined }],
  },
  provenance: {
    pass: [{}],
    fail: [{ provenance: 'none' }, { provenance: 'mismatch' }, { signature: 'unknown_signer' }],
  },
  'no-new-tools': {
    pass: [{}, { hasApproved: false, approved: undefined }, compared({ removedTools: ['x'] })],
    fail: [compared({ newTools: ['x'] }), compared({ permissionsIncreased: true }), { approved: undefined }],
  },
  vulnerabilities: {
    parameters: { severity: 'high' },
    pass: [{}, { vulnerability: 'medium' }, { runsLocally: false, vulnerability: undefined }],
    fail: [{ vulnerability: 'high' }, { vulnerability: 'critical' }, { vulnerability: undefined }, { malware: true }],
  },
  'pinned-packages': {
    pass: [{}, { runsLocally: false, packagesPinned: true }],
    fail: [{ packagesPinned: false }, { ownership: 'absent' }, { ownership: undefined }],
  },
};
const ALL = '@id("all") permit (principal, action, resource);\n';

describe('templates', () => {
  test('are at least eight, each with a case here', () => {
    expect(POLICY_TEMPLATES.length).toBeGreaterThanOrEqual(8);
    expect(POLICY_TEMPLATES.map(({ id }) => id).sort()).toEqual(Object.keys(CASES).sort());
  });

  test.each(POLICY_TEMPLATES)('$id lets pass what it should, and nothing else', ({ id, effect }) => {
    const { parameters = {}, pass, fail } = CASES[id]!;
    const text = composeTemplates([{ id, parameters }]);
    expect(checkPolicy(text).issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    const outcomeOf = (facts: Facts) => evaluatePolicy(effect === 'forbid' ? ALL + text : text, factsOf(facts)).outcome;
    for (const facts of pass) expect([facts, outcomeOf(facts)]).toEqual([facts, 'approve']);
    for (const facts of fail)
      expect([facts, outcomeOf(facts)]).toEqual([facts, effect === 'forbid' ? 'deny' : 'review']);
  });

  test('together make one text without warnings that do not concern it', () => {
    const chosen = POLICY_TEMPLATES.filter(({ id }) => id !== 'remotes-only').map(({ id }) => ({
      id,
      parameters: CASES[id]!.parameters ?? {},
    }));
    const { policies, issues } = checkPolicy(composeTemplates(chosen));
    expect(issues).toEqual([]);
    expect(policies).toHaveLength(chosen.length);
    expect(evaluatePolicy(composeTemplates(chosen), factsOf()).outcome).toBe('approve');
  });

  test.each([
    ['a quote', 'com.acme"].contains(resource.namespace) || ["x'],
    ['a whole policy', '"]}; permit(principal,action,resource); //'],
    ['a backslash at the end', 'com.acme\\'],
    ['an escape', 'com.acme\\" || true'],
    ['an escape of Cedar', '\\u{22}'],
    ['a comment', '*/ // "'],
    ['direction marks', 'com.\u202eacme\u2066'],
    ['U+0000', 'com\0acme'],
    ['half a surrogate pair', 'com.\ud800acme'],
  ])('keep %s inside its literal', (_, hostile) => {
    const text = composeTemplates([{ id: 'namespaces-permit', parameters: { namespaces: `${hostile},com.other` } }]);
    const { policies, issues } = checkPolicy(text);
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(policies.map(({ id }) => id)).toEqual(['own-namespaces']);
    expect(evaluatePolicy(text, factsOf()).outcome).toBe('review');
    expect(evaluatePolicy(text, factsOf({ namespace: 'com.other' })).outcome).toBe('approve');
  });

  test('a literal means exactly the text that it was made of', () => {
    for (const text of ['plain', '"', '\\', '\\"', '\\u{41}', 'a\tb\nc', '\u202e', 'é😀', '日本', '\u{e0041}', "'"]) {
      const cedar = `permit (principal, action, resource) when { resource.name == ${cedarString(text)} };`;
      expect([text, evaluatePolicy(cedar, factsOf({ name: text })).outcome]).toEqual([text, 'approve']);
      expect(evaluatePolicy(cedar, factsOf({ name: `${text}x` })).outcome).toBe('review');
    }
  });

  test.each<[string, { id: string; parameters: Record<string, string> }[]]>([
    ['a template that is not there', [{ id: 'nope', parameters: {} }]],
    ['a name of every object', [{ id: 'constructor', parameters: {} }]],
    [
      'the same twice',
      [
        { id: 'provenance', parameters: {} },
        { id: 'provenance', parameters: {} },
      ],
    ],
    ['a grade that is none', [{ id: 'minimum-grade', parameters: { grade: 'constructor' } }]],
    ['a grade with more behind it', [{ id: 'minimum-grade', parameters: { grade: 'A"' } }]],
    ['days that are no number', [{ id: 'minimum-age', parameters: { days: '7 || true' } }]],
    ['days below one', [{ id: 'minimum-age', parameters: { days: '-1' } }]],
    ['a list without parts', [{ id: 'namespaces-only', parameters: { namespaces: ' ,;\n' } }]],
    [
      'a list of too many',
      [{ id: 'hosts', parameters: { hosts: Array.from({ length: 201 }, (_, i) => `h${i}`).join() } }],
    ],
    ['a part that is too long', [{ id: 'hosts', parameters: { hosts: 'h'.repeat(201) } }]],
    ['a severity that is none', [{ id: 'vulnerabilities', parameters: { severity: 'none' } }]],
  ])('refuse %s', (_, chosen) => {
    expect(() => composeTemplates(chosen)).toThrow(expect.objectContaining({ code: 'UNPROCESSABLE' }));
  });
});
