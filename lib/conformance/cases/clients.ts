import { parse } from 'yaml';
import { OFFICIAL_META } from '#lib/http/registry/schemas.ts';
import { ensure, expectJsonType, expectStatus, isObject, jsonOf, objectOf } from '../assertions.ts';
import { keysOf, pageOf, timeOf, versionOf } from '../items.ts';
import { CaseSkip } from '../outcome.ts';
import { type Registry, versionPath } from '../registry.ts';
import { inArea, SOURCES } from './define.ts';

const NOBODY = 'org.conformance/no-such-server';
const isText = (value: unknown) => typeof value === 'string' && value !== '';

/** The page that VS Code shows first, as it asks for it. */
const browse = (registry: Registry, more = '') => registry.get(`/v0.1/servers?limit=50&version=latest${more}`);

/** A search of two hits or more, and its hits. Tried with namespaces and with words of names. */
async function searchOfSeveral(registry: Registry) {
  const servers = await registry.latest();
  const parts = servers.slice(0, 10).map(({ name }) => name.split('/'));
  const words = parts.flatMap(([, name = '']) => name.split(/[._-]/)).filter((word) => word.length >= 3);
  for (const search of new Set([...parts.map(([namespace]) => namespace!), ...words])) {
    const { items, isComplete } = await registry.walk({ search, version: 'latest', limit: '100' }, { maxItems: 200 });
    // As many as there are servers would prove nothing: a page without the search looks the same.
    if (isComplete && items.length >= 2 && items.length < servers.length) return { search, keys: keysOf(items) };
  }
  throw new CaseSkip('No search by a namespace or a word of a name finds several servers, but not all.');
}

