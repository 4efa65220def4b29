import { ensure, expectStatus } from '../assertions.ts';
import type { Answer } from '../http-client.ts';
import { listPath, type Registry, versionPath, versionsPath } from '../registry.ts';
import { inArea, SOURCES } from './define.ts';

/** The three readings. */
async function readPaths(registry: Registry): Promise<string[]> {
  const { name, version } = await registry.known();
  return [listPath({ limit: '5' }), versionsPath(name), versionPath(name, version)];
}

function etagOf(answer: Answer): string {
  expectStatus(answer, 200);
  const etag = answer.headers.get('etag') ?? '';
  ensure(/^"[\x21\x23-\x7e]+"$/.test(etag), answer, 'a strong ETag', etag || 'none');
  return etag;
}

export const cachingCases = inArea('caching', [
  {
    id: 'caching-etag',
    title: 'List, versions and detail have a strong ETag, the same for the same answer',
    why: 'Without it every look of every client fetches everything again.',
    reference: SOURCES.caching,
    level: 'should',
    async run(registry) {
      for (const path of await readPaths(registry)) {
        const first = await registry.get(path);
        const second = await registry.get(path);
        const [expected, seen] = [etagOf(first), etagOf(second)];
        ensure(expected === seen || first.text !== second.text, second, expected, seen);
      }
    },
  },
  {
    id: 'caching-not-modified',
    title: 'If-None-Match with that ETag is answered with 304 without a body, with another one with 200',
    why: 'A 304 to a tag of another answer leaves a client with what was revoked.',
    reference: SOURCES.caching,
    level: 'should',
    async run(registry) {
      for (const path of await readPaths(registry)) {
        const etag = etagOf(await registry.get(path));
        for (const tags of [etag, `"other", ${etag}`, `W/${etag}`]) {
          const answer = await registry.get(path, { headers: { 'if-none-match': tags } });
          expectStatus(answer, 304);
          ensure(answer.text === '', answer, 'no body', answer.text);
        }
        expectStatus(await registry.get(path, { headers: { 'if-none-match': '"another"' } }), 200);
      }
    },
  },
  {
    id: 'caching-control',
    title: 'List, versions and detail say in Cache-Control how long they may be kept',
    why: 'Caches guess otherwise, and nobody knows when a revocation arrives.',
    reference: SOURCES.caching,
    level: 'should',
    async run(registry) {
      for (const path of await readPaths(registry)) {
        const answer = await registry.get(path);
        expectStatus(answer, 200);
        const control = answer.headers.get('cache-control') ?? '';
        const isSaid = /\b(?:max-age=\d+|no-cache|no-store)\b/.test(control);
        ensure(isSaid, answer, 'a Cache-Control with max-age, no-cache or no-store', control || 'none');
      }
    },
  },
  {
    id: 'caching-errors',
    title: 'Refusals are not kept: Cache-Control is no-store',
    why: 'A server that was just published stays unknown to whoever asked a minute early.',
    reference: SOURCES.caching,
    level: 'should',
    async run(registry) {
      const paths = [versionsPath('org.conformance/no-such-server'), listPath({ updated_since: 'yesterday' })];
      for (const path of paths) {
        const answer = await registry.get(path);
        ensure(answer.status >= 400 && answer.status < 500, answer, 'status 4xx', `status ${answer.status}`);
        const control = answer.headers.get('cache-control') ?? '';
        ensure(/\bno-store\b/.test(control), answer, 'Cache-Control: no-store', control || 'none');
      }
    },
  },
  {
    id: 'caching-changes',
    title: 'A change of status changes the ETag',
    why: 'A cache would confirm for ever what was deprecated.',
    reference: SOURCES.caching,
    level: 'should',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const { name } = await writer.publish(writer.name('etag'), '1.0.0');
      const path = versionPath(name, '1.0.0');
      const before = etagOf(await registry.get(path));
      await writer.changeStatus(name, '1.0.0', { status: 'deprecated' });
      expectStatus(await registry.get(path, { headers: { 'if-none-match': before } }), 200);
    },
  },
]);
