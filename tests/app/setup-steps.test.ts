import { describe, expect, it } from 'vitest';
import { isSetUp, setupSteps } from '#app/publish/[publisher]/setup-steps.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
type Facts = Parameters<typeof setupSteps>[0];

const NOTHING: Facts = {
  namespaces: [],
  claims: [],
  signers: [],
  seenSigners: [],
  tokens: [],
  published: { versions: 0, signed: 0 },
};
const namespace = (state: string) => [{ name: 'com.acme', state }] as Facts['namespaces'];
const claims = [{ namespace: 'com.acme' }] as Facts['claims'];
const signers = [{ text: 'acme/weather' }] as Facts['signers'];
const seenSigners = [{ serverName: 'com.acme/weather', version: '1.0.0', text: 'acme' }] as Facts['seenSigners'];
const token = (expiresAt: string, revokedAt: string | null = null) => [{ expiresAt, revokedAt }] as Facts['tokens'];

const statesOf = (facts: Partial<Facts>) => setupSteps({ ...NOTHING, ...facts }, NOW).map(({ state }) => state);

describe('setupSteps', () => {
  it.each<[string, Partial<Facts>, string[]]>([
    ['nothing', {}, ['to do', 'to do', 'to do', 'to do']],
    ['a claim', { claims }, ['under way', 'to do', 'to do', 'to do']],
    ['a granted namespace', { namespaces: namespace('granted') }, ['under way', 'to do', 'to do', 'to do']],
    ['a lapsed proof', { namespaces: namespace('lapsed') }, ['under way', 'to do', 'to do', 'to do']],
    ['a proof that is not seen lately', { namespaces: namespace('failing') }, ['done', 'to do', 'to do', 'to do']],
    [
      'an unknown signer',
      { seenSigners, published: { versions: 1, signed: 0 } },
      ['to do', 'under way', 'to do', 'under way'],
    ],
    ['a token', { tokens: token('2026-12-01T00:00:00Z') }, ['to do', 'to do', 'done', 'to do']],
    ['an expired token', { tokens: token('2026-11-01T00:00:00Z') }, ['to do', 'to do', 'to do', 'to do']],
    [
      'a revoked token',
      { tokens: token('2026-12-01T00:00:00Z', '2026-11-19T00:00:00Z') },
      ['to do', 'to do', 'to do', 'to do'],
    ],
  ])('with %s', (_, facts, states) => {
    expect(statesOf(facts)).toEqual(states);
  });

  it('is complete once a signed version is out under a proven namespace, with a token or without', () => {
    const facts = { ...NOTHING, namespaces: namespace('proven'), signers, published: { versions: 1, signed: 1 } };
    expect(isSetUp(setupSteps(facts, NOW))).toBe(true);
    expect(isSetUp(setupSteps({ ...facts, namespaces: namespace('granted') }, NOW))).toBe(false);
  });
});
