import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { gitHubToken, type PrivateSigstore, startPrivateSigstore } from '../fixtures/sigstore/private-sigstore.ts';
import { signPayload, statementAbout } from '../fixtures/sigstore/sign-payload.ts';
import {
  expectAnswer,
  json,
  PRIVATE_HOST,
  type Registries,
  redirect,
  SERVER,
  SICK_ANSWERS,
  startRegistries,
} from './support/registries.ts';

const LABEL = 'io.modelcontextprotocol.server.name';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const sha256 = (bytes: string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

let registries: Registries;
let sigstore: PrivateSigstore;
beforeAll(async () => {
  [registries, sigstore] = await Promise.all([startRegistries(), startPrivateSigstore()]);
});
afterEach(() => registries.web.clear());
afterAll(() => Promise.all([registries.close(), sigstore.close()]));

const BASE = 'https://ghcr.io/v2/acme/weather';
const pkg = (reference = '1.2.3') => ({
  registryType: 'oci',
  identifier: `ghcr.io/acme/weather${reference.includes(':') ? '@' : ':'}${reference}`,
});

/** Puts a document where its digest says, and answers with that. */
function blob(document: object | string, base = BASE): string {
  const body = typeof document === 'string' ? document : JSON.stringify(document);
  registries.web.set(`${base}/blobs/${sha256(body)}`, { body });
  return sha256(body);
}

function manifest(document: object, { type = IMAGE, tag = '', base = BASE } = {}): string {
  const body = JSON.stringify({ schemaVersion: 2, mediaType: type, ...document });
  const answer = { headers: { 'content-type': type }, body };
  registries.web.set(`${base}/manifests/${sha256(body)}`, answer);
  if (tag) registries.web.set(`${base}/manifests/${tag}`, answer);
  return sha256(body);
}

type Push = { labels?: object; annotations?: object; tag?: string; base?: string };
/** An image as `docker push` leaves it. */
const push = ({ labels, annotations, tag = '1.2.3', base = BASE }: Push = {}) =>
  manifest({ config: { digest: blob({ config: { Labels: labels } }, base) }, annotations }, { tag, base });

const named = { [LABEL]: SERVER };

describe('an image', () => {
  test('with the label is its own; its tag is resolved to a digest, with the advice to pin it', async () => {
    const digest = push({ labels: named });
    const { ownership, digest: resolved } = await registries.check(pkg());
    expect(ownership).toMatchObject({ state: 'proven', code: 'NAME_MATCHES', label: 'oci ghcr.io/acme/weather:1.2.3' });
    expectAnswer(resolved, 'DIGEST_KNOWN', new RegExp(`points to ${digest}.*write @${digest} into the identifier`));
    expect(resolved.facts).toMatchObject({
      isPinned: false,
      digests: [{ name: 'ghcr.io/acme/weather:1.2.3', digest }],
      resolvedAt: '2026-11-20T10:00:00.000Z',
    });
  });

  test('without a tag is the latest one', async () => {
    push({ labels: named, tag: 'latest' });
    const { ownership, digest } = await registries.check({ registryType: 'oci', identifier: 'ghcr.io/acme/weather' });
    expect(ownership.code).toBe('NAME_MATCHES');
    expect(digest.facts).toMatchObject({ digests: [{ name: 'ghcr.io/acme/weather:latest' }] });
  });

  test('that is pinned is what its digest says', async () => {
    const digest = push({ labels: named });
    const { ownership, digest: pinned } = await registries.check(pkg(digest));
    expect(ownership.code).toBe('NAME_MATCHES');
    expectAnswer(pinned, 'DIGEST_KNOWN', /is the image that its digest says/);
    expect(pinned.facts).toMatchObject({ isPinned: true });
  });

  test.each([`sha256:${'0'.repeat(64)}`, `sha512:${'0'.repeat(128)}`])(
    'that is other content than its digest %.12s… is refused',
    async (digest) => {
      push({ labels: named });
      registries.web.set(`${BASE}/manifests/${digest}`, json({ schemaVersion: 2, config: {} }));
      const { ownership, digest: pinned } = await registries.check(pkg(digest));
      expectAnswer(ownership, 'DIGEST_MISMATCH', /other content than sha/);
      expect(pinned.state).not.toBe('proven');
    },
  );

  test.each<[string, Push, string, RegExp]>([
    [
      'no label',
      {},
      'NAME_MISSING',
      /Add LABEL io\.modelcontextprotocol\.server\.name="com\.example\/weather" to its Dockerfile/,
    ],
    ['other labels', { labels: { maintainer: SERVER } }, 'NAME_MISSING', /Add LABEL/],
    ['another server', { labels: { [LABEL]: 'com.example/news' } }, 'NAME_DIFFERS', /com\.example\/news/],
    ['the name with more behind it', { labels: { [LABEL]: `${SERVER}2` } }, 'NAME_DIFFERS', /weather2/],
    ['the name in another case', { labels: { [LABEL]: 'com.example/Weather' } }, 'NAME_CASE', /case/],
    [
      'the name as label and another as annotation',
      { labels: named, annotations: { [LABEL]: 'com.example/news' } },
      'NAME_DIFFERS',
      /news/,
    ],
  ])('with %s is not', async (_, image, code, sentence) => {
    push(image);
    expectAnswer((await registries.check(pkg())).ownership, code as never, sentence);
  });

  test('with an annotation alone is its own', async () => {
    push({ annotations: named });
    expect((await registries.check(pkg())).ownership.code).toBe('NAME_MATCHES');
  });

  test('for several platforms is judged by that for Linux on x64; its digest is that of the index', async () => {
    const on = (os: string, architecture: string, digest: string) => ({ digest, platform: { os, architecture } });
    const arm = push({ labels: { [LABEL]: 'com.example/arm' }, tag: '' });
    const x64 = push({ labels: named, tag: '' });
    const manifests = [on('unknown', 'unknown', sha256('sbom')), on('linux', 'arm64', arm), on('linux', 'amd64', x64)];
    const index = manifest({ manifests }, { type: INDEX, tag: '1.2.3' });
    const { ownership, digest } = await registries.check(pkg());
    expect(ownership.code).toBe('NAME_MATCHES');
    expect(digest.facts).toMatchObject({ digests: [{ digest: index }] });
    expect(registries.web.requests.map(({ url }) => url)).not.toContain(`${BASE}/manifests/${arm}`);
  });

  test('that is not there, or not for everybody, is not found', async () => {
    expectAnswer((await registries.check(pkg())).ownership, 'PACKAGE_NOT_FOUND', /make acme\/weather public/);
    registries.web.set(`${BASE}/manifests/1.2.3`, { status: 403, body: 'denied' });
    expect((await registries.check(pkg())).ownership.code).toBe('PACKAGE_NOT_FOUND');
  });

  test.each<[string, () => void]>([
    ['an index without images', () => manifest({ manifests: [{ digest: 'x' }] }, { type: INDEX, tag: '1.2.3' })],
    [
      'an index with an image that is not there',
      () => manifest({ manifests: [{ digest: sha256('gone') }] }, { type: INDEX, tag: '1.2.3' }),
    ],
    ['an image of the first format', () => manifest({ history: [{ v1Compatibility: '{}' }] }, { tag: '1.2.3' })],
    ['a configuration that is not there', () => manifest({ config: { digest: sha256('x') } }, { tag: '1.2.3' })],
    ['a configuration that is no JSON', () => manifest({ config: { digest: blob('GIF89a') } }, { tag: '1.2.3' })],
    ['a digest with a path', () => manifest({ config: { digest: 'sha256:../../x' } }, { tag: '1.2.3' })],
  ])('that is %s proves nothing', async (_, make) => {
    make();
    const { ownership } = await registries.check(pkg());
    expect(ownership).toMatchObject({ state: 'failed', code: 'CONTENT_UNREADABLE' });
  });

  test('whose configuration is other content than its digest proves nothing', async () => {
    const digest = sha256(JSON.stringify({ config: { Labels: {} } }));
    registries.web.set(`${BASE}/blobs/${digest}`, json({ config: { Labels: named } }));
    manifest({ config: { digest } }, { tag: '1.2.3' });
    expect((await registries.check(pkg())).ownership.code).toBe('DIGEST_MISMATCH');
  });

  test('whose configuration is larger than is read proves nothing', async () => {
    manifest({ config: { digest: blob('{"x":"'.padEnd(9 * 1024 * 1024, 'x')) } }, { tag: '1.2.3' });
    expect((await registries.check(pkg())).ownership).toMatchObject({ state: 'failed', code: 'ANSWER_TOO_LARGE' });
  });

  test('whose blobs are on another host is read there, at a private address not', async () => {
    push({ labels: named });
    const body = JSON.stringify({ config: { Labels: named } });
    registries.web.set(`${BASE}/blobs/${sha256(body)}`, redirect('https://blobs.example/x'));
    registries.web.set('https://blobs.example/x', { body });
    expect((await registries.check(pkg())).ownership.code).toBe('NAME_MATCHES');
    registries.web.set(`${BASE}/blobs/${sha256(body)}`, redirect(`https://${PRIVATE_HOST}/x`));
    expectAnswer((await registries.check(pkg())).ownership, 'ADDRESS_REFUSED', /10\.0\.0\.5/);
  });

  test.each(SICK_ANSWERS.filter(([what]) => what !== 'status 403'))(
    'is not judged by %s',
    async (_, answer, code, sentence) => {
      registries.web.set(`${BASE}/manifests/1.2.3`, answer);
      expectAnswer((await registries.check(pkg())).ownership, code, sentence);
    },
  );
});

describe('an image registry that wants a token', () => {
  const HUB = 'https://registry-1.docker.io/v2/acme/weather';
  const hub = { registryType: 'oci', identifier: 'acme/weather:1.2.3' };
  const TOKEN = 'https://auth.docker.io/token?service=registry.docker.io&scope=repository%3Aacme%2Fweather%3Apull';

  const guard = (challenge: string) => {
    const digest = push({ labels: named, base: HUB });
    const config = sha256(JSON.stringify({ config: { Labels: named } }));
    for (const path of ['manifests/1.2.3', `manifests/${digest}`, `blobs/${config}`]) {
      const body = path.startsWith('blobs')
        ? JSON.stringify({ config: { Labels: named } })
        : JSON.stringify({ schemaVersion: 2, mediaType: IMAGE, config: { digest: config } });
      registries.web.set(`${HUB}/${path}`, (request, response) => {
        const isAllowed = request.headers.authorization === 'Bearer anonymous-token';
        response.writeHead(isAllowed ? 200 : 401, isAllowed ? {} : { 'www-authenticate': challenge });
        response.end(isAllowed ? body : '{}');
      });
    }
  };
  const CHALLENGE =
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:x/y:push"';

  test.each(['token', 'access_token'])(
    'gets it from the realm that it names, once, for pulling this image (%s)',
    async (key) => {
      guard(CHALLENGE);
      registries.web.set(TOKEN, json({ [key]: 'anonymous-token' }));
      const { ownership } = await registries.check(hub);
      expect(ownership).toMatchObject({ code: 'NAME_MATCHES', label: 'oci docker.io/acme/weather:1.2.3' });
      expect(registries.web.requests.filter(({ url }) => url === TOKEN)).toHaveLength(1);
    },
  );

  test.each<[string, string, string]>([
    ['at a private address', `Bearer realm="https://${PRIVATE_HOST}/token"`, 'ADDRESS_REFUSED'],
    ['at a private address as a number', 'Bearer realm="https://10.0.0.5/token"', 'ADDRESS_REFUSED'],
    ['over plain http', 'Bearer realm="http://auth.docker.io/token"', 'ADDRESS_REFUSED'],
    ['in a file', 'Bearer realm="file:///etc/passwd"', 'ADDRESS_REFUSED'],
    ['with credentials in it', 'Bearer realm="https://a:b@auth.docker.io/token"', 'ADDRESS_REFUSED'],
    ['that is no address', 'Bearer realm="token"', 'PACKAGE_NOT_FOUND'],
    ['of another scheme', 'Basic realm="https://auth.docker.io/token"', 'PACKAGE_NOT_FOUND'],
    ['that is empty', '', 'PACKAGE_NOT_FOUND'],
  ])('is not asked for one %s', async (_, challenge, code) => {
    guard(challenge);
    expect((await registries.check(hub)).ownership.code).toBe(code);
  });

  test.each<[string, object]>([
    ['is refused', { status: 401, body: '{}' }],
    ['is denied', { status: 403, body: '{}' }],
    ['is empty', json({ token: '' })],
    ['would split a header', json({ token: 'a\r\nx-evil: 1' })],
    ['does not help', json({ token: 'another-token' })],
  ])('whose token %s has no such image for everybody', async (_, answer) => {
    guard(CHALLENGE);
    registries.web.set(TOKEN, answer);
    expect((await registries.check(hub)).ownership.code).toBe('PACKAGE_NOT_FOUND');
  });

  test('keeps the token from the host that it redirects to', async () => {
    guard(CHALLENGE);
    registries.web.set(TOKEN, json({ token: 'anonymous-token' }));
    const body = JSON.stringify({ config: { Labels: named } });
    registries.web.set(`${HUB}/blobs/${sha256(body)}`, redirect('https://blobs.example/x'));
    registries.web.set('https://blobs.example/x', { body });
    expect((await registries.check(hub)).ownership.code).toBe('NAME_MATCHES');
    const redirected = registries.web.requests.find(({ url }) => url === 'https://blobs.example/x');
    expect(redirected!.headers.authorization).toBeUndefined();
  });
});

describe('which image registries are asked', () => {
  test.each([
    ['debian:12', 'https://registry-1.docker.io/v2/library/debian/manifests/12'],
    ['quay.io/acme/weather:1', 'https://quay.io/v2/acme/weather/manifests/1'],
    ['mcr.microsoft.com/acme/weather:1', 'https://mcr.microsoft.com/v2/acme/weather/manifests/1'],
    ['europe-docker.pkg.dev/acme/weather/server:1', 'https://europe-docker.pkg.dev/v2/acme/weather/server/manifests/1'],
    ['acme.azurecr.io/weather:1', 'https://acme.azurecr.io/v2/weather/manifests/1'],
  ])('%s', async (identifier, url) => {
    await registries.check({ registryType: 'oci', identifier });
    expect(registries.web.requests[0]!.url).toBe(url);
  });

  test.each([
    'registry.evil.example/acme/weather:1',
    'ghcr.io.evil.example/acme/weather:1',
    'ghcr.io:8443/acme/weather:1',
    'evilazurecr.io/weather:1',
    'localhost:5000/acme/weather:1',
    '10.0.0.5:5000/acme/weather:1',
    '169.254.169.254/latest/meta-data:1',
  ])('not %s', async (identifier) => {
    const { all } = await registries.check({ registryType: 'oci', identifier });
    expect(all.map(({ code }) => code)).toEqual(['REGISTRY_NOT_ASKED', 'REGISTRY_NOT_ASKED', 'REGISTRY_NOT_ASKED']);
    expect(all[0]!.state).toBe('not_offered');
    expect(registries.web.requests).toEqual([]);
  });

  test("the admin's own", async () => {
    const hosts = new Set(['images.corp.example']);
    push({ labels: named, base: 'https://images.corp.example/v2/acme/weather', tag: '1' });
    const own = { registryType: 'oci', identifier: 'images.corp.example/acme/weather:1' };
    expect((await registries.check(own, { settings: { hosts } })).ownership.code).toBe('NAME_MATCHES');
  });
});

describe('provenance of an image', () => {
  const check = (reference?: string) =>
    registries.check(pkg(reference), { repository: 'https://github.com/acme/weather', roots: [sigstore.trustRoot] });
  type Attest = { about?: string; name?: string; repository?: string; predicateType?: string; asTag?: boolean };
  async function attest(
    image: string,
    {
      about = image,
      name = 'ghcr.io/acme/weather',
      repository,
      predicateType = 'https://slsa.dev/provenance/v1',
      asTag,
    }: Attest = {},
  ): Promise<void> {
    const subject = [{ name, digest: { sha256: about.slice('sha256:'.length) } }];
    const token = gitHubToken({ repository });
    const bundle = await signPayload(sigstore, { payload: statementAbout('', { subject, predicateType }), token });
    const digest = manifest({ artifactType: BUNDLE, layers: [{ mediaType: BUNDLE, digest: blob(bundle) }] });
    const list = {
      manifests: [
        { artifactType: 'application/spdx', digest: 'x' },
        { artifactType: BUNDLE, digest },
      ],
    };
    if (asTag) manifest(list, { type: INDEX, tag: image.replace(':', '-') });
    else registries.web.set(`${BASE}/referrers/${image}`, json({ mediaType: INDEX, ...list }));
  }

  test.each([
    ['listed by the registry', false],
    ['under a tag', true],
  ])('%s, from the repository of the manifest, matches', async (_, asTag) => {
    await attest(push({ labels: named }), { asTag });
    const { provenance } = await check();
    expectAnswer(provenance, 'PROVENANCE_MATCHES', /built from https:\/\/github\.com\/acme\/weather/);
  });

  test.each<[string, Attest, string]>([
    ['another repository', { repository: 'evil/weather' }, 'PROVENANCE_MISMATCH'],
    ['another image', { about: sha256('another') }, 'PROVENANCE_INVALID'],
    ['another name', { name: 'ghcr.io/acme/news' }, 'PROVENANCE_INVALID'],
    ['something else than provenance', { predicateType: 'https://spdx.dev/Document' }, 'PROVENANCE_ABSENT'],
  ])('for %s does not count', async (_, attestation, code) => {
    await attest(push({ labels: named }), attestation);
    const { provenance, ownership } = await check();
    expect(provenance.code).toBe(code);
    expect(ownership.state).toBe('proven');
  });

  test('is absent where nothing refers to the image', async () => {
    push({ labels: named });
    expectAnswer((await check()).provenance, 'PROVENANCE_ABSENT', /actions\/attest with push-to-registry/);
  });

  test('is unreachable where the registry fails', async () => {
    const digest = push({ labels: named });
    registries.web.set(`${BASE}/referrers/${digest}`, { status: 500 });
    expect((await check()).provenance).toMatchObject({ state: 'unreachable', code: 'REGISTRY_FAILED' });
  });
});
