import { describe, expect, test } from 'vitest';
import { withCedar } from '#lib/orgs/policy/cedar-engine.ts';
import { evaluatePolicy, sayVerdict } from '#lib/orgs/policy/evaluate-policy.ts';
import { factsSha256 } from '#lib/orgs/policy/facts.ts';
import { POLICY_SCHEMA } from '#lib/orgs/policy/schema.ts';
import { factsOf } from './facts-fixture.ts';

const PERMIT = '@id("p") @reason("It is the latest.") permit (principal, action, resource) when { resource.isLatest };';
const FORBID =
  '@id("f") @reason("It needs secrets.") forbid (principal, action, resource) when { resource.needsSecrets };';
/** Beyond what a Long holds, for a version of 30 days. */
const OVERFLOW = '@id("o") forbid (principal, action, resource) when { resource.ageDays * 9223372036854775807 > 1 };';

describe('a verdict', () => {
  test.each<[string, string, Parameters<typeof factsOf>[0], string, string[]]>([
    ['a permit approves', PERMIT, {}, 'approve', ['p']],
    ['nothing that applies leaves it to a person', PERMIT, { isLatest: false }, 'review', []],
    ['a forbid denies', PERMIT + FORBID, { isLatest: false, needsSecrets: true }, 'deny', ['f']],
    ['a forbid wins over a permit', FORBID + PERMIT, { needsSecrets: true }, 'deny', ['f']],
    ['no policy leaves it to a person', '', {}, 'review', []],
    ['an error leaves it to a person, although a permit applies', PERMIT + OVERFLOW, {}, 'review', []],
    [
      'an error leaves it to a person, although a forbid applies',
      FORBID + OVERFLOW,
      { needsSecrets: true },
      'review',
      [],
    ],
    ['a text that does not parse leaves it to a person', `${PERMIT} permit (`, {}, 'review', []],
    ['facts that do not fit the schema leave it to a person', PERMIT, { ageDays: 'many' as never }, 'review', []],
    ['facts that are no numbers leave it to a person', PERMIT, { ageDays: Number.NaN }, 'review', []],
  ])('%s', (_, text, resource, outcome, deciding) => {
    const verdict = evaluatePolicy(text, factsOf(resource));
    expect(verdict.outcome).toBe(outcome);
    expect(verdict.deciding.map(({ id }) => id)).toEqual(deciding);
    expect(verdict.errors.length > 0).toBe(/error|parse|fit|numbers/.test(_));
  });

  test('names every policy that decided, in the order of the text, with its reason', () => {
    const texts = Array.from(
      { length: 12 },
      (_, i) => `@id("n${i}") @reason("Reason ${i}.") permit (principal, action, resource);`,
    );
    const { deciding } = evaluatePolicy(texts.join('\n'), factsOf());
    expect(deciding).toEqual(texts.map((_, i) => ({ id: `n${i}`, effect: 'permit', reason: `Reason ${i}.` })));
    expect(sayVerdict(evaluatePolicy(PERMIT + FORBID, factsOf({ needsSecrets: true })))).toBe('It needs secrets.');
  });

  test('knows who asks, their role and their teams', () => {
    const text = `permit (principal in Hallmark::Team::"platform", action, resource);
      permit (principal, action, resource) when { principal is Hallmark::Person && principal.role == "owner" };
      permit (principal == Hallmark::Organization::"acme", action, resource) when { resource.namespace == "x" };`;
    const person = (role: string, teams: string[]) =>
      evaluatePolicy(text, factsOf({}, { principal: { type: 'Person', id: 'u1', role, organization: 'acme', teams } }))
        .outcome;
    expect(person('requester', ['platform'])).toBe('approve');
    expect(person('requester', ['data'])).toBe('review');
    expect(person('owner', [])).toBe('approve');
    expect(evaluatePolicy(text, factsOf()).outcome).toBe('review');
    expect(evaluatePolicy(text, factsOf({ namespace: 'x' })).outcome).toBe('approve');
  });

  test('is the same after Cedar ran out of its stack, which is thrown away', () => {
    const before = evaluatePolicy(PERMIT, factsOf());
    const deep = `permit (principal, action, resource) when { ${'('.repeat(20_000)}true${')'.repeat(20_000)} };`;
    const parse = () =>
      withCedar((cedar) => cedar.validate({ schema: POLICY_SCHEMA, policies: { staticPolicies: deep } }));
    expect(parse).toThrow('too complex');
    expect(evaluatePolicy(PERMIT, factsOf())).toEqual(before);
  });

  test('of more texts than Cedar keeps parsed is of the right text', () => {
    const text = (i: number) => `@id("t${i}") permit (principal, action, resource);`;
    for (let round = 0; round < 2; round++)
      for (let i = 0; i < 40; i++) expect(evaluatePolicy(text(i), factsOf()).deciding[0]?.id).toBe(`t${i}`);
  });

  test('hostile text among the facts is text', () => {
    const name = 'a"] } ; permit(principal,action,resource);//\u202e\u{1f600}';
    expect(
      evaluatePolicy(PERMIT, factsOf({ isLatest: false, name, tools: [name, '__entity', '__extn'] })).outcome,
    ).toBe('review');
  });
});

test('facts have one digest, whatever the order of their keys', () => {
  const facts = factsOf();
  const reversed = { ...facts, resource: Object.fromEntries(Object.entries(facts.resource).reverse()) as never };
  expect(factsSha256(reversed)).toBe(factsSha256(facts));
  expect(factsSha256(factsOf({ ageDays: 31 }))).not.toBe(factsSha256(facts));
});
