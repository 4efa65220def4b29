import { describe, expect, test } from 'vitest';
import { describeEvidence, type EvidenceFact, type VerificationResult } from '#lib/signing/index.ts';

const WORKFLOW = 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1.0.0';
const COMMIT = '3f2c1ab98d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a';
type Verified = Extract<VerificationResult, { ok: true }>;
const RESULT: Verified = {
  ok: true,
  root: 'public-good',
  form: 'message',
  subject: 'raw',
  signer: {
    issuer: 'https://token.actions.githubusercontent.com',
    san: WORKFLOW,
    repository: 'https://github.com/acme/weather',
    repositoryId: '1001',
    ownerId: '2002',
    workflow: WORKFLOW,
    commit: COMMIT,
    ref: 'refs/tags/v1.0.0',
    runUri: 'https://github.com/acme/weather/actions/runs/7/attempts/1',
  },
  signedAt: '2026-11-20T12:00:00.000Z',
  timeSource: 'log',
  logIndex: '4000007',
  logId: 'c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d',
  logOrigin: 'https://rekor.sigstore.dev',
  predicateType: null,
  bundleSha256: 'ab',
  bundleMediaType: '',
  verifierVersion: '2',
};

function factsOf(changes: Partial<Verified> = {}, signer: Partial<Verified['signer']> = {}): Map<string, EvidenceFact> {
  const facts = describeEvidence({ ...RESULT, ...changes, signer: { ...RESULT.signer, ...signer } });
  return new Map(facts.map((fact) => [fact.fact, fact]));
}

describe('what a signature proves', () => {
  test('in the order in which one fact rests on the other, each with a sentence', () => {
    const facts = describeEvidence(RESULT);
    expect(facts.map(({ fact }) => fact)).toEqual([
      'Covers',
      'Form',
      'Issuer',
      'Identity',
      'Repository',
      'Numbers',
      'Workflow',
      'Commit',
      'Ref',
      'Run',
      'Time',
      'Log entry',
      'Trust root',
    ]);
    for (const { basis, value } of facts) {
      expect(basis).toMatch(/^[A-Z].*\.$/);
      expect(value).not.toBe('');
    }
  });

  test.each<[string, string, string, string | null]>([
    ['Numbers', 'repository 1001, owner 2002', 'bound signers', null],
    [
      'Workflow',
      '.github/workflows/release.yml',
      'Whoever could change it',
      `https://github.com/acme/weather/blob/${COMMIT}/.github/workflows/release.yml`,
    ],
    ['Commit', COMMIT, 'state of the repository', `https://github.com/acme/weather/commit/${COMMIT}`],
    ['Run', RESULT.signer.runUri!, 'run of the workflow', RESULT.signer.runUri],
    ['Time', RESULT.signedAt!, 'transparency log', null],
    ['Log entry', '4000007 in https://rekor.sigstore.dev', 'find', 'https://search.sigstore.dev/?logIndex=4000007'],
    ['Trust root', 'public-good', 'keys', null],
  ])('%s: %s', (name, value, basis, href) => {
    const fact = factsOf().get(name);
    expect(fact).toMatchObject({ value, href });
    expect(fact?.basis).toContain(basis);
  });

  test('nothing where it did not verify', () => {
    const failure = {
      ok: false,
      code: 'SIGNATURE_INVALID',
      message: '',
      bundleSha256: null,
      verifierVersion: '2',
    } as const;
    expect(describeEvidence(failure)).toEqual([]);
  });

  test('a statement about the canonical form', () => {
    const facts = factsOf({ form: 'dsse', subject: 'jcs', predicateType: 'https://slsa.dev/provenance/v1' });
    expect(facts.get('Covers')?.value).toContain('RFC 8785');
    expect(facts.get('Form')?.value).toContain('https://slsa.dev/provenance/v1');
  });

  test('a person: no repository, and that this says nothing about source code', () => {
    const person = { repository: null, repositoryId: null, ownerId: null, workflow: null, commit: null, ref: null };
    const facts = factsOf({}, { ...person, runUri: null, san: 'alice@example.com' });
    expect(facts.get('Repository')).toMatchObject({ value: 'none', basis: expect.stringContaining('source code') });
    expect(facts.get('Identity')).toMatchObject({ value: 'alice@example.com', href: null });
    expect(facts.has('Commit')).toBe(false);
  });

  test.each<[string, Partial<Verified>, string, string]>([
    ['a timestamp authority', { timeSource: 'timestamp-authority' }, 'Time', 'timestamp authority'],
    ['no proven time', { signedAt: null, timeSource: null }, 'Time', 'Nothing says when'],
    ['no log', { logIndex: null, logId: null, logOrigin: null }, 'Log entry', 'Nobody but its recipients'],
  ])('%s', (_, changes, name, basis) => {
    expect(factsOf(changes).get(name)?.basis).toContain(basis);
  });

  test('a private log by its id, without a link', () => {
    expect(factsOf({ logOrigin: null }).get('Log entry')).toMatchObject({
      value: '4000007 in log c0d23d6ad406973f',
      href: null,
    });
  });

  test.each([
    ['GitLab', 'https://gitlab.com/acme/weather', `https://gitlab.com/acme/weather/-/commit/${COMMIT}`],
    ['a host whose addresses are not known', 'https://git.example.com/acme/weather', null],
    ['a script for a repository', 'javascript:alert(1)', null],
    ['plain http', 'http://github.com/acme/weather', null],
  ])('%s', (_, repository, href) => {
    const facts = factsOf({}, { repository });
    expect(facts.get('Commit')?.href).toBe(href);
    if (!repository.startsWith('https:')) expect(facts.get('Repository')?.href).toBeNull();
  });

  test('no link to a script, wherever it stands in the certificate', () => {
    const script = 'javascript:alert(1)';
    const facts = factsOf({}, { issuer: script, san: script, runUri: script });
    for (const { href } of facts.values()) expect(href ?? 'https:').toMatch(/^https:/);
  });
});
