import { Player } from './player.ts';
import {
  playAddress,
  playCopilotCli,
  playCopilotIde,
  playDocker,
  playToolhive,
  playVscode,
  playWindsurf,
} from './plays.ts';
import type { CheckAsk, ClientCheck } from './types.ts';

type Checked = { title: string; play: (player: Player) => Promise<void>; needsHttps?: true; refusesPrivate?: true };

/** Clients whose requests are known well enough to be played. */
export const CHECKED_CLIENTS = {
  vscode: { title: 'VS Code', play: playVscode },
  'copilot-cli': { title: 'GitHub Copilot CLI', play: playCopilotCli },
  'copilot-ide': { title: 'GitHub Copilot in JetBrains and other IDEs', play: playCopilotIde },
  toolhive: { title: 'ToolHive', play: playToolhive, refusesPrivate: true },
  docker: { title: 'Docker MCP catalog', play: playDocker, needsHttps: true },
  windsurf: { title: 'Windsurf', play: playWindsurf },
  address: { title: 'The address itself', play: playAddress },
} as const satisfies Record<string, Checked>;

export type CheckedClient = keyof typeof CHECKED_CLIENTS;

export const isCheckedClient = (id: string): id is CheckedClient => Object.hasOwn(CHECKED_CLIENTS, id);

/**
 * Plays the exact requests of a client against a registry and says of each what was sent, what came, what is wrong and how
 * to mend it. `token` is for addresses that need one; no client in the list sends any by itself.
 */
export async function checkClient({
  client,
  baseUrl,
  token = null,
  ask,
}: {
  client: CheckedClient;
  baseUrl: string;
  token?: string | null;
  ask: CheckAsk;
}): Promise<ClientCheck> {
  const checked: Checked = CHECKED_CLIENTS[client];
  const player = new Player({ baseUrl: baseUrl.trim(), client: checked.title, token, ask });
  player.note('Look at the address');
  if (checkBase(player, checked)) await checked.play(player);
  const severities = new Set(player.steps.flatMap(({ problems }) => problems.map(({ severity }) => severity)));
  const outcome = severities.has('error') ? 'fails' : severities.has('warning') ? 'warned' : 'works';
  return { client, title: checked.title, baseUrl: player.baseUrl, steps: player.steps, outcome };
}

/** Whether the address can be asked at all. */
function checkBase(player: Player, { needsHttps, refusesPrivate }: Checked): boolean {
  const url = URL.parse(player.baseUrl);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    player.say('BASE_NOT_URL');
    return false;
  }
  if (url.search !== '' || url.hash !== '') {
    player.say('BASE_HAS_QUERY');
    return false;
  }
  const part = /\/v0(?:\.1)?(?=\/|$)/.exec(url.pathname)?.[0];
  if (part !== undefined) {
    player.say('BASE_HAS_VERSION', { part });
    return false;
  }
  if (player.baseUrl.endsWith('/')) player.say('BASE_TRAILING_SLASH');
  const isPrivate = isPrivateHost(url.hostname);
  if (isPrivate && refusesPrivate) player.say('BASE_PRIVATE');
  if (url.protocol === 'http:' && needsHttps) player.say('BASE_NEEDS_HTTPS');
  else if (url.protocol === 'http:' && !isLoopback(url.hostname)) player.say('BASE_NOT_HTTPS');
  return true;
}

const isLoopback = (host: string) => /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
const isPrivateHost = (host: string) =>
  isLoopback(host) || /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cd])/.test(host);
