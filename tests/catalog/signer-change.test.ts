import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { grantFor } from '#lib/auth/grants.ts';
import { addSignature } from '#lib/catalog/add-signature.ts';
import { publishVersion } from '#lib/catalog/publish-version.ts';
import { compareSigners, noteSignerChange, type SignerChange } from '#lib/catalog/signer-change.ts';
import { saveTrustRoot } from '#lib/catalog/trust-roots.ts';
import { db } from '#lib/db/db.ts';
import { type SignerFacts, signManifest } from '#lib/signing/index.ts';
import {
  emailToken,
  GITHUB_ISSUER,
  gitHubToken,
  type PrivateSigstore,
  startPrivateSigstore,
} from '../fixtures/sigstore/private-sigstore.ts';
import { bytesOf, manifestOf, testInstance } from '../instance.ts';

const HOST = 'https://github.com';

function byWorkflow({
  repository = 'acme/weather',
  repositoryId = '1001' as string | null,
  ownerId = '2002' as string | null,
  workflow = 'acme/weather/.github/workflows/release.yml',
  ref = 'refs/tags/v1.0.0',
  issuer = GITHUB_ISSUER,
} = {}): SignerFacts {
  return {
    issuer,
    san: `${HOST}/${workflow}@${ref}`,
    repository: `${HOST}/${repository}`,
    repositoryId,
    ownerId,
    workflow: `${HOST}/${workflow}@${ref}`,
    commit: null,
    ref,
    runUri: null,
  };
}

function byEmail(san: string, issuer = 'https://accounts.google.com'): SignerFacts {
  const none = { repository: null, repositoryId: null, ownerId: null, workflow: null };
  return { issuer, san, ...none, commit: null, ref: null, runUri: null };
}

describe('two versions compared', () => {
  const SAME = null;
  test.each<[string, SignerFacts[], SignerFacts[], SignerChange['kind'] | null]>([
    ['nobody and nobody', [], [], SAME],
    ['nobody, then somebody', [], [byWorkflow()], SAME],
    ['the same workflow on another tag', [byWorkflow()], [byWorkflow({ ref: 'refs/tags/v1.0.1' })], SAME],
    [
      'the same repository under a new name',
      [byWorkflow()],
      [byWorkflow({ repository: 'acme/forecast', workflow: 'acme/forecast/.github/workflows/release.yml' })],
      SAME,
    ],
    ['somebody, then nobody', [byWorkflow()], [], 'signature-disappeared'],
    [
      'another repository id under the same name',
      [byWorkflow()],
      [byWorkflow({ repositoryId: '1' })],
      'signer-changed',
    ],
    ['the repository under another owner', [byWorkflow()], [byWorkflow({ ownerId: '1' })], 'signer-changed'],
    [
      'another workflow of the repository',
      [byWorkflow()],
      [byWorkflow({ workflow: 'acme/weather/.github/workflows/test.yml' })],
      'signer-changed',
    ],
    [
      'the same path in another repository',
      [byWorkflow()],
      [byWorkflow({ workflow: 'mallory/weather/.github/workflows/release.yml' })],
      'signer-changed',
    ],
    [
      'the same names from another issuer',
      [byWorkflow()],
      [byWorkflow({ issuer: 'https://token.actions.example' })],
      'signer-changed',
    ],
    [
      'ids that the certificate does not state, same name',
      [byWorkflow({ repositoryId: null, ownerId: null })],
      [byWorkflow()],
      SAME,
    ],
    ['a person, then the same person', [byEmail('alice@example.com')], [byEmail('alice@example.com')], SAME],
    ['a person, then another one', [byEmail('alice@example.com')], [byEmail('bob@example.com')], 'signer-changed'],
    [
      'the same address at another provider',
      [byEmail('alice@example.com')],
      [byEmail('alice@example.com', 'https://login.example')],
      'signer-changed',
    ],
    ['a workflow, then a person', [byWorkflow()], [byEmail('alice@example.com')], 'signer-changed'],
    ['a second signer beside the old one', [byWorkflow()], [byEmail('alice@example.com'), byWorkflow()], SAME],
  ])('%s', (_, before, now, kind) => {
    const change = compareSigners({ version: '1.0.0', signers: before }, { version: '1.0.1', signers: now });
    expect(change?.kind ?? null).toBe(kind);
    if (change) {
      expect(change.previousVersion).toBe('1.0.0');
      expect(change.from?.san).toBe(before[0]?.san);
      expect(change.to?.san).toBe(now[0]?.san);
    }
  });

  it('sums up a signer without what differs from release to release', () => {
    const change = compareSigners({ version: '1.0.0', signers: [byWorkflow()] }, { version: '1.0.1', signers: [] });
    expect(change?.from).toMatchObject({
      repositoryId: '1001',
      workflow: '.github/workflows/release.yml',
      text: 'github.com/acme/weather, workflow release.yml',
    });
  });
});

