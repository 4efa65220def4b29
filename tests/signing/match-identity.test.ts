import { describe, expect, test } from 'vitest';
import { matchSigner } from '#lib/signing/match-identity.ts';
import type { SignerFacts, SignerIdentity } from '#lib/signing/types.ts';
import { GITHUB_ISSUER, GITLAB_ISSUER, GOOGLE_ISSUER } from '#tests/fixtures/sigstore/private-sigstore.ts';

const workflow = 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1.0.0';
const GITHUB: SignerFacts = {
  issuer: GITHUB_ISSUER,
  san: workflow,
  repository: 'https://github.com/acme/weather',
  repositoryId: '1001',
  ownerId: '2002',
  workflow,
  commit: '3f2c1ab98d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a',
  ref: 'refs/tags/v1.0.0',
  runUri: null,
};
const ALICE: SignerFacts = {
  issuer: GOOGLE_ISSUER,
  san: 'alice@example.com',
  repository: null,
  repositoryId: null,
  ownerId: null,
  workflow: null,
  commit: null,
  ref: null,
  runUri: null,
};

type GitHubIdentity = Extract<SignerIdentity, { kind: 'github' | 'gitlab' }>;
const BOUND: GitHubIdentity = {
  kind: 'github',
  issuer: GITHUB_ISSUER,
  ownerId: '2002',
  repositoryId: '1001',
  repository: 'acme/weather',
  workflow: '.github/workflows/release.yml',
  refPattern: 'refs/tags/v*',
};

function on(uri: string, ref = 'refs/tags/v1.0.0'): SignerFacts {
  return { ...GITHUB, workflow: uri, san: uri, ref };
}

describe('a workflow', () => {
  test.each<[string, Partial<GitHubIdentity>, SignerFacts]>([
    ['that is bound in every part', {}, GITHUB],
    [
      'of any repository of the owner',
      { repositoryId: undefined, repository: undefined },
      { ...GITHUB, repositoryId: '7' },
    ],
    ['whose repository is spelt in other case', { repository: 'Acme/Weather' }, GITHUB],
    ['at any ref', { refPattern: undefined }, { ...GITHUB, ref: null }],
    ['of any name', { workflow: undefined }, { ...GITHUB, workflow: null }],
    [
      'of a monorepo, whose tags hold an @',
      { refPattern: 'refs/tags/@acme/weather@*' },
      on(
        'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/@acme/weather@1.0.0',
        'refs/tags/@acme/weather@1.0.0',
      ),
    ],
    [
      'of another repository that is written out',
      { workflow: 'acme/shared/.github/workflows/sign.yml' },
      on('https://github.com/acme/shared/.github/workflows/sign.yml@refs/heads/main'),
    ],
    ['of its own repository that is written out', { workflow: 'acme/weather/.github/workflows/release.yml' }, GITHUB],
  ])('%s is the identity', (_name, members, signer) => {
    const identity = { ...BOUND, ...members };
    expect(matchSigner(signer, [identity])).toBe(identity);
  });

  test.each<[string, Partial<GitHubIdentity>, SignerFacts]>([
    ['of a repository that took over the name', {}, { ...GITHUB, repositoryId: '9009' }],
    ['of an owner who took over the name', { repositoryId: undefined }, { ...GITHUB, ownerId: '9009' }],
    ['under an issuer with the same ids', {}, { ...GITHUB, issuer: 'https://token.evil.example' }],
    ['under an issuer that only begins alike', {}, { ...GITHUB, issuer: `${GITHUB_ISSUER}.evil.example` }],
    ['under the issuer with a slash', {}, { ...GITHUB, issuer: `${GITHUB_ISSUER}/` }],
    ['of the owner, in another repository', {}, { ...GITHUB, repository: 'https://github.com/acme/weather-2' }],
    [
      'of a repository whose path only ends alike',
      {},
      { ...GITHUB, repository: 'https://github.com/mallory/acme/weather' },
    ],
    ['without an owner id', {}, { ...GITHUB, ownerId: null }],
    ['without a repository id', {}, { ...GITHUB, repositoryId: null }],
    ['without a repository', {}, { ...GITHUB, repository: null }],
    ['without a ref', {}, { ...GITHUB, ref: null }],
    ['without a workflow', {}, { ...GITHUB, workflow: null }],
    ['with another file', {}, on('https://github.com/acme/weather/.github/workflows/test.yml@refs/tags/v1.0.0')],
    [
      'with a file whose name goes on after an @',
      {},
      on('https://github.com/acme/weather/.github/workflows/release.yml@x.yml@refs/tags/v1.0.0'),
    ],
    [
      'with such a file, called at another ref',
      {},
      on('https://github.com/acme/weather/.github/workflows/release.yml@x.yml@refs/heads/main'),
    ],
    [
      'with a file whose name ends alike',
      {},
      on('https://github.com/acme/weather/.github/workflows/not-release.yml@refs/tags/v1.0.0'),
    ],
    [
      'with the same file in another case',
      {},
      on('https://github.com/acme/weather/.github/workflows/Release.yml@refs/tags/v1.0.0'),
    ],
    [
      'with the same path in another repository',
      {},
      on('https://github.com/mallory/weather/.github/workflows/release.yml@refs/tags/v1.0.0'),
    ],
    [
      'with the same path deeper in its repository',
      {},
      on('https://github.com/acme/weather/x/.github/workflows/release.yml@refs/tags/v1.0.0'),
    ],
    [
      'with the same path on another host',
      {},
      on('https://evil.example/acme/weather/.github/workflows/release.yml@refs/tags/v1.0.0'),
    ],
    ['without a ref behind its path', {}, on('https://github.com/acme/weather/.github/workflows/release.yml')],
    ['on a branch', {}, { ...GITHUB, ref: 'refs/heads/v1.0.0' }],
    ['on a tag with more levels', {}, { ...GITHUB, ref: 'refs/tags/v1/evil' }],
    ['where an empty workflow is bound', { workflow: '' }, GITHUB],
    ['where an empty owner id is bound', { ownerId: '' }, { ...GITHUB, ownerId: '' }],
    ['where a text is bound as owner id', { ownerId: 'acme' }, { ...GITHUB, ownerId: 'acme' }],
    ['where an empty repository id is bound', { repositoryId: '' }, { ...GITHUB, repositoryId: '' }],
    ['where an empty issuer is bound', { issuer: '' }, { ...GITHUB, issuer: '' }],
  ])('%s is not the identity', (_name, members, signer) => {
    expect(matchSigner(signer, [{ ...BOUND, ...members }])).toBeNull();
  });

  test('of GitLab is compared by project, namespace and file', () => {
    const uri = 'https://gitlab.com/acme/tools/weather//.gitlab-ci.yml@refs/tags/v1.0.0';
    const signer = {
      ...GITHUB,
      issuer: GITLAB_ISSUER,
      repository: 'https://gitlab.com/acme/tools/weather',
      workflow: uri,
      san: uri,
    };
    const identity: GitHubIdentity = {
      ...BOUND,
      kind: 'gitlab',
      issuer: GITLAB_ISSUER,
      repository: 'acme/tools/weather',
      workflow: '.gitlab-ci.yml',
    };
    expect(matchSigner(signer, [identity])).toBe(identity);
    expect(matchSigner(signer, [{ ...identity, repository: 'tools/weather' }])).toBeNull();
    expect(matchSigner(signer, [{ ...identity, workflow: 'weather//.gitlab-ci.yml' }])).toBeNull();
  });
});

