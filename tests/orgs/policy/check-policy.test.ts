import { describe, expect, test } from 'vitest';
import { checkPolicy, requirePolicy } from '#lib/orgs/policy/check-policy.ts';
import { evaluatePolicy } from '#lib/orgs/policy/evaluate-policy.ts';
import { POLICY_LIMITS } from '#lib/orgs/policy/policy-text.ts';
import { factsOf } from './facts-fixture.ts';

const when = (condition: string, effect = 'permit') => `${effect} (principal, action, resource) when { ${condition} };`;
const errorsOf = (text: string) => checkPolicy(text).issues.filter(({ severity }) => severity === 'error');
const warningsOf = (text: string) =>
  checkPolicy(text)
    .issues.filter(({ severity }) => severity === 'warning')
    .map(({ message }) => message);
const many = (part: string, times: number, glue: string) => Array(times).fill(part).join(glue);

describe('a policy text', () => {
  test('is taken apart into its policies with ids, reasons and places', () => {
    const { policies, issues } = checkPolicy(`// two policies; one "comment"
@id("a;b") @reason("Semicolons; and \\"quotes\\"")
permit (principal, action, resource) when { resource.isLatest };
forbid (principal, action, resource)
when { resource.status == "deprecated" };`);
    expect(issues).toEqual([]);
    expect(policies.map(({ id, effect, reason, place }) => ({ id, effect, reason, place }))).toEqual([
      { id: 'a;b', effect: 'permit', reason: 'Semicolons; and "quotes"', place: { line: 2, column: 1 } },
      { id: 'policy 2', effect: 'forbid', reason: '', place: { line: 4, column: 1 } },
    ]);
  });

  test.each<[string, string, RegExp, { line: number; column: number } | null]>([
    ['an unknown attribute', when('resource.grad == "A"'), /grad.*not found/, { line: 1, column: 45 }],
    [
      'an optional attribute that is not asked for',
      when('resource.grade == "A"'),
      /optional attribute/,
      { line: 1, column: 45 },
    ],
    [
      'a comparison of different types',
      when('resource.ageDays == "7"'),
      /not compatible|unexpected type/i,
      { line: 1, column: 45 },
    ],
    [
      'an action that is not there',
      'permit (principal, action == Hallmark::Action::"delete", resource);',
      /delete/,
      { line: 1, column: 30 },
    ],
    ['a resource of another type', 'permit (principal, action, resource is Hallmark::Tool);', /Tool/, null],
    [
      'a condition that is not closed',
      `\n${when('resource.isLatest')}\npermit (principal, action, resource) when {`,
      /Unexpected end/,
      { line: 3, column: 44 },
    ],
    [
      'a place behind characters of several bytes',
      'permit (principal, action, resource)\nwhen { "é😀" == "x" && };',
      /Unexpected token/,
      { line: 2, column: 23 },
    ],
    [
      'a slot of a template',
      'permit (principal in ?principal, action, resource);',
      /no value here/,
      { line: 1, column: 22 },
    ],
    ['an empty set', when('[].containsAny(resource.tags)'), /empty set/i, { line: 1, column: 45 }],
    [
      'two ids that are the same',
      `@id("a") ${when('resource.isLatest')}\n@id("a") ${when('resource.isLatest')}`,
      /Two policies/,
      { line: 2, column: 1 },
    ],
    ['an annotation that nothing reads', `@because("x") ${when('true')}`, /@because/, { line: 1, column: 1 }],
    [
      'the same annotation twice',
      `@id("a") @id("b") ${when('true')}`,
      /duplicate annotation/i,
      { line: 1, column: 10 },
    ],
    ['no policy language at all', 'approve everything', /unexpected/i, { line: 1, column: 9 }],
    ['text turned around', when('resource.name == "\u202egnp.exe"'), /U\+202E/, { line: 1, column: 63 }],
    ['a zero-width space in a name', when('resource.name == "a\u200bb"'), /U\+200B/, { line: 1, column: 64 }],
    ['a tag character', when('resource.name == "a\u{e0041}"'), /U\+E0041/, { line: 1, column: 64 }],
    ['half a surrogate pair', when('resource.name == "\ud800"'), /U\+D800/, { line: 1, column: 63 }],
    ['U+0000', when('resource.name == "\0"'), /U\+0000/, { line: 1, column: 63 }],
  ])('refuses %s, with its place', (_, text, message, place) => {
    const [issue] = errorsOf(text);
    expect(issue?.message).toMatch(message);
    if (place) expect(issue?.place).toEqual(place);
    expect(checkPolicy(text).policies).toEqual([]);
    expect(() => requirePolicy(text)).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }));
  });

  test.each<[string, string, RegExp]>([
    ['64 KiB and one byte', `//${'x'.repeat(POLICY_LIMITS.bytes)}`, /64 KiB/],
    ['64 KiB of characters of several bytes', `//${'é'.repeat(POLICY_LIMITS.bytes / 2)}`, /64 KiB/],
    ['201 policies', many(when('true'), 201, '\n'), /201 policies/],
    ['20,000 brackets', when(`${'('.repeat(20_000)}true${')'.repeat(20_000)}`), /nested deeper/],
    ['100 sets within each other', when(`${'['.repeat(100)}1${']'.repeat(100)} == resource.tags`), /nested deeper/],
    ['300 alternatives', when(many('resource.isLatest', 300, ' || ')), /operators/],
    ['a sum of 3,000', when(`${many('resource.ageDays', 3000, ' + ')} > 1`), /operators/],
    ['1,000 conditions', `permit (principal, action, resource) ${many('when { true }', 1000, ' ')};`, /operators/],
    ['2,000 ifs', when(`${'if true then true else '.repeat(2000)}true`), /operators/],
    ['a chain of 3,000 attributes', when(`resource${'.approved'.repeat(3000)}`), /dots in a row/],
    ['a chain of 2,000 calls', when(`resource.tags${'.contains("a")'.repeat(2000)}`), /dots in a row/],
    ['60,000 quotes', `"${'\\"'.repeat(30_000)}`, /unexpected|invalid|string/i],
    ['a bracket that is never closed, many times', '('.repeat(60_000), /nested deeper/],
  ])('refuses %s before it costs anything, and goes on working', (_, text, message) => {
    expect(errorsOf(text)[0]?.message).toMatch(message);
    expect(checkPolicy(when('resource.isLatest')).policies).toHaveLength(1);
  });

  test('at its limits is parsed, validated and evaluated', () => {
    const deep = `${'('.repeat(14)}${many('resource.isLatest', 99, ' && ')}${')'.repeat(14)}`;
    expect(errorsOf(when(deep))).toEqual([]);
    expect(evaluatePolicy(when(deep), factsOf()).outcome).toBe('approve');
    const names = Array.from({ length: 3_000 }, (_, i) => `"n${i}"`).join(', ');
    expect(evaluatePolicy(when(`[${names}].contains(resource.namespace)`), factsOf()).outcome).toBe('review');
    const most = Array.from(
      { length: POLICY_LIMITS.policies },
      (_, i) => `@id("p${i}") ${when(`resource.ageDays > ${i}`)}`,
    );
    expect(checkPolicy(most.join('\n')).policies.map(({ id }) => id)).toEqual(most.map((__, i) => `p${i}`));
  });
});

