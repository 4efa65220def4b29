import { ensure, expectRefusal, expectStatus } from '../assertions.ts';
import type { Answer } from '../http-client.ts';
import { versionOf } from '../items.ts';
import { type Registry, versionPath, versionsPath } from '../registry.ts';
import { inArea, SOURCES } from './define.ts';

const NOBODY = 'org.conformance/no-such-server';

/** Where a redirect leads, against the address that was asked. Null for an answer that is none. */
function targetOf(answer: Answer): URL | null {
  const location = answer.headers.get('location');
  return location === null ? null : new URL(location, answer.url);
}

async function expectRedirect(registry: Registry, { path, method }: { path: string; method: string }) {
  const [bare, query = ''] = path.split('?');
  const answer = await registry.get(path, {
    method,
    ...(method === 'GET' ? {} : { body: '{}', headers: { 'content-type': 'application/json' } }),
  });
  expectStatus(answer, 308);
  const { pathname, search } = new URL(
    `${registry.http.baseUrl}${bare!.replace(/\/$/, '')}${query ? `?${query}` : ''}`,
  );
  const target = targetOf(answer);
  const seen = answer.headers.get('location') ?? 'no Location';
  ensure(`${target?.pathname}${target?.search}` === `${pathname}${search}`, answer, `${pathname}${search}`, seen);
}

export const encodingCases = inArea('encoding', [
  {
    id: 'encoding-slash',
    title: 'The slash of a name may be `%2F` or `%2f`',
    why: 'Every client encodes it; proxies and frameworks like to decode it too early.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { name, key } = await registry.known();
      for (const slash of ['%2F', '%2f']) {
        const answer = await registry.get(`/v0.1/servers/${name.replace('/', slash)}/versions/latest`);
        const found = versionOf(answer);
        ensure(found.key === key, answer, key, found.key);
      }
    },
  },
  {
    id: 'encoding-unknown-server',
    title: 'An unknown server is 404 in JSON, for versions, latest and a version',
    why: 'Clients tell "not listed" from "the registry is down" by it.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      for (const path of [versionsPath(NOBODY), versionPath(NOBODY, 'latest'), versionPath(NOBODY, '1.0.0')]) {
        expectRefusal(await registry.get(path), 404);
      }
    },
  },
  {
    id: 'encoding-unknown-version',
    title: 'An unknown version of a known server is 404 in JSON',
    why: 'A client with a pinned version must learn that it is gone.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { name } = await registry.known();
      expectRefusal(await registry.get(versionPath(name, '0.0.0-conformance.none')), 404);
    },
  },
  {
    id: 'encoding-unknown-path',
    title: 'An unknown path below the API is 404 in JSON, no page',
    why: 'A client that probes for a route reads HTML as an answer.',
    reference: SOURCES.official,
    level: 'should',
    async run(registry) {
      for (const path of ['/v0.1/no-such-endpoint', '/v0.1/servers/a/b/c/d/e']) {
        expectRefusal(await registry.get(path), 404);
      }
    },
  },
  {
    id: 'encoding-trailing-slash',
    title: 'A slash at the end is redirected with 308, with method and query',
    why: 'An administrator who types it gets the public gallery in VS Code, without a word; 301 turns a POST into a GET.',
    reference: `${SOURCES.official}; microsoft/vscode issue 283525`,
    level: 'should',
    async run(registry) {
      const { name } = await registry.known();
      await expectRedirect(registry, { method: 'GET', path: '/v0.1/servers/?limit=1' });
      await expectRedirect(registry, { method: 'GET', path: `${versionPath(name, 'latest')}/` });
      await expectRedirect(registry, { method: 'POST', path: '/v0.1/publish/' });
    },
  },
  {
    id: 'encoding-open-redirect',
    title: 'No redirect leads to another host',
    why: 'A link to the registry would take people and tokens elsewhere (GHSA-v8vw-gw5j-w7m6).',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      const host = new URL(registry.http.baseUrl).host;
      const paths = [
        '//evil.example/',
        '//evil.example/v0.1/servers/',
        '/v0.1//evil.example/',
        '/v0.1/%2F%2Fevil.example/',
      ];
      for (const path of [...paths, '/v0.1/servers/%2F%2Fevil.example/', '/%5Cevil.example/']) {
        const answer = await registry.get(path);
        const target = targetOf(answer);
        ensure(!target || target.host === host, answer, `no redirect, or one to ${host}`, `to ${target}`);
      }
    },
  },
  {
    id: 'encoding-nul',
    title: 'A NUL byte in path or query is refused with 400',
    why: 'Databases fail on it, which shows as 500.',
    reference: SOURCES.official,
    level: 'should',
    async run(registry) {
      const { name } = await registry.known();
      const paths = ['/v0.1/servers?search=a%00b', `${versionsPath(`${name}\0`)}`, versionPath(name, '1.0.0\0')];
      for (const path of paths) expectRefusal(await registry.get(path), 400);
    },
  },
  {
    id: 'encoding-broken',
    title: 'A broken percent-encoding in the path is refused with 400',
    why: 'A fault of the caller that shows as 500, or as a page, sends people looking in the wrong place.',
    reference: SOURCES.urls,
    level: 'should',
    async run(registry) {
      for (const part of ['%zz', '%E0%A4%A', '%']) {
        expectRefusal(await registry.get(`/v0.1/servers/${part}/versions/latest`), 400);
      }
    },
  },
  {
    id: 'encoding-plus',
    title: 'A version with build metadata is read with `%2B`, and with a bare `+`',
    why: 'In a path a plus is a plus. Clients that encode and clients that do not both exist.',
    reference: `${SOURCES.openapi}; ${SOURCES.urls}`,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const { name, key } = await writer.publish(writer.name('plus'), '1.0.0+build.5');
      for (const version of ['1.0.0%2Bbuild.5', '1.0.0+build.5']) {
        const answer = await registry.get(`${versionsPath(name)}/${version}`);
        const found = versionOf(answer);
        ensure(found.key === key, answer, key, found.key);
      }
    },
  },
  {
    id: 'encoding-latest-reserved',
    title: 'A version named `latest` cannot be published',
    why: 'It could never be read: the address means something else.',
    reference: SOURCES.versioning,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const name = writer.name('reserved');
      expectRefusal(await writer.send(writer.manifest(name, 'latest')), 400, 422);
    },
  },
]);
