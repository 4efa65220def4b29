import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { OFFICIAL_META, officialMetaSchema, problemSchema, servedManifestSchema } from '#lib/http/registry/schemas.ts';
import { manifestSchema } from '#lib/manifest/index.ts';
import {
  ensure,
  expectJsonType,
  expectRefusal,
  expectStatus,
  isObject,
  jsonOf,
  parseBody,
  parseValue,
} from '../assertions.ts';
import type { Answer } from '../http-client.ts';
import { type Item, pageOf, timeOf, versionOf } from '../items.ts';
import { CaseSkip } from '../outcome.ts';
import { listPath, type Registry, versionPath, versionsPath } from '../registry.ts';
import { inArea, SOURCES } from './define.ts';

/** `_meta` and `metadata` have cases of their own. */
const response = z.looseObject({ server: servedManifestSchema });
const list = z.looseObject({ servers: z.array(response) });

/** The three readings of a known server, as items with the answer that they came in. */
async function readings(registry: Registry): Promise<{ answer: Answer; items: Item[] }[]> {
  const { name, version } = await registry.known();
  const page = await registry.page({ limit: '100', version: 'latest' });
  const versions = pageOf(await registry.get(versionsPath(name)));
  const detail = await registry.get(versionPath(name, version));
  return [page, versions, { answer: detail, items: [versionOf(detail)] }];
}