export const clientCases = inArea('clients', [
  {
    id: 'vscode-probe',
    title: 'VS Code finds out the version of the API by `GET /v0.1/servers?limit=1`',
    why: 'On any other status it falls back to /v0 and to assumptions.',
    reference: SOURCES.vscode,
    level: 'client',
    async run(registry) {
      const answer = await registry.get('/v0.1/servers?limit=1');
      expectStatus(answer, 200);
      expectJsonType(answer);
    },
  },
  {
    id: 'vscode-browse',
    title: 'VS Code takes the page apart: `metadata` an object, the first item complete',
    why: 'It rejects the whole page for its first item.',
    reference: SOURCES.vscode,
    level: 'client',
    async run(registry) {
      const answer = await browse(registry);
      const { servers, metadata } = objectOf(answer);
      ensure(isObject(metadata), answer, '`metadata` an object', JSON.stringify(metadata));
      ensure(Array.isArray(servers), answer, '`servers` a list', JSON.stringify(servers));
      const [first] = servers;
      if (first === undefined) throw new CaseSkip('The registry lists no server.');
      const server = isObject(first) && isObject(first.server) ? first.server : {};
      for (const member of ['name', 'description', 'version']) {
        ensure(isText(server[member]), answer, `server.${member} of the first item a text`, JSON.stringify(first));
      }
    },
  },
  {
    id: 'vscode-items',
    title: 'VS Code shows every item: name, description and version are texts, `_meta` is an object',
    why: 'It leaves out an item without them, and ends on one without `_meta`.',
    reference: SOURCES.vscode,
    level: 'client',
    async run(registry) {
      const answer = await browse(registry);
      const { servers } = objectOf(answer);
      for (const item of Array.isArray(servers) ? servers : []) {
        const server = isObject(item) && isObject(item.server) ? item.server : {};
        const isComplete = ['name', 'description', 'version'].every((member) => isText(server[member]));
        const isShown = isComplete && isObject(item) && isObject(item._meta);
        ensure(isShown, answer, 'complete items', JSON.stringify(item));
      }
    },
  },
  {
    id: 'vscode-by-name',
    title: 'VS Code finds each listed server by its name',
    why: 'With "registry only" it stops a server that it does not find.',
    reference: SOURCES.vscode,
    level: 'client',
    async run(registry) {
      for (const { name } of (await registry.latest()).slice(0, 10)) {
        const answer = await registry.get(versionPath(name, 'latest'));
        const found = versionOf(answer);
        ensure(found.name === name, answer, name, found.name);
      }
    },
  },
  {
    id: 'vscode-unknown',
    title: 'VS Code takes a status of 4xx for "not in the registry"',
    why: 'On 5xx it fails, and a redirect it follows to somewhere else.',
    reference: SOURCES.vscode,
    level: 'client',
    async run(registry) {
      const answer = await registry.get(versionPath(NOBODY, 'latest'));
      ensure(answer.status >= 400 && answer.status < 500, answer, 'status 4xx', `status ${answer.status}`);
    },
  },
  {
    id: 'vscode-cursor-raw',
    title: 'VS Code puts the cursor into its next address without encoding it',
    why: 'A `+`, `&`, `#`, `%` or `=` in it makes the second page another one, or none.',
    reference: SOURCES.vscode,
    level: 'client',
    async run(registry) {
      const first = await registry.page({ limit: '2', version: 'latest' });
      if (first.nextCursor === null) throw new CaseSkip('The registry lists fewer than three servers.');
      const cursor = first.nextCursor;
      const raw = await registry.get(`/v0.1/servers?limit=2&version=latest&cursor=${cursor}`);
      const isSafe = /^[A-Za-z0-9._~!$'()*,;:@/?-]+$/.test(cursor);
      ensure(isSafe, first.answer, 'a cursor of characters that need no encoding', cursor);
      const encoded = await registry.page({ limit: '2', version: 'latest', cursor });
      const [expected, seen] = [keysOf(encoded.items).join(', '), keysOf(pageOf(raw).items).join(', ')];
      ensure(expected === seen, raw, `as with the cursor encoded: ${expected}`, seen);
    },
  },
  {
    id: 'vscode-cursor-search',
    title: 'VS Code leaves out `search` from the second page on',
    why: 'A cursor that does not carry the search goes on with the list of everything.',
    reference: SOURCES.vscode,
    level: 'client',
    async run(registry) {
      const { search, keys } = await searchOfSeveral(registry);
      const limit = String(Math.max(1, Math.floor(keys.length / 2)));
      const seen: string[] = [];
      let page = await registry.page({ search, version: 'latest', limit });
      for (let pages = 1; ; pages += 1) {
        seen.push(...keysOf(page.items));
        if (page.nextCursor === null || seen.length > keys.length || pages > keys.length) break;
        page = await registry.page({ version: 'latest', limit, cursor: page.nextCursor });
      }
      ensure(seen.join() === keys.join(), page.answer, `the hits of "${search}": ${keys.join(', ')}`, seen.join(', '));
    },
  },
  {
    id: 'copilot-endpoints',
    title: 'GitHub Copilot reads its three endpoints without signing in',
    why: 'It sends no credentials; a registry behind a login shows nothing.',
    reference: SOURCES.copilot,
    level: 'client',
    async run(registry) {
      const { name, version } = await registry.known();
      for (const path of ['/v0.1/servers', versionPath(name, 'latest'), versionPath(name, version)]) {
        const answer = await registry.get(path);
        expectStatus(answer, 200);
        objectOf(answer);
      }
    },
  },
  {
    id: 'copilot-cli-known',
    title: 'Copilot CLI gets 200 for each listed server, at once and without a redirect',
    why: 'Anything but 200 and 404 makes it block every server that is not its own.',
    reference: SOURCES.copilotCli,
    level: 'client',
    async run(registry) {
      for (const { name } of (await registry.latest()).slice(0, 10)) {
        const answer = await registry.get(versionPath(name, 'latest'), { headers: { accept: 'application/json' } });
        expectStatus(answer, 200);
        expectJsonType(answer);
      }
    },
  },
  {
    id: 'copilot-cli-unknown',
    title: 'Copilot CLI gets 404 for whatever a person has named a server',
    why: 'It asks for the names in its own configuration, which may be any text; on 400 or 500 it blocks every server.',
    reference: SOURCES.copilotCli,
    level: 'client',
    async run(registry) {
      const names = [
        NOBODY,
        'filesystem',
        'My Server',
        'a/b/c',
        'Überall/größe',
        "o'brien",
        `x/${'y'.repeat(300)}`,
        '%',
        '...',
      ];
      for (const name of names) {
        const answer = await registry.get(versionPath(name, 'latest'), { headers: { accept: 'application/json' } });
        expectStatus(answer, 404);
      }
    },
  },
  {
    id: 'toolhive-endpoint',
    title: 'ToolHive takes the address for a registry: `/openapi.yaml` says 1.0.0 and names the upstream repository',
    why: '`thv config set-registry` refuses the address otherwise.',
    reference: `${SOURCES.toolhive}, ValidateEndpoint`,
    level: 'client',
    async run(registry) {
      const answer = await registry.get('/openapi.yaml');
      expectStatus(answer, 200);
      const document = yamlOf(answer.text);
      const info = isObject(document) && isObject(document.info) ? document.info : {};
      ensure(info.version === '1.0.0', answer, 'info.version 1.0.0', JSON.stringify(info.version));
      const upstream = 'https://github.com/modelcontextprotocol/registry';
      const description = String(info.description);
      ensure(description.includes(upstream), answer, `${upstream} in info.description`, description);
    },
  },
  {
    id: 'toolhive-search',
    title: 'ToolHive searches with `?search=` alone and decodes what it gets',
    why: '`thv search` would show nothing.',
    reference: SOURCES.toolhive,
    level: 'client',
    async run(registry) {
      const { name } = await registry.known();
      for (const prefix of ['/v0.1', '/v0']) {
        const answer = await registry.get(`${prefix}/servers?search=${encodeURIComponent(name)}`);
        const names = pageOf(answer).items.map((item) => item.name);
        ensure(names.includes(name), answer, `${name} among the hits`, names.join(', ') || 'no hit');
      }
    },
  },
  {
    id: 'docker-catalog',
    title: 'Docker reads `/v0/servers?version=latest&limit=100` into the types of the official registry',
    why: '`docker mcp catalog create --from-community-registry` ends at the first item that does not decode.',
    reference: SOURCES.docker,
    level: 'client',
    async run(registry) {
      const answer = await registry.get('/v0/servers?version=latest&limit=100');
      expectStatus(answer, 200);
      jsonOf(answer);
      for (const { key, raw } of pageOf(answer).items) {
        const official = isObject(raw._meta) ? raw._meta[OFFICIAL_META] : undefined;
        if (!isObject(official)) continue;
        for (const member of ['publishedAt', 'updatedAt', 'statusChangedAt']) {
          const time = official[member];
          const isDecoded = time === undefined || (typeof time === 'string' && timeOf(time) !== null);
          ensure(isDecoded, answer, `${member} of ${key} by RFC 3339`, JSON.stringify(time));
        }
      }
    },
  },
]);

function yamlOf(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
