import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PackageCheckCode } from '#lib/packages/index.ts';
import { gitHubToken, type PrivateSigstore, startPrivateSigstore } from '../fixtures/sigstore/private-sigstore.ts';
import { signPayload, statementAbout } from '../fixtures/sigstore/sign-payload.ts';
import {
  expectAnswer,
  HTML,
  json,
  PRIVATE_HOST,
  type Registries,
  redirect,
  SERVER,
  startRegistries,
} from './support/registries.ts';

// biome-ignore lint/suspicious/noExplicitAny: bundles are changed in ways that no type would allow
type Json = any;

const REPOSITORY = 'https://github.com/acme/weather';
const SLSA = 'https://slsa.dev/provenance/v1';
const PUBLISH = 'https://docs.pypi.org/attestations/publish/v1';
const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

let registries: Registries;
let sigstore: PrivateSigstore;
beforeAll(async () => {
  [registries, sigstore] = await Promise.all([startRegistries(), startPrivateSigstore()]);
});
afterEach(() => registries.web.clear());
afterAll(() => Promise.all([registries.close(), sigstore.close()]));

type Signed = { subject: object[]; predicateType?: string; repository?: string };
const sign = ({ subject, predicateType = SLSA, repository = 'acme/weather' }: Signed): Promise<Json> =>
  signPayload(sigstore, {
    payload: statementAbout('', { subject, predicateType }),
    token: gitHubToken({ repository }),
  });