describe('notes', () => {
  test.each<[string, string, RegExp]>([
    ['no policy', '// nothing', /no policy/],
    [
      'a resource of a type that is never asked about',
      'permit (principal, action, resource is Hallmark::Team);',
      /impossible|never|false/i,
    ],
    ['only forbids', when('resource.isLatest', 'forbid'), /permits anything/],
    ['a permit without a condition', 'permit (principal, action, resource);', /approves everything/],
    [
      'a forbid of everything',
      `@id("p") ${when('resource.isLatest')} @id("f") forbid (principal, action, resource);`,
      /"p" never approves.*"f" forbids/,
    ],
    [
      'a forbid of the same, in another order',
      `@id("p") ${when('resource.isLatest && resource.scanned && !resource.needsSecrets')}
       @id("f") forbid (principal, action == Hallmark::Action::"approve", resource is Hallmark::ServerVersion)
       when { resource.scanned } unless { resource.needsSecrets };`,
      /"p" never approves/,
    ],
    ['two values at once', when('resource.status == "active" && resource.status == "deprecated"'), /at once/],
    ['an empty range', when('resource.ageDays > 7 && resource.ageDays < 8'), /no number/],
    ['a condition and its opposite', when('resource.isLatest && !resource.isLatest'), /opposite/],
    ['a value with a typing error', when('resource.publisherLevel == "verifed"'), /never "verifed"/],
    ['a typing error in a set', when('["verified", "offical"].contains(resource.publisherLevel)'), /never "offical"/],
    [
      'a typing error within an alternative',
      when('resource.isLatest || resource.signature == "valid"'),
      /never "valid"/,
    ],
    ['containsAll over what may be empty', when('["npm"].containsAll(resource.registries)'), /empty/],
  ])('say %s', (_, text, message) => {
    expect(errorsOf(text)).toEqual([]);
    expect(warningsOf(text).join('\n')).toMatch(message);
  });

  test.each([
    [
      'a forbid of something else',
      `${when('resource.isLatest && resource.scanned')} ${when('resource.needsSecrets', 'forbid')}`,
    ],
    [
      'a forbid that asks for more',
      `${when('resource.isLatest')} ${when('resource.isLatest && resource.needsSecrets', 'forbid')}`,
    ],
    ['a range with one number in it', when('resource.ageDays > 7 && resource.ageDays < 9')],
    [
      'containsAll where empty is ruled out',
      when('["npm"].containsAll(resource.registries) && !resource.registries.isEmpty()'),
    ],
  ])('do not say anything about %s', (_, text) => {
    expect(warningsOf(text)).toEqual([]);
  });
});
