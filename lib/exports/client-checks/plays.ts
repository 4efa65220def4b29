import { parse } from 'yaml';
import { isObject, nextCursorOf, parseJsonObject } from './json.ts';
import { checkItems, checkKnown, checkUnknown, namePath, readList } from './parts.ts';
import type { Player } from './player.ts';

const JSON_ONLY = { accept: 'application/json' };
const namesOf = (servers: readonly { name: string | null }[]) => servers.flatMap(({ name }) => name ?? []);

/** VS Code, microsoft/vscode mcpGalleryService.ts. */
export async function playVscode(player: Player): Promise<void> {
  const probe = await player.send('Find out the version of the API', '/v0.1/servers?limit=1');
  if (!probe) return;
  const listed = await player.send('Show the gallery', '/v0.1/servers?limit=50&version=latest');
  const servers = readList(player, listed);
  if (!servers || !listed) return;
  checkItems(player, servers);
  const templated = servers.find(({ server }) => JSON.stringify(server.remotes ?? []).match(/"url":"[^"]*\{/));
  if (templated) player.say('TEMPLATED_REMOTE', { server: templated.name ?? '' });
  if (servers.length > 1 && (listedCount(probe.text) ?? 0) > 1) player.say('QUERY_LOST');
  const cursor = nextCursorOf(parseJsonObject(listed.text) ?? {});
  if (cursor !== null) {
    const isSafe = /^[A-Za-z0-9._~-]+$/.test(cursor);
    const next = await player.send('Go to the second page', `/v0.1/servers?limit=50&version=latest&cursor=${cursor}`);
    if (!isSafe) player.say('CURSOR_UNSAFE');
    const [before, after] = [namesOf(servers), namesOf(readList(player, next) ?? [])];
    if (next && before[0] !== undefined && before[0] === after[0]) player.say('CURSOR_STUCK');
  }
  const [name] = namesOf(servers);
  if (name === undefined) return;
  const found = await player.send('Search', `/v0.1/servers?limit=50&version=latest&search=${encodeURIComponent(name)}`);
  if (found && !namesOf(readList(player, found) ?? []).includes(name)) player.say('SEARCH_IGNORED', { server: name });
  await checkKnown(player, name, { title: 'Look up an installed server by its name' });
  await checkUnknown(player, { isStrict: false });
}

const listedCount = (text: string): number | null => {
  const servers = parseJsonObject(text)?.servers;
  return Array.isArray(servers) ? servers.length : null;
};

/** A name to ask for: an admin's look at the list, which the client itself does not take. */
async function firstName(player: Player, title: string): Promise<string | null> {
  const servers = readList(player, await player.send(title, '/v0.1/servers?limit=10&version=latest'));
  return namesOf(servers ?? [])[0] ?? null;
}

/** Copilot CLI, github/copilot-cli issue 3772: 200 and 404 are answers, everything else blocks. */
export async function playCopilotCli(player: Player): Promise<void> {
  const name = await firstName(player, 'Get a name to ask for (the CLI itself does not read the list)');
  if (name !== null) {
    await checkKnown(player, name, { title: 'Verify an installed server', headers: JSON_ONLY });
  }
  await checkUnknown(player, { isStrict: true });
}

