import { isDeepStrictEqual } from 'node:util';
import { serverResponseSchema } from '#lib/http/registry/schemas.ts';
import { CURRENT_SCHEMA_DATE, PUBLISHER_META_KEY, schemaUrl } from '#lib/manifest/index.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { ensure, expectRefusal, parseBody, requireOffered } from '../assertions.ts';
import { itemOf, versionOf } from '../items.ts';
import { CaseSkip } from '../outcome.ts';
import { type Registry, versionPath, versionsPath } from '../registry.ts';
import { inArea, SOURCES } from './define.ts';

const HEADER_TEXT = "Invalid Authorization header format. Expected 'Bearer <token>'";
const TOKEN_TEXT = 'Invalid or expired Registry JWT token';

/** Valid, because the official server looks at the body before the token. */
const MANIFEST = {
  $schema: schemaUrl(CURRENT_SCHEMA_DATE),
  name: 'org.conformance-forbidden.invalid/anonymous',
  description: 'Must not be published.',
  version: '1.0.0',
};

const publishWith = async (registry: Registry, headers: Record<string, string>) =>
  requireOffered(await registry.post('/v0.1/publish', MANIFEST, { headers }));

export const publishCases = inArea('publish', [
  {
    id: 'publish-no-token',
    title: 'Without a bearer token publishing is refused; with another scheme it is 401 and says what is expected',
    why: 'Anybody could publish anything; and a person learns that they have to log in.',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      // The official server calls a missing header a fault of the request: 422.
      expectRefusal(await publishWith(registry, {}), 401, 422);
      const answer = await publishWith(registry, { authorization: 'Basic Y29uZm9ybWFuY2U6eA==' });
      const message = expectRefusal(answer, 401);
      ensure(message.includes(HEADER_TEXT), answer, HEADER_TEXT, message);
    },
  },
  {
    id: 'publish-bad-token',
    title: 'With a token that is none publishing is 401, with the sentence that `mcp-publisher` knows',
    why: 'A person learns that the login has expired.',
    reference: SOURCES.official,
    level: 'must',
    async run(registry) {
      // The second is a JWT that nobody signed (`alg` none).
      const tokens = ['conformance', 'eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpc3MiOiJtY3AtcmVnaXN0cnkifQ.'];
      for (const token of tokens) {
        const answer = await publishWith(registry, { authorization: `Bearer ${token}` });
        const message = expectRefusal(answer, 401);
        ensure(message.includes(TOKEN_TEXT), answer, TOKEN_TEXT, message);
      }
    },
  },
  {
    id: 'publish-answer',
    title: 'A publication is answered with 200 and the version, active and latest, and can be read at once',
    why: '`mcp-publisher` takes 201 for a failure; a release script reads back what it published.',
    reference: SOURCES.openapi,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const name = writer.name('answer');
      const answer = requireOffered(await writer.send(writer.manifest(name, '1.0.0')));
      const item = itemOf(parseBody(answer, serverResponseSchema, 'a ServerResponse'), answer);
      const state = `${item.key}, ${item.status}, isLatest ${item.isLatest}`;
      ensure(state === `${name} 1.0.0, active, isLatest true`, answer, 'active and latest', state);
      const read = await registry.get(versionPath(name, 'latest'));
      ensure(versionOf(read).key === item.key, read, item.key, versionOf(read).key);
    },
  },
  {
    id: 'publish-untouched',
    title: 'What was published is served as it was',
    why: 'Signatures are made over it.',
    reference: SOURCES.publishing,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const manifest = writer.manifest(writer.name('untouched'), '1.0.0', {
        title: 'Ünïcode “title” <b>',
        websiteUrl: 'https://example.com/a?b=c&d=%20e',
        _meta: {
          [PUBLISHER_META_KEY]: { build: { number: 12345678901, steps: [1, 2.5, true, null, ''] }, text: 'a\tb' },
        },
      });
      const answer = requireOffered(await writer.send(manifest));
      const read = await registry.get(versionPath(manifest.name as string, '1.0.0'));
      for (const found of [versionOf(answer), versionOf(read)]) {
        const [expected, seen] = [JSON.stringify(manifest), JSON.stringify(found.server)];
        ensure(isDeepStrictEqual(found.server, manifest), read, expected, seen);
      }
    },
  },
  {
    id: 'publish-duplicate',
    title: 'A version that exists is refused with 400 and stays as it is',
    why: 'What was installed and signed must not change under its name.',
    reference: SOURCES.official,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const { name, server } = await writer.publish(writer.name('duplicate'), '1.0.0');
      const answer = await writer.send(writer.manifest(name, '1.0.0', { title: 'Another title' }));
      expectRefusal(answer, 400);
      // The official server says it in `errors`.
      ensure(/duplicate version/i.test(answer.text), answer, '"duplicate version" in the refusal', answer.text);
      const read = await registry.get(versionPath(name, '1.0.0'));
      const kept = versionOf(read).server;
      ensure(isDeepStrictEqual(kept, server), read, JSON.stringify(server), JSON.stringify(kept));
    },
  },
  {
    id: 'publish-forbidden',
    title: 'Another namespace is refused with 403, and the sentence lists the own ones',
    why: 'Anybody could publish in the name of others.',
    reference: SOURCES.official,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const name = writer.forbiddenName();
      const answer = requireOffered(await writer.send(writer.manifest(name, '1.0.0')));
      if (answer.status === 200) throw new CaseSkip('The token may publish under every namespace.');
      const message = expectRefusal(answer, 403);
      const own = writer.name('x').split('/')[0]!;
      for (const part of ['You do not have permission to publish this server', own, name]) {
        ensure(message.includes(part), answer, `a sentence with "${part}"`, message);
      }
    },
  },
  {
    id: 'publish-invalid',
    title: 'An invalid manifest is refused with 400 or 422 and not published',
    why: 'Clients fail on it later, each in its own way.',
    reference: SOURCES.publishing,
    level: 'must',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const name = writer.name('invalid');
      const faults: JsonObject[] = [
        { $schema: null },
        { $schema: 'https://static.modelcontextprotocol.io/schemas/2020-01-01/server.schema.json' },
        { version: '^1.2.3' },
        { version: '' },
        { description: '' },
        { description: 'x'.repeat(101) },
        { websiteUrl: 'javascript:alert(1)' },
        { remotes: [{ type: 'carrier-pigeon', url: 'https://example.com' }] },
      ];
      for (const fault of faults) expectRefusal(await writer.send(writer.manifest(name, '1.0.0', fault)), 400, 422);
      for (const text of ['', 'nothing', '[]', '{"name":']) expectRefusal(await writer.send(text), 400, 422);
      const answer = await registry.get(versionsPath(name));
      ensure(answer.status === 404, answer, 'status 404: nothing was published', `status ${answer.status}`);
    },
  },
  {
    id: 'publish-too-large',
    title: 'A body of two megabytes is refused with a status of 4xx',
    why: 'A caller must learn that it is too large, and the registry must not keep it.',
    reference: `${SOURCES.http} §15.5.14`,
    level: 'should',
    needs: 'write',
    async run(registry) {
      const writer = await registry.writer();
      const large = { [PUBLISHER_META_KEY]: { text: 'x'.repeat(2_000_000) } };
      const answer = requireOffered(
        await writer.send(writer.manifest(writer.name('large'), '1.0.0', { _meta: large })),
      );
      expectRefusal(answer, 400, 413, 422);
    },
  },
]);
