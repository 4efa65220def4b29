import type { SerializedBundle } from '@sigstore/bundle';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signManifest } from '#lib/signing/sign-manifest.ts';
import { MCP_SERVER_PREDICATE_TYPE } from '#lib/signing/statement.ts';
import type { SignatureForm } from '#lib/signing/types.ts';
import { VERIFIER_VERSION, verifyManifestBundle } from '#lib/signing/verify-bundle.ts';
import {
  emailToken,
  gitHubToken,
  gitLabToken,
  type PrivateSigstore,
  startPrivateSigstore,
  uriToken,
} from '#tests/fixtures/sigstore/private-sigstore.ts';
import { signPayload, statementAbout } from '#tests/fixtures/sigstore/sign-payload.ts';
import { accepted, changed, digestsOf, MANIFEST, MANIFEST_ON_ONE_LINE, verify } from './signing-kit.ts';

let sigstore: PrivateSigstore;
let messageV1: SerializedBundle;
let messageV2: SerializedBundle;

beforeAll(async () => {
  sigstore = await startPrivateSigstore();
  [messageV1, messageV2] = await Promise.all([sign('message', 1), sign('message', 2)]);
});
afterAll(() => sigstore.close());

function sign(form: SignatureForm, rekorVersion: 1 | 2 = 1, tsa?: boolean, identityToken = gitHubToken()) {
  return signManifest({
    manifestBytes: MANIFEST,
    form,
    sigstore: sigstore.services({ rekorVersion, tsa }),
    identityToken,
  });
}

describe('a bundle by a signer under a trusted root is accepted', () => {
  test.each([
    { form: 'message', rekorVersion: 1, tsa: false, media: /version=0\.2/ },
    { form: 'message', rekorVersion: 1, tsa: true, media: /version=0\.2/ },
    { form: 'message', rekorVersion: 2, tsa: true, media: /version=0\.2/ },
    { form: 'dsse', rekorVersion: 1, tsa: false, media: /v0\.3\+json/ },
    { form: 'dsse', rekorVersion: 1, tsa: true, media: /v0\.3\+json/ },
    { form: 'dsse', rekorVersion: 2, tsa: true, media: /v0\.3\+json/ },
  ] as const)('$form, Rekor v$rekorVersion, timestamp authority $tsa', async ({ form, rekorVersion, tsa, media }) => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const result = accepted(verify(await sign(form, rekorVersion, tsa), [sigstore.trustRoot]));

    expect(result).toMatchObject({
      root: 'private-sigstore',
      form,
      subject: form === 'message' ? 'raw' : 'jcs',
      predicateType: form === 'message' ? null : MCP_SERVER_PREDICATE_TYPE,
      verifierVersion: VERIFIER_VERSION,
    });
    expect(result.bundleMediaType).toMatch(media);
    expect(result.logId).toMatch(/^[0-9a-f]{64}$/);
    expect(Date.parse(result.signedAt ?? '')).toBeGreaterThanOrEqual(before);
    expect(Date.parse(result.signedAt ?? '')).toBeLessThanOrEqual(Date.now());
  });

  test('as v0.1, which needs no inclusion proof', () => {
    const bundle = changed(messageV1, (copy) => {
      copy.mediaType = 'application/vnd.dev.sigstore.bundle+json;version=0.1';
      delete copy.verificationMaterial.tlogEntries[0].inclusionProof;
    });
    accepted(verify(bundle, [sigstore.trustRoot]));
  });

  test('as bytes, with the digest of those bytes', () => {
    const bundleBytes = Buffer.from(JSON.stringify(messageV1, null, 2));
    const input = {
      manifestBytes: MANIFEST,
      digests: digestsOf(MANIFEST),
      namespace: 'io.github.acme',
      roots: [sigstore.trustRoot],
    };
    const result = accepted(verifyManifestBundle({ bundleBytes, ...input }));

    expect(result.bundleSha256).not.toBe(accepted(verifyManifestBundle({ bundle: messageV1, ...input })).bundleSha256);
  });

  test('with a statement about the bytes of the file, told apart from one about its canonical form', async () => {
    const { manifestSha256, manifestJcsSha256 } = digestsOf(MANIFEST);
    const about = async (digest: string) =>
      accepted(
        verify(await signPayload(sigstore, { payload: statementAbout(digest), token: gitHubToken() }), [
          sigstore.trustRoot,
        ]),
      );

    expect(await about(manifestSha256)).toMatchObject({
      subject: 'raw',
      predicateType: 'https://example.com/attestation/v1',
    });
    expect(await about(manifestJcsSha256)).toMatchObject({ subject: 'jcs' });
  });

  test('when one of several subjects is the manifest', async () => {
    const subject = [
      { digest: { sha512: 'ab' } },
      { digest: { sha256: 'cd' } },
      { digest: { sha256: digestsOf(MANIFEST).manifestSha256 } },
    ];
    const bundle = await signPayload(sigstore, { payload: statementAbout('', { subject }), token: gitHubToken() });
    accepted(verify(bundle, [sigstore.trustRoot]));
  });

  test('as a statement after the file was reformatted, but not as a message signature', async () => {
    const reformatted = { manifestBytes: MANIFEST_ON_ONE_LINE };
    accepted(verify(await sign('dsse'), [sigstore.trustRoot], reformatted));
    expect(verify(messageV1, [sigstore.trustRoot], reformatted)).toMatchObject({ ok: false, code: 'SUBJECT_MISMATCH' });
  });
});