/** Copilot in IDEs, which asks from a web view: GitHub's documentation of private registries. */
export async function playCopilotIde(player: Player): Promise<void> {
  const isBrowser = true;
  await player.send('Ask whether it may ask (preflight)', '/v0.1/servers', {
    method: 'OPTIONS',
    isBrowser,
    headers: {
      origin: 'https://github.com',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
  const headers = { origin: 'https://github.com', ...JSON_ONLY };
  const servers = readList(player, await player.send('Read the list', '/v0.1/servers', { isBrowser, headers }));
  const [first] = servers ?? [];
  if (!first?.name) return;
  checkItems(player, servers!);
  await checkKnown(player, first.name, { title: 'Look up the latest version', isBrowser, headers });
  const version = String(first.server.version);
  const path = namePath(first.name, version);
  await checkKnown(player, first.name, { title: 'Look up that version', path, isBrowser, headers });
  await checkUnknown(player, { isStrict: false });
}

const UPSTREAM = 'https://github.com/modelcontextprotocol/registry';

/** ToolHive, stacklok/toolhive pkg/registry/api/client.go. */
export async function playToolhive(player: Player): Promise<void> {
  const description = await player.send('Check that it is a registry', '/openapi.yaml', {
    isJson: false,
    admits: [404],
  });
  if (description?.status === 404) player.say('OPENAPI_MISSING');
  else if (description) {
    const info = infoOf(description.text);
    if (info?.version !== '1.0.0' || !String(info.description).includes(UPSTREAM)) player.say('OPENAPI_WRONG');
  }
  const servers = readList(player, await player.send('Read the list', '/v0.1/servers'));
  const [name] = namesOf(servers ?? []);
  if (name === undefined) return;
  await checkKnown(player, name, { title: 'Look up a server' });
  const found = await player.send('Search', `/v0.1/servers?search=${encodeURIComponent(name)}`);
  if (found && !namesOf(readList(player, found) ?? []).includes(name)) player.say('SEARCH_IGNORED', { server: name });
}

function infoOf(text: string): Record<string, unknown> | null {
  try {
    const document = parse(text, { maxAliasCount: 0 });
    return isObject(document) && isObject(document.info) ? document.info : null;
  } catch {
    return null;
  }
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const MAX_PAGES = 20;

/** Docker, docker/mcp-gateway `catalog create --from-community-registry`: /v0, and types that must decode. */
export async function playDocker(player: Player): Promise<void> {
  const path = '/v0/servers?version=latest&limit=100';
  const listed = await player.send('Read the catalog', path, { admits: [404] });
  if (listed?.status === 404) {
    const other = await player.send('Look whether /v0.1 is there', '/v0.1/servers?limit=1');
    if (other) player.say('V0_MISSING');
    return;
  }
  let runs = false;
  for (let page = listed, pages = 1; page; pages += 1) {
    const servers = readList(player, page);
    if (!servers) return;
    for (const { name, server, meta } of servers) {
      const official = meta['io.modelcontextprotocol.registry/official'];
      const times = isObject(official) ? [official.publishedAt, official.updatedAt, official.statusChangedAt] : [];
      const isBad = times.some((time) => time !== undefined && !(typeof time === 'string' && RFC3339.test(time)));
      if (isBad) player.say('DATE', { server: name ?? 'a server' });
      runs ||= /"registryType":"oci"|"remotes":\[\{/.test(JSON.stringify(server));
    }
    const cursor = nextCursorOf(parseJsonObject(page.text) ?? {});
    if (cursor === null || pages >= MAX_PAGES) {
      if (!runs && servers.length > 0) player.say('NOTHING_TO_RUN');
      return;
    }
    page = await player.send('Read the next page', `${path}&cursor=${encodeURIComponent(cursor)}`);
  }
}

/** Windsurf's team setting "MCP Registry URLs": the official schema; its exact requests are not known. */
export async function playWindsurf(player: Player): Promise<void> {
  const servers = readList(player, await player.send('Read the list', '/v0.1/servers?version=latest&limit=100'));
  if (servers) checkItems(player, servers);
}

/** The address itself: whether Hallmark knows itself by it. */
export async function playAddress(player: Player): Promise<void> {
  const description = await player.send('Read where Hallmark says it is', '/openapi.yaml', { isJson: false });
  if (!description) return;
  const said = /^ {2}- url: "?([^"\n]+)"?$/m.exec(description.text)?.[1] ?? null;
  if (said === null) player.say('OPENAPI_WRONG');
  else if (said !== player.baseUrl.replace(/\/+$/, '')) player.say('OTHER_ADDRESS', { said });
}
