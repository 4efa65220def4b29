import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantFor } from '#lib/auth/grants.ts';
import type { Viewer } from '#lib/auth/viewer.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { saveTrustRoot } from '#lib/catalog/trust-roots.ts';
import { db } from '#lib/db/db.ts';
import { bindSeenSigner, identityOfSigner, listSeenSigners } from '#lib/publishers/bind-seen-signer.ts';
import { matchSigner, type SignerFacts, signManifest } from '#lib/signing/index.ts';
import {
  emailToken,
  GITHUB_ISSUER,
  gitHubToken,
  gitLabToken,
  type PrivateSigstore,
  startPrivateSigstore,
  uriToken,
} from '../fixtures/sigstore/private-sigstore.ts';
import { bytesOf, manifestOf, testInstance } from '../instance.ts';
import { codeOf, createMember, createOwner } from './publishers.ts';

testInstance();

let sigstore: PrivateSigstore;
let owner: Viewer;

beforeAll(async () => {
  sigstore = await startPrivateSigstore();
  await saveTrustRoot({ name: 'private', kind: 'custom', json: sigstore.trustedRoot, source: 'test' });
  owner = await createOwner('acme', ['com.acme']);
});
afterAll(() => sigstore.close());

async function publishSigned(name: string, version: string, identityToken: string) {
  const manifestBytes = bytesOf(manifestOf(name, version));
  const bundle = await signManifest({ manifestBytes, form: 'dsse', sigstore: sigstore.services(), identityToken });
  const grant = grantFor({ type: 'system', name: 'test' }, [name.split('/')[0]!]);
  const { signatureState } = await publishVersion({ manifestBytes, bundle, grant, origin: 'published' });
  return signatureState;
}

const seenBy = async (slug: string) =>
  listSeenSigners((await db().publisher.findUniqueOrThrow({ where: { slug } })).id);

describe('a signer that was seen and not bound', () => {
  it.each([
    ['GitHub Actions', gitHubToken(), gitHubToken({ ref: 'refs/tags/v9.9.9' }), { kind: 'github', ownerId: '2002' }],
    ['GitLab CI', gitLabToken(), gitLabToken({ ref: 'refs/tags/v2.0.0' }), { kind: 'gitlab', ownerId: '4004' }],
    ['an e-mail address', emailToken(), emailToken(), { kind: 'email', san: 'alice@example.com' }],
    [
      'a URI',
      uriToken({ uri: 'https://ci.acme.test/job', issuer: 'https://id.acme.test' }),
      uriToken({ uri: 'https://ci.acme.test/job', issuer: 'https://id.acme.test' }),
      { kind: 'uri', san: 'https://ci.acme.test/job' },
    ],
  ])('by %s is offered once, bound with a click, and admitted from then on', async (what, first, later, identity) => {
    const name = `com.acme/${what.replace(/[^A-Za-z]+/g, '-')}`;
    expect(await publishSigned(name, '1.0.0', first)).toBe('unknown_signer');
    expect(await publishSigned(name, '1.0.1', later)).toBe('unknown_signer');
    const [seen, ...others] = await seenBy('acme');
    expect(others).toEqual([]);
    expect(seen).toMatchObject({ serverName: name, version: '1.0.1', identity });
    await bindSeenSigner({ viewer: owner, publisherSlug: 'acme', signatureId: seen!.signatureId });
    expect(await seenBy('acme')).toEqual([]);
    const states = await db().version.findMany({ where: { serverName: name }, select: { signatureState: true } });
    expect(states).toEqual([{ signatureState: 'signed' }, { signatureState: 'signed' }]);
    expect(await publishSigned(name, '2.0.0', later)).toBe('signed');
  });

  it('of the same owner but another repository or workflow is another signer', async () => {
    expect(await publishSigned('com.acme/narrow', '1.0.0', gitHubToken({ repositoryId: '1002' }))).toBe(
      'unknown_signer',
    );
    const workflow = '.github/workflows/pull-request.yml';
    expect(await publishSigned('com.acme/narrow', '1.0.1', gitHubToken({ workflow }))).toBe('unknown_signer');
    expect((await seenBy('acme')).map(({ version }) => version)).toEqual(['1.0.1', '1.0.0']);
  });

  it('cannot be bound by somebody else, or for somebody else', async () => {
    const stranger = await createOwner('stranger', ['com.stranger']);
    const maintainer = await createMember('acme', 'maintainer');
    const { signatureId } = (await seenBy('acme'))[0]!;
    const bind = (viewer: Viewer, publisherSlug: string, id = signatureId) =>
      codeOf(bindSeenSigner({ viewer, publisherSlug, signatureId: id }));
    expect(await bind(stranger, 'acme')).toBe('NOT_FOUND');
    expect(await bind(stranger, 'stranger')).toBe('NOT_FOUND');
    expect(await bind(maintainer, 'acme')).toBe('FORBIDDEN');
    expect(await bind(owner, 'acme', 'nothing')).toBe('NOT_FOUND');
  });
});

describe('identityOfSigner', () => {
  const facts: SignerFacts = {
    issuer: GITHUB_ISSUER,
    san: 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1',
    repository: 'https://github.com/acme/weather',
    repositoryId: '1001',
    ownerId: '2002',
    workflow: 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1',
    commit: null,
    ref: 'refs/tags/v1',
    runUri: null,
  };

  it.each<[string, Partial<SignerFacts>, object]>([
    ['the workflow of its own repository by its path', {}, { workflow: '.github/workflows/release.yml' }],
    [
      'a reusable workflow with its repository',
      { workflow: 'https://github.com/shared/actions/.github/workflows/sign.yml@refs/tags/v1' },
      { workflow: 'shared/actions/.github/workflows/sign.yml' },
    ],
    ['an owner whose repository has no number by the owner', { repositoryId: null }, { ownerId: '2002' }],
    [
      'an issuer of GitHub Enterprise by its address',
      { issuer: 'https://ghe.test/_services/token' },
      { issuer: 'https://ghe.test/_services/token' },
    ],
    ['a URI that holds an @ as a URI', { ownerId: null, san: 'https://x.test/a@b' }, { kind: 'uri' }],
  ])('binds %s, and the same signer matches it', (_, change, identity) => {
    const signer = { ...facts, ...change };
    const made = identityOfSigner(signer, GITHUB_ISSUER);
    expect(made).toMatchObject(identity);
    expect(matchSigner(signer, [made])).toBe(made);
  });
});