describe('noted with a version', () => {
  testInstance();
  const ACTOR = { type: 'system', name: 'test' } as const;
  const NAMESPACE = 'io.github.acme';
  let sigstore: PrivateSigstore;
  beforeAll(async () => {
    sigstore = await startPrivateSigstore();
    await saveTrustRoot({ name: 'test', kind: 'custom', json: sigstore.trustedRoot, source: 'test' });
  });
  afterAll(() => sigstore.close());

  const sign = (manifestBytes: Uint8Array, identityToken: string) =>
    signManifest({ manifestBytes, form: 'message', sigstore: sigstore.services(), identityToken });

  /** Publishes a version after the ones before it, signed with each of the tokens: the first one comes along, the others afterwards. */
  async function publish(server: string, version: string, [first, ...others]: string[], now: Date) {
    const name = `${NAMESPACE}/${server}`;
    const manifestBytes = bytesOf(manifestOf(name, version));
    const grant = grantFor(ACTOR, [NAMESPACE]);
    const bundle = first !== undefined && { bundle: await sign(manifestBytes, first) };
    const { versionId } = await publishVersion({ manifestBytes, grant, origin: 'published', now, ...(bundle || {}) });
    for (const token of others) {
      await addSignature({ serverName: name, version, bundle: await sign(manifestBytes, token), grant, now });
    }
    return versionId;
  }
  const note = (versionId: string) =>
    db().$transaction((tx) => noteSignerChange(tx, { versionId, actor: ACTOR, now: new Date() }));
  const events = (server: string) =>
    db().auditEvent.findMany({
      where: {
        kind: { in: ['signer.changed', 'signature.disappeared'] },
        subject: { path: ['server'], equals: `${NAMESPACE}/${server}` },
      },
      orderBy: { seq: 'asc' },
    });
  const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));

  it('says nothing while the signer stays', async () => {
    await publish('same', '1.0.0', [gitHubToken()], at(1));
    const second = await publish('same', '1.0.1', [gitHubToken({ ref: 'refs/tags/v1.0.1' })], at(2));
    expect(await note(second)).toBeNull();
    expect(await events('same')).toHaveLength(0);
  });

  it('marks another signer and appends one event, however often it is asked', async () => {
    await publish('other', '1.0.0', [gitHubToken()], at(1));
    const second = await publish('other', '1.0.1', [gitHubToken({ repositoryId: '6666' })], at(2));
    expect(await note(second)).toMatchObject({ kind: 'signer-changed', previousVersion: '1.0.0' });
    await note(second);
    expect(await db().version.findUniqueOrThrow({ where: { id: second } })).toMatchObject({
      signerChange: { kind: 'signer-changed', from: { repositoryId: '1001' }, to: { repositoryId: '6666' } },
    });
    expect((await events('other')).filter(({ kind }) => kind === 'signer.changed')).toHaveLength(1);
  });

  it('keeps the mark on the next unsigned version, with one event for both', async () => {
    await publish('gone', '1.0.0', [gitHubToken()], at(1));
    const second = await publish('gone', '1.0.1', [], at(2));
    const third = await publish('gone', '1.0.2', [], at(3));
    expect(await note(second)).toMatchObject({ kind: 'signature-disappeared', previousVersion: '1.0.0', to: null });
    expect(await note(third)).toMatchObject({ kind: 'signature-disappeared', previousVersion: '1.0.0' });
    expect((await events('gone')).map(({ kind }) => kind)).toEqual(['signature.disappeared']);
  });

  it('is not hidden by an unsigned version in between', async () => {
    await publish('between', '1.0.0', [gitHubToken()], at(1));
    await publish('between', '1.0.1', [], at(2));
    const third = await publish('between', '1.0.2', [emailToken({ email: 'mallory@example.com' })], at(3));
    expect(await note(third)).toMatchObject({ kind: 'signer-changed', previousVersion: '1.0.0' });
  });

  it('is not hidden by deleting the signed version', async () => {
    const first = await publish('deleted', '1.0.0', [gitHubToken()], at(1));
    await db().version.update({ where: { id: first }, data: { status: 'deleted' } });
    const second = await publish('deleted', '1.0.1', [], at(2));
    expect(await note(second)).toMatchObject({ kind: 'signature-disappeared' });
  });

  it('does not take a stranger beside the bound signer for known', async () => {
    const first = await publish(
      'beside',
      '1.0.0',
      [gitHubToken(), emailToken({ email: 'mallory@example.com' })],
      at(1),
    );
    const signatures = await db().signature.findMany({ where: { versionId: first } });
    const bound = signatures.find(({ result }) => JSON.stringify(result).includes('release.yml'))!;
    await db().signature.update({ where: { id: bound.id }, data: { matched: { kind: 'github' } } });
    const second = await publish('beside', '1.0.1', [emailToken({ email: 'mallory@example.com' })], at(2));
    expect(await note(second)).toMatchObject({ kind: 'signer-changed' });
  });

  it('is told from the newest version of a bound signer, whatever came in between', async () => {
    const mallory = emailToken({ email: 'mallory@example.com' });
    const eve = emailToken({ email: 'eve@example.com' });
    const steps: [string, string[], SignerChange['kind'] | null, previous: string | null, events: number][] = [
      ['1.1.0', [eve], null, null, 0],
      ['1.2.0', [gitHubToken()], 'signer-changed', '1.1.0', 1],
      ['1.3.0', [], 'signature-disappeared', '1.2.0', 2],
      ['1.4.0', [mallory], 'signer-changed', '1.2.0', 3],
      ['1.5.0', [mallory], 'signer-changed', '1.2.0', 3],
      ['1.6.0', [eve], 'signer-changed', '1.2.0', 4],
      ['2.0.0', [], 'signature-disappeared', '1.2.0', 5],
      ['2.0.1', [], 'signature-disappeared', '1.2.0', 5],
      ['2.1.0', [gitHubToken({ ref: 'refs/tags/v2.1.0' })], null, null, 5],
    ];
    for (const [index, [version, tokens, kind, previousVersion, count]] of steps.entries()) {
      const versionId = await publish('sequence', version, tokens, at(index + 1));
      if (version === '1.2.0') {
        await db().signature.updateMany({ where: { versionId }, data: { matched: { kind: 'github' } } });
      }
      const change = await note(versionId);
      const seen = [version, change?.kind ?? null, change?.previousVersion ?? null, (await events('sequence')).length];
      expect(seen).toEqual([version, kind, previousVersion, count]);
    }
  });

  it('goes once the missing signature was added', async () => {
    await publish('late', '1.0.0', [gitHubToken()], at(1));
    const second = await publish('late', '1.0.1', [], at(2));
    expect(await note(second)).toMatchObject({ kind: 'signature-disappeared' });
    const { manifestBytes } = await db().version.findUniqueOrThrow({ where: { id: second } });
    await addSignature({
      serverName: `${NAMESPACE}/late`,
      version: '1.0.1',
      bundle: await sign(manifestBytes, gitHubToken()),
      grant: grantFor(ACTOR, [NAMESPACE]),
    });
    expect(await note(second)).toBeNull();
    expect((await db().version.findUniqueOrThrow({ where: { id: second } })).signerChange).toBeNull();
  });
});
