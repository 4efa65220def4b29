import path from 'node:path';

/** Programs whose lists of MCP servers are read. */
export const CLIENTS = {
  'claude-desktop': 'Claude Desktop',
  'claude-code': 'Claude Code',
  vscode: 'VS Code',
  cursor: 'Cursor',
  windsurf: 'Windsurf',
  gemini: 'Gemini CLI',
} as const;
export type ClientId = keyof typeof CLIENTS;

type Place = 'home' | 'config' | 'project';
type KnownFile = { client: ClientId; place: Place; path: string };

/**
 * Where each client keeps its list: below the home directory, below the directory of settings (`~/.config`,
 * `~/Library/Application Support`, `%APPDATA%`), or in the project that hallmark is started in.
 */
export const KNOWN_FILES: readonly KnownFile[] = [
  { client: 'claude-desktop', place: 'config', path: 'Claude/claude_desktop_config.json' },
  { client: 'claude-code', place: 'home', path: '.claude.json' },
  { client: 'claude-code', place: 'project', path: '.mcp.json' },
  { client: 'vscode', place: 'config', path: 'Code/User/mcp.json' },
  { client: 'vscode', place: 'config', path: 'Code/User/settings.json' },
  { client: 'vscode', place: 'config', path: 'Code - Insiders/User/mcp.json' },
  { client: 'vscode', place: 'project', path: '.vscode/mcp.json' },
  { client: 'cursor', place: 'home', path: '.cursor/mcp.json' },
  { client: 'cursor', place: 'project', path: '.cursor/mcp.json' },
  { client: 'windsurf', place: 'home', path: '.codeium/windsurf/mcp_config.json' },
  { client: 'gemini', place: 'home', path: '.gemini/settings.json' },
  { client: 'gemini', place: 'project', path: '.gemini/settings.json' },
];

export type ClientFile = { client: ClientId; path: string };

/** The files of this machine that may be there; none is opened. */
export function clientFiles({
  platform = process.platform,
  home,
  cwd,
  env = process.env,
}: {
  platform?: NodeJS.Platform;
  home: string;
  cwd: string;
  env?: Readonly<Record<string, string | undefined>>;
}): ClientFile[] {
  const { join } = platform === 'win32' ? path.win32 : path.posix;
  const config =
    platform === 'darwin'
      ? join(home, 'Library/Application Support')
      : platform === 'win32'
        ? (env.APPDATA ?? join(home, 'AppData/Roaming'))
        : (env.XDG_CONFIG_HOME ?? join(home, '.config'));
  const base: Record<Place, string> = { home, config, project: cwd };
  const files = KNOWN_FILES.map(({ client, place, path: file }) => ({ client, path: join(base[place], file) }));
  return files.filter((file, index) => files.findIndex((other) => other.path === file.path) === index);
}