export const envelopeCases = inArea('envelope', [
  {
    id: 'envelope-list',
    title: 'The list is an object with `servers`, each with a valid `server`',
    why: 'A reader that decodes into types gives up on the whole page.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      parseBody(await registry.get('/v0.1/servers'), list, 'a ServerList');
    },
  },
  {
    id: 'envelope-detail',
    title: 'A version is an object with a valid `server`, of the name and version asked for',
    why: 'A client would install another server than the one it asked for.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { name, version, key } = await registry.known();
      const answer = await registry.get(versionPath(name, version));
      const { server } = parseBody(answer, response, 'a ServerResponse');
      ensure(`${server.name} ${server.version}` === key, answer, key, `${server.name} ${server.version}`);
    },
  },
  {
    id: 'envelope-latest',
    title: 'The version `latest` of a server is the one that the list calls latest',
    why: 'Clients look servers up by name alone and get the version from this answer.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { name, key } = await registry.known();
      const answer = await registry.get(versionPath(name, 'latest'));
      const found = versionOf(answer);
      ensure(found.key === key, answer, key, found.key);
      ensure(found.isLatest !== false, answer, 'isLatest true', 'isLatest false');
    },
  },
  {
    id: 'envelope-versions',
    title: 'The versions of a server are a list of that server alone, with every listed version in it',
    why: 'Clients offer these versions for a choice.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { name, key } = await registry.known();
      const answer = await registry.get(versionsPath(name));
      parseBody(answer, list, 'a ServerList');
      const { items } = pageOf(answer);
      const stranger = items.find((item) => item.name !== name);
      ensure(!stranger, answer, `versions of ${name}`, stranger?.key ?? '');
      ensure(
        items.some((item) => item.key === key),
        answer,
        `${key} among them`,
        items.map(({ version }) => version).join(', '),
      );
    },
  },
  {
    id: 'envelope-newest-first',
    title: 'The versions of a server come newest first',
    why: 'The specification promises it, and clients show them in the order that they come.',
    reference: SOURCES.openapi,
    level: 'should',
    async run(registry) {
      const name = await nameOfSeveral(registry);
      const { items, answer } = pageOf(await registry.get(versionsPath(name)));
      const times = items.map(({ publishedAt }) => timeOf(publishedAt) ?? 0n);
      const seen = items.map(({ version, publishedAt }) => `${version} ${publishedAt}`).join(', ');
      ensure(
        times.every((time, i) => i === 0 || times[i - 1]! >= time),
        answer,
        'publishedAt falling',
        seen,
      );
    },
  },
  {
    id: 'envelope-one-latest',
    title: 'Of the versions of a server one is the latest',
    why: 'With none the server is lost to clients that ask for latest; with two they see it twice.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const name = await nameOfSeveral(registry);
      const { items, answer } = pageOf(await registry.get(`${versionsPath(name)}?include_deleted=true`));
      const latest = items.filter(({ isLatest }) => isLatest).map(({ version }) => version);
      ensure(latest.length === 1, answer, 'one version with isLatest true', latest.join(', ') || 'none');
    },
  },
  {
    id: 'envelope-meta',
    title: 'Every item has an object `_meta`, in list, versions and detail',
    why: 'VS Code takes it apart without looking and fails on the whole page.',
    reference: SOURCES.vscode,
    level: 'must',
    async run(registry) {
      for (const { answer, items } of await readings(registry)) {
        const bare = items.find(({ raw }) => !isObject(raw._meta));
        ensure(!bare, answer, '`_meta` an object on every item', `${bare?.key}: ${JSON.stringify(bare?.raw._meta)}`);
      }
    },
  },
  {
    id: 'envelope-official',
    title: `_meta["${OFFICIAL_META}"] has exactly the members of the specification`,
    why: 'The specification closes this object: strict decoders refuse what they do not know. Own facts go beside it.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      for (const { answer, items } of await readings(registry)) {
        for (const { raw, key } of items) {
          if (!isObject(raw._meta)) continue;
          parseValue(answer, raw._meta[OFFICIAL_META], officialMetaSchema, `the official object of ${key}`);
        }
      }
    },
  },
  {
    id: 'envelope-times',
    title: 'Nothing was updated before it was published',
    why: 'A client that follows by updated_since would never see it.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { items, answer } = await registry.page({ limit: '100' });
      const odd = items.find(({ publishedAt, updatedAt }) => (timeOf(updatedAt) ?? 0n) < (timeOf(publishedAt) ?? 0n));
      ensure(!odd, answer, 'updatedAt not before publishedAt', `${odd?.key}: ${odd?.updatedAt}, ${odd?.publishedAt}`);
    },
  },
  {
    id: 'envelope-count',
    title: 'metadata.count is the number of items',
    why: 'VS Code reads `metadata` without looking whether it is there.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { name } = await registry.known();
      for (const path of [listPath({ limit: '3' }), versionsPath(name)]) {
        const { items, body, answer } = pageOf(await registry.get(path));
        const count = isObject(body.metadata) ? body.metadata.count : undefined;
        ensure(count === items.length, answer, `metadata.count ${items.length}`, JSON.stringify(body.metadata));
      }
    },
  },
  {
    id: 'envelope-untouched',
    title: '`server` is the same in list, versions and detail, and holds nothing of the registry',
    why: 'Signatures and comparisons with the upstream registry are made over this object.',
    reference: SOURCES.aggregators,
    level: 'must',
    async run(registry) {
      const { key, server } = await registry.known();
      for (const { answer, items } of await readings(registry)) {
        const found = items.find((item) => item.key === key);
        const [expected, seen] = [JSON.stringify(server), JSON.stringify(found?.server)];
        ensure(isDeepStrictEqual(found?.server, server), answer, expected, seen);
        const meta = isObject(server._meta) ? Object.keys(server._meta) : [];
        ensure(!meta.includes(OFFICIAL_META), answer, 'no official object within `server`', meta.join(', '));
      }
    },
  },
  {
    id: 'envelope-server-json',
    title: 'The listed manifests are valid by the schema of server.json 2025-12-11',
    why: 'Clients build commands from packages and remotes and fail on other shapes.',
    reference: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    level: 'should',
    async run(registry) {
      const { items, answer } = await registry.page({ limit: '100', version: 'latest' });
      for (const { server, key } of items) parseValue(answer, server, manifestSchema, `server.json of ${key}`);
    },
  },
  {
    id: 'envelope-content-type',
    title: 'List, versions and detail are application/json',
    why: 'Clients refuse to decode anything else.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      const { name, version } = await registry.known();
      for (const path of ['/v0.1/servers', versionsPath(name), versionPath(name, version)]) {
        const answer = await registry.get(path);
        expectStatus(answer, 200);
        expectJsonType(answer);
      }
    },
  },
  {
    id: 'envelope-error',
    title: 'A refusal is a JSON object with a sentence in `error` or `detail`',
    why: 'People see this sentence, or a page of HTML in its place.',
    reference: SOURCES.openapi,
    level: 'must',
    async run(registry) {
      expectRefusal(await registry.get(versionsPath('org.conformance/no-such-server')), 404);
    },
  },
  {
    id: 'envelope-problem',
    title: 'A refusal is a problem by RFC 9457 that repeats its `detail` as `error`',
    why: 'The specification says `error`, the official server says `detail`: readers of both are about.',
    reference: `${SOURCES.problem}; ${SOURCES.openapi}`,
    level: 'should',
    async run(registry) {
      const answer = await registry.get(versionsPath('org.conformance/no-such-server'));
      const problem = parseValue(answer, jsonOf(answer), problemSchema, 'title, status, detail and error');
      ensure(problem.status === answer.status, answer, `status ${answer.status}`, String(problem.status));
      ensure(problem.error === problem.detail, answer, `error "${problem.detail}"`, problem.error);
      const type = answer.headers.get('content-type') ?? '';
      ensure(type.startsWith('application/problem+json'), answer, 'application/problem+json', type);
    },
  },
  {
    id: 'envelope-head',
    title: 'HEAD answers as GET does, without a body',
    why: 'Monitors and proxies ask with HEAD whether a registry is up.',
    reference: `${SOURCES.http} §9.3.2`,
    level: 'should',
    async run(registry) {
      const { name } = await registry.known();
      for (const path of [listPath({ limit: '1' }), versionPath(name, 'latest')]) {
        const answer = await registry.get(path, { method: 'HEAD' });
        expectStatus(answer, 200);
        expectJsonType(answer);
      }
    },
  },
  {
    id: 'envelope-options',
    title: 'OPTIONS answers with a status of 2xx',
    why: 'GitHub Copilot names OPTIONS among the methods of the endpoints.',
    reference: SOURCES.copilot,
    level: 'should',
    async run(registry) {
      const answer = await registry.get('/v0.1/servers', { method: 'OPTIONS' });
      ensure(answer.status >= 200 && answer.status < 300, answer, 'status 2xx', `status ${answer.status}`);
    },
  },
  {
    id: 'envelope-method',
    title: 'A method that the list does not have is answered with 405 and `Allow`',
    why: 'A caller learns what it can do instead.',
    reference: `${SOURCES.http} §15.5.6`,
    level: 'should',
    async run(registry) {
      const answer = await registry.get('/v0.1/servers', { method: 'DELETE' });
      expectStatus(answer, 405);
      const allow = answer.headers.get('allow') ?? '';
      ensure(/\bGET\b/.test(allow), answer, 'an Allow with GET', allow || 'none');
    },
  },
]);

/** A server with more than one version. */
async function nameOfSeveral(registry: Registry): Promise<string> {
  const { items } = await registry.everything();
  const found = items.find(
    ({ name, version, status }) =>
      status !== 'deleted' &&
      items.some((other) => other.name === name && other.version !== version && other.status !== 'deleted'),
  );
  if (!found) throw new CaseSkip('No server has several versions.');
  return found.name;
}