describe('the signer is read from the certificate', () => {
  test.each([
    {
      who: 'a GitHub workflow',
      token: () => gitHubToken(),
      signer: {
        issuer: 'https://token.actions.githubusercontent.com',
        san: 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1.0.0',
        repository: 'https://github.com/acme/weather',
        repositoryId: '1001',
        ownerId: '2002',
        workflow: 'https://github.com/acme/weather/.github/workflows/release.yml@refs/tags/v1.0.0',
        commit: '3f2c1ab98d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a',
        ref: 'refs/tags/v1.0.0',
        runUri: 'https://github.com/acme/weather/actions/runs/7/attempts/1',
      },
    },
    {
      who: 'a GitLab pipeline',
      token: () => gitLabToken(),
      signer: {
        issuer: 'https://gitlab.com',
        san: 'https://gitlab.com/acme/tools/weather//.gitlab-ci.yml@refs/tags/v1.0.0',
        repository: 'https://gitlab.com/acme/tools/weather',
        repositoryId: '3003',
        ownerId: '4004',
        workflow: 'https://gitlab.com/acme/tools/weather//.gitlab-ci.yml@refs/tags/v1.0.0',
        commit: '9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b',
        ref: 'refs/tags/v1.0.0',
        runUri: 'https://gitlab.com/acme/tools/weather/-/jobs/99',
      },
    },
    {
      who: 'a person',
      token: () => emailToken(),
      signer: { ...none(), issuer: 'https://accounts.google.com', san: 'alice@example.com' },
    },
    {
      who: 'a workload',
      token: () => uriToken({ uri: 'spiffe://example.com/ci', issuer: 'https://oidc.example.com' }),
      signer: { ...none(), issuer: 'https://oidc.example.com', san: 'spiffe://example.com/ci' },
    },
  ])('$who', async ({ token, signer }) => {
    expect(accepted(verify(await sign('message', 1, false, token()), [sigstore.trustRoot])).signer).toEqual(signer);
  });

  function none() {
    return {
      repository: null,
      repositoryId: null,
      ownerId: null,
      workflow: null,
      commit: null,
      ref: null,
      runUri: null,
    };
  }
});

describe('only what somebody signed is told as evidence', () => {
  test('an integrated time without an inclusion promise is no signing time', () => {
    const forged = changed(messageV2, (copy) => {
      copy.verificationMaterial.tlogEntries[0].integratedTime = '946684800';
    });
    expect(accepted(verify(forged, [sigstore.trustRoot])).signedAt).toBe(
      accepted(verify(messageV2, [sigstore.trustRoot])).signedAt,
    );
  });

  test('a log index outside the inclusion proof is not told', () => {
    const forged = changed(messageV2, (copy) => {
      copy.verificationMaterial.tlogEntries[0].logIndex = '1';
    });
    const honest = accepted(verify(messageV2, [sigstore.trustRoot]));
    expect(accepted(verify(forged, [sigstore.trustRoot])).logIndex).toBe(honest.logIndex);
  });

  test('the earliest of several proven times is the signing time', async () => {
    const bundle = await sign('message', 1, true);
    const result = accepted(verify(bundle, [sigstore.trustRoot]));
    const logged = Number(bundle.verificationMaterial.tlogEntries[0]?.integratedTime) * 1000;
    expect(Date.parse(result.signedAt ?? '')).toBeLessThanOrEqual(logged);
  });
});

describe('several roots', () => {
  test('the one that knows the issuer decides, whatever its place', async () => {
    const other = await startPrivateSigstore();
    await other.close();
    const roots = [{ ...other.trustRoot, name: 'other' }, sigstore.trustRoot];
    expect(accepted(verify(messageV1, roots)).root).toBe('private-sigstore');
    expect(accepted(verify(messageV1, roots.toReversed())).root).toBe('private-sigstore');
  });

  test('a broken root beside a good one does no harm', () => {
    const broken = { ...sigstore.trustRoot, name: 'broken', trustedRoot: { mediaType: 'nonsense' } };
    accepted(verify(messageV1, [broken, sigstore.trustRoot]));
  });

  test('the same authority under a stricter and a looser root: one that is satisfied is enough', () => {
    const strict = { ...sigstore.trustRoot, name: 'strict', thresholds: { tlog: 2, ctlog: 1, timestamp: 1 } };
    expect(verify(messageV1, [strict])).toMatchObject({ ok: false, code: 'TLOG_INVALID' });
    expect(accepted(verify(messageV1, [strict, sigstore.trustRoot])).root).toBe('private-sigstore');
  });

  test('thresholds 0/0/1, as for GitHub’s own Sigstore, take a bundle that has a timestamp only', () => {
    const timestampOnly = changed(messageV2, (copy) => {
      copy.verificationMaterial.tlogEntries = [];
    });
    const github = { ...sigstore.trustRoot, thresholds: { tlog: 0, ctlog: 0, timestamp: 1 } };
    expect(accepted(verify(timestampOnly, [github]))).toMatchObject({ logIndex: null, logId: null });
    expect(verify(timestampOnly, [sigstore.trustRoot])).toMatchObject({ ok: false, code: 'TLOG_INVALID' });
  });
});
