import { isObject, type Listed, listedServers, parseJsonObject } from './json.ts';
import type { Player, SendOptions } from './player.ts';
import type { CheckAnswer } from './types.ts';

export const NOBODY = 'org.nobody/no-such-server';
export const namePath = (name: string, version = 'latest') =>
  `/v0.1/servers/${encodeURIComponent(name)}/versions/${encodeURIComponent(version)}`;

/** The servers of a list; null where the client could not go on. */
export function readList(player: Player, answer: CheckAnswer | null): Listed[] | null {
  const body = answer && parseJsonObject(answer.text);
  if (!body) return null;
  const servers = listedServers(body);
  if (servers === null) player.say('NO_SERVERS');
  else if (servers.length === 0) player.say('EMPTY');
  if (servers !== null && !isObject(body.metadata)) player.say('NO_METADATA');
  return servers;
}

/** What VS Code and those that copied it need of each item. */
export function checkItems(player: Player, servers: readonly Listed[]): void {
  const [first, ...others] = servers;
  const label = (listed: Listed) => ({ server: listed.name ?? 'a server without a name' });
  if (first && !first.isComplete) player.say('FIRST_ITEM', label(first));
  const incomplete = others.find(({ isComplete }) => !isComplete);
  if (incomplete) player.say('ITEM', label(incomplete));
  const withoutMeta = servers.find(({ hasMeta }) => !hasMeta);
  if (withoutMeta) player.say('ITEM_META', label(withoutMeta));
}

/** A listed server has to be found by its encoded name. */
export async function checkKnown(
  player: Player,
  name: string,
  { title, path = namePath(name), ...options }: SendOptions & { title: string; path?: string },
): Promise<void> {
  const answer = await player.send(title, path, { ...options, admits: [400, 404] });
  if (!answer) return;
  if (answer.status !== 200) return player.say('ENCODED_SLASH', { server: name });
  const server = parseJsonObject(answer.text)?.server;
  if (!isObject(server) || server.name !== name) player.say('WRONG_SERVER', { server: name });
}

/** A name that nobody has. `isStrict`: anything but 404 blocks every server. */
export async function checkUnknown(player: Player, { isStrict }: { isStrict: boolean }): Promise<void> {
  const statuses = [...Array(600).keys()].filter((status) => status >= 200);
  const answer = await player.send('Ask for a name that nobody has', namePath(NOBODY), {
    headers: { accept: 'application/json' },
    admits: statuses,
  });
  if (!answer || answer.status === 404) return;
  const status = String(answer.status);
  if (answer.status < 400) player.say(answer.status < 300 ? 'UNKNOWN_FOUND' : 'UNKNOWN_BLOCKS', { status });
  else if (isStrict || answer.status >= 500) player.say('UNKNOWN_BLOCKS', { status });
}