describe('a name', () => {
  const alice: SignerIdentity = { kind: 'email', issuer: GOOGLE_ISSUER, san: 'alice@example.com' };

  test('is the identity when name and issuer are', () => {
    expect(matchSigner(ALICE, [alice])).toBe(alice);
    expect(matchSigner(GITHUB, [{ kind: 'uri', issuer: GITHUB_ISSUER, san: workflow }])).not.toBeNull();
  });

  test.each<[string, Partial<SignerFacts>, string]>([
    ['contains the identity', { san: 'malice@example.com' }, 'alice@example.com'],
    ['begins with the identity', { san: 'alice@example.com.evil.example' }, 'alice@example.com'],
    ['fits the identity read as a pattern', { san: 'alice@exampleXcom' }, 'alice@example.com'],
    ['fits a pattern', {}, '.*'],
    ['fits an anchored pattern', {}, '^alice@example\\.com$'],
    ['fits a glob', {}, '*@example.com'],
    ['has another case', { san: 'Alice@example.com' }, 'alice@example.com'],
    ['is vouched for by somebody else', { issuer: 'https://login.evil.example' }, 'alice@example.com'],
    ['is empty, as the identity is', { san: '' }, ''],
  ])('that %s is not the identity', (_name, members, san) => {
    expect(matchSigner({ ...ALICE, ...members }, [{ kind: 'email', issuer: GOOGLE_ISSUER, san }])).toBeNull();
  });
});

test('the first identity that matches is told; none matches without identities', () => {
  const [loose, strict] = [{ ...BOUND, refPattern: undefined }, BOUND];
  expect(matchSigner(GITHUB, [{ ...BOUND, ownerId: '1' }, strict, loose])).toBe(strict);
  expect(matchSigner(GITHUB, [])).toBeNull();
});

test('a kind that this version does not know matches nobody', () => {
  const future = { ...BOUND, kind: 'spiffe' } as unknown as SignerIdentity;
  expect(matchSigner(GITHUB, [future])).toBeNull();
});
