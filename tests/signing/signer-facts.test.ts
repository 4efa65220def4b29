import { describe, expect, test } from 'vitest';
import type { Repository } from '#lib/manifest/types.ts';
import { describeSigner } from '#lib/signing/describe-signer.ts';
import { provenanceMatches } from '#lib/signing/provenance.ts';
import type { SignerFacts } from '#lib/signing/types.ts';

const workflow = 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1.0.0';
const SIGNER: SignerFacts = {
  issuer: 'https://token.actions.githubusercontent.com',
  san: workflow,
  repository: 'https://github.com/acme/weather',
  repositoryId: '1001',
  ownerId: '2002',
  workflow,
  commit: '3f2c1ab98d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a',
  ref: 'refs/tags/v1.0.0',
  runUri: null,
};

describe('a signer in words', () => {
  test.each<[Partial<SignerFacts>, string]>([
    [{}, 'github.com/acme/weather, workflow release.yml, commit 3f2c1ab'],
    [{ commit: null }, 'github.com/acme/weather, workflow release.yml'],
    [{ workflow: null }, 'github.com/acme/weather, commit 3f2c1ab'],
    [
      { workflow: 'https://github.com/acme/shared/.github/workflows/sign.yml@refs/heads/main' },
      'github.com/acme/weather, workflow acme/shared/.github/workflows/sign.yml, commit 3f2c1ab',
    ],
    [
      {
        repository: 'https://gitlab.com/acme/tools/weather',
        workflow: 'https://gitlab.com/acme/tools/weather//.gitlab-ci.yml@refs/tags/v1.0.0',
      },
      'gitlab.com/acme/tools/weather, workflow .gitlab-ci.yml, commit 3f2c1ab',
    ],
    [
      { repository: null, san: 'alice@example.com', issuer: 'https://accounts.google.com' },
      'alice@example.com, signed in at accounts.google.com',
    ],
  ])('%j → %s', (members, words) => {
    expect(describeSigner({ ...SIGNER, ...members })).toBe(words);
  });
});

describe('provenance', () => {
  const named = (url: string, id?: string): Repository => ({ url, source: 'github', ...(id && { id }) });

  test.each<[string, Repository]>([
    ['the same URL', named('https://github.com/acme/weather')],
    ['a .git at the end', named('https://github.com/acme/weather.git')],
    ['a slash at the end', named('https://github.com/acme/weather/')],
    ['other case', named('https://GitHub.com/Acme/Weather')],
    ['http', named('http://github.com/acme/weather')],
    ['the same numeric id', named('https://github.com/acme/weather', '1001')],
    ['an id of another form', named('https://github.com/acme/weather', 'b94b5f7e-c7c6-d760-2c78-a5e9b8a5b8c9')],
  ])('matches with %s', (_name, repository) => {
    expect(provenanceMatches(SIGNER, repository)).toBe('matches');
  });

  test.each<[string, Repository]>([
    ['another repository', named('https://github.com/acme/other')],
    ['another owner', named('https://github.com/mallory/weather')],
    ['another host', named('https://evil.example/acme/weather')],
    ['the name of a port', named('https://github.com:444/acme/weather')],
    ['a longer path', named('https://github.com/acme/weather/tree/main')],
    ['a name that goes on', named('https://github.com/acme/weather2')],
    ['another numeric id under the same name', named('https://github.com/acme/weather', '9009')],
    ['a host in the user part', named('https://github.com/acme/weather@evil.example')],
    ['no URL', named('acme/weather')],
    ['another scheme', named('ssh://github.com/acme/weather')],
  ])('does not match with %s', (_name, repository) => {
    expect(provenanceMatches(SIGNER, repository)).toBe('mismatch');
  });

  test('is none where the certificate or the manifest names no repository', () => {
    expect(provenanceMatches({ ...SIGNER, repository: null }, named('https://github.com/acme/weather'))).toBe('none');
    expect(provenanceMatches(SIGNER)).toBe('none');
  });
});