describe('npm provenance', () => {
  const TARBALL = hash('sha512', 'the tarball');
  const PURL = 'pkg:npm/%40acme/weather@1.2.3';
  const VERSION_URL = 'https://registry.npmjs.org/@acme%2fweather/1.2.3';
  const ATTESTATIONS_URL = 'https://registry.npmjs.org/-/npm/v1/attestations/@acme%2fweather@1.2.3';
  const pkg = { registryType: 'npm', identifier: '@acme/weather', version: '1.2.3' };
  const integrity = `sha512-${Buffer.from(TARBALL, 'hex').toString('base64')}`;

  const publish = (dist: object = {}) =>
    registries.web.set(
      VERSION_URL,
      json({ name: '@acme/weather', version: '1.2.3', mcpName: SERVER, dist: { integrity, ...dist } }),
    );
  const attest = (...attestations: object[]) => registries.web.set(ATTESTATIONS_URL, json({ attestations }));
  const check = (repository: string | undefined = REPOSITORY) =>
    registries.check(pkg, { repository, roots: [sigstore.trustRoot] });
  const subject = [{ name: PURL, digest: { sha512: TARBALL } }];

  test('from the repository of the manifest matches, and says what was seen', async () => {
    publish();
    attest(
      { predicateType: 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1', bundle: { keyed: true } },
      { predicateType: SLSA, bundle: await sign({ subject }) },
    );
    const { provenance } = await check(`${REPOSITORY}.git`);
    expectAnswer(
      provenance,
      'PROVENANCE_MATCHES',
      /was built from https:\/\/github.com\/acme\/weather, commit 3f2c1ab/,
    );
    expect(provenance).toMatchObject({
      state: 'proven',
      facts: { repository: REPOSITORY, repositoryId: '1001', ref: 'refs/tags/v1.0.0', root: 'private-sigstore' },
    });
  });

  test('without a repository in the manifest holds, but is not compared', async () => {
    publish();
    attest({ predicateType: SLSA, bundle: await sign({ subject }) });
    const { provenance } = await registries.check(pkg, { roots: [sigstore.trustRoot] });
    expectAnswer(provenance, 'PROVENANCE_NOT_COMPARED', /the manifest names no repository/);
  });

  test.each<[string, PackageCheckCode, RegExp, () => Promise<object>]>([
    [
      'another repository',
      'PROVENANCE_MISMATCH',
      /built from https:\/\/github.com\/evil\/weather.*manifest names https:\/\/github.com\/acme\/weather/,
      async () => ({ predicateType: SLSA, bundle: await sign({ subject, repository: 'evil/weather' }) }),
    ],
    [
      'a repository that begins the same',
      'PROVENANCE_MISMATCH',
      /acme\/weather-evil/,
      async () => ({ predicateType: SLSA, bundle: await sign({ subject, repository: 'acme/weather-evil' }) }),
    ],
    [
      'another file',
      'PROVENANCE_INVALID',
      /does not hold/,
      async () => ({
        predicateType: SLSA,
        bundle: await sign({ subject: [{ name: PURL, digest: { sha512: hash('sha512', 'another') } }] }),
      }),
    ],
    [
      'another package with the same file',
      'PROVENANCE_INVALID',
      /is for pkg:npm\/%40acme\/news@1\.2\.3, not for npm @acme\/weather 1\.2\.3/,
      async () => ({
        predicateType: SLSA,
        bundle: await sign({ subject: [{ name: 'pkg:npm/%40acme/news@1.2.3', digest: { sha512: TARBALL } }] }),
      }),
    ],
    [
      'another version with the same file',
      'PROVENANCE_INVALID',
      /weather@1\.2\.4/,
      async () => ({
        predicateType: SLSA,
        bundle: await sign({ subject: [{ name: 'pkg:npm/%40acme/weather@1.2.4', digest: { sha512: TARBALL } }] }),
      }),
    ],
    [
      'no name of its subject',
      'PROVENANCE_INVALID',
      /a file without a name/,
      async () => ({ predicateType: SLSA, bundle: await sign({ subject: [{ digest: { sha512: TARBALL } }] }) }),
    ],
    [
      'another predicate than it is listed under',
      'PROVENANCE_INVALID',
      /is no provenance but https:\/\/example.com\/sbom/,
      async () => ({ predicateType: SLSA, bundle: await sign({ subject, predicateType: 'https://example.com/sbom' }) }),
    ],
    [
      'an edited payload',
      'PROVENANCE_INVALID',
      /does not hold/,
      async () => {
        const bundle = await sign({ subject });
        bundle.dsseEnvelope.payload = Buffer.from(
          Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('acme', 'evil'),
        ).toString('base64');
        return { predicateType: SLSA, bundle };
      },
    ],
    ['no bundle', 'PROVENANCE_INVALID', /does not hold/, async () => ({ predicateType: SLSA })],
    ['a text for a bundle', 'PROVENANCE_INVALID', /does not hold/, async () => ({ predicateType: SLSA, bundle: 'x' })],
  ])('with %s does not count', async (_, code, sentence, make) => {
    publish();
    attest((await make()) as object);
    const { provenance, ownership } = await check();
    expectAnswer(provenance, code, sentence);
    expect(provenance.state).toBe('failed');
    expect(ownership.state).toBe('proven');
  });

  test('under a root that is not trusted does not hold', async () => {
    publish();
    attest({ predicateType: SLSA, bundle: await sign({ subject }) });
    const { provenance } = await registries.check(pkg, { repository: REPOSITORY, roots: [] });
    expect(provenance).toMatchObject({ code: 'PROVENANCE_INVALID', facts: { cause: 'NO_TRUSTED_ROOT' } });
  });

  test('under a root of another namespace does not hold', async () => {
    publish();
    attest({ predicateType: SLSA, bundle: await sign({ subject }) });
    const bound = (namespaces: string[]) =>
      registries.check(pkg, { repository: REPOSITORY, roots: [{ ...sigstore.trustRoot, namespaces }] });
    expect((await bound(['com.other'])).provenance.code).toBe('PROVENANCE_INVALID');
    expect((await bound(['com.example'])).provenance.code).toBe('PROVENANCE_MATCHES');
  });

  test('one that holds is enough beside one that does not', async () => {
    publish();
    attest({ predicateType: SLSA, bundle: {} }, { predicateType: SLSA, bundle: await sign({ subject }) });
    expect((await check()).provenance.code).toBe('PROVENANCE_MATCHES');
  });

  test('cannot be held against a package without a sha512', async () => {
    publish({ integrity: undefined, shasum: 'a'.repeat(40) });
    attest({ predicateType: SLSA, bundle: await sign({ subject }) });
    expectAnswer((await check()).provenance, 'PROVENANCE_INVALID', /no sha512/);
  });

  const signatures = [{ keyid: 'SHA256:x', sig: 'y' }];
  test.each<[string, object, PackageCheckCode, string]>([
    ['a mirror that carries neither signatures nor attestations', {}, 'NOT_OFFERED', 'not_offered'],
    ['a registry that signs and knows of none', { signatures }, 'PROVENANCE_ABSENT', 'absent'],
    ['one that says there is some', { signatures, attestations: { url: 'x' } }, 'PROVENANCE_WITHHELD', 'unreachable'],
  ])('that is not found on %s: %s', async (_, dist, code, state) => {
    publish(dist as object);
    expect((await check()).provenance).toMatchObject({ code, state });
  });

  test('is absent where only the publication is attested', async () => {
    publish();
    attest({ predicateType: 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1', bundle: {} });
    expect((await check()).provenance).toMatchObject({ state: 'absent', code: 'PROVENANCE_ABSENT' });
  });

  test.each<[string, object, PackageCheckCode]>([
    ['status 500', { status: 500 }, 'REGISTRY_FAILED'],
    ['status 429', { status: 429 }, 'REGISTRY_FAILED'],
    ['a page', HTML, 'ANSWER_UNREADABLE'],
    ['three megabytes', { body: 'x'.repeat(3 * 1024 * 1024) }, 'ANSWER_TOO_LARGE'],
    ['a redirect to a private address', redirect(`https://${PRIVATE_HOST}/`), 'ADDRESS_REFUSED'],
  ])('that is answered with %s leaves ownership alone', async (_, answer, code) => {
    publish();
    registries.web.set(ATTESTATIONS_URL, answer);
    const { provenance, ownership, digest } = await check();
    expect(provenance.code).toBe(code);
    expect([ownership.state, digest.state]).toEqual(['proven', 'proven']);
  });
});

describe('PyPI attestations', () => {
  const WHEEL = 'acme_weather-1.2.3-py3-none-any.whl';
  const SDIST = 'acme_weather-1.2.3.tar.gz';
  const sha256 = (file: string) => hash('sha256', file);
  const pkg = { registryType: 'pypi', identifier: 'Acme.Weather', version: '1.2.3' };
  const provenanceUrl = (file: string) => `https://pypi.org/integrity/acme-weather/1.2.3/${file}/provenance`;

  const publish = (...files: string[]) =>
    registries.web.set(
      'https://pypi.org/pypi/acme-weather/1.2.3/json',
      json({
        info: { name: 'acme-weather', description: `mcp-name: ${SERVER}` },
        urls: files.map((filename) => ({ filename, digests: { sha256: sha256(filename) } })),
      }),
    );
  const attest = async (file: string, { signed = file, repository = 'acme/weather', predicateType = PUBLISH } = {}) => {
    const subject = [{ name: signed, digest: { sha256: sha256(file) } }];
    const attestation = toPep740(await sign({ subject, predicateType, repository }));
    const publisher = { kind: 'GitHub', repository: 'acme/weather', workflow: 'release.yml' };
    const body = { version: 1, attestation_bundles: [{ publisher, attestations: [attestation] }] };
    registries.web.set(provenanceUrl(file), json(body));
  };
  const none = (file: string) =>
    registries.web.set(provenanceUrl(file), json({ message: `No provenance available for ${file}` }, 404));
  const check = () => registries.check(pkg, { repository: REPOSITORY, roots: [sigstore.trustRoot] });

  test('of every file, from the repository of the manifest, match', async () => {
    publish(WHEEL, SDIST);
    await attest(WHEEL);
    await attest(SDIST, { predicateType: SLSA });
    const { provenance } = await check();
    expectAnswer(provenance, 'PROVENANCE_MATCHES', /was built from https:\/\/github.com\/acme\/weather/);
    expect(provenance.facts).toMatchObject({ files: 2, repository: REPOSITORY });
  });

  test('take the name of a file as PyPI does', async () => {
    publish(WHEEL);
    await attest(WHEEL, { signed: 'Acme.Weather-1.2.3-py3-none-any.whl' });
    expect((await check()).provenance.code).toBe('PROVENANCE_MATCHES');
  });

  test('of one file from another repository fail the release, whatever the index says of the publisher', async () => {
    publish(WHEEL, SDIST);
    await attest(WHEEL);
    await attest(SDIST, { repository: 'evil/weather' });
    expectAnswer((await check()).provenance, 'PROVENANCE_MISMATCH', /evil\/weather/);
  });

  test('of one file that are about another fail the release', async () => {
    publish(WHEEL, SDIST);
    await attest(WHEEL);
    await attest(SDIST, { signed: 'acme_news-1.2.3.tar.gz' });
    expectAnswer((await check()).provenance, 'PROVENANCE_INVALID', /is for acme_news-1\.2\.3\.tar\.gz/);
  });

  test('of a part of the files are named as such', async () => {
    publish(WHEEL, SDIST);
    await attest(WHEEL);
    none(SDIST);
    const { provenance } = await check();
    expectAnswer(provenance, 'PROVENANCE_PARTIAL', /1 of 2 files.*acme_weather-1\.2\.3\.tar\.gz/);
    expect(provenance.state).toBe('absent');
  });

  test('are absent where PyPI says so, and not offered where there is no such page', async () => {
    publish(WHEEL);
    none(WHEEL);
    expect((await check()).provenance).toMatchObject({ state: 'absent', code: 'PROVENANCE_ABSENT' });
    registries.web.set(provenanceUrl(WHEEL), { status: 404, body: '<h1>Not found</h1>' });
    expect((await check()).provenance).toMatchObject({ state: 'not_offered', code: 'NOT_OFFERED' });
  });

  test.each([
    ['no envelope', (a: Json) => delete a.envelope],
    ['another version of the format', (a: Json) => (a.version = 2)],
    ['no certificate', (a: Json) => delete a.verification_material.certificate],
    ['another signature', (a: Json) => (a.envelope.signature = Buffer.from('x').toString('base64'))],
  ])('with %s do not hold', async (_, change) => {
    publish(WHEEL);
    const subject = [{ name: WHEEL, digest: { sha256: sha256(WHEEL) } }];
    const attestation = toPep740(await sign({ subject, predicateType: PUBLISH }));
    change(attestation);
    registries.web.set(provenanceUrl(WHEEL), json({ attestation_bundles: [{ attestations: [attestation] }] }));
    expectAnswer((await check()).provenance, 'PROVENANCE_INVALID', /does not hold/);
  });
});

/** PEP 740's arrangement of a Sigstore bundle. */
function toPep740(bundle: Json): Json {
  const { certificate, x509CertificateChain, tlogEntries } = bundle.verificationMaterial;
  return {
    version: 1,
    verification_material: {
      certificate: (certificate ?? x509CertificateChain.certificates[0]).rawBytes,
      transparency_entries: tlogEntries,
    },
    envelope: { statement: bundle.dsseEnvelope.payload, signature: bundle.dsseEnvelope.signatures[0].sig },
  };
}
