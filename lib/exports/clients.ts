/** How well a format is known: read in source or the vendor's documentation, seen in an excerpt, or general knowledge. */
export type FormatConfidence = 'V' | 'D' | 'G';

export type ExportClient = {
  title: string;
  /** Name of the file that is served and written. */
  file: string;
  contentType: 'application/json' | 'application/yaml' | 'text/plain';
  /** Where the admin puts it, one line a place. */
  places: { where: string; path: string }[];
  /** What to do with it, in order. */
  steps: string[];
  /** When the client looks at it again. */
  refresh: string;
  enforces: string;
  cannot: string;
  /** `allow`: holds back every tool that is not named; `ask`: also asks a person; `none`: knows no tools. */
  tools: 'none' | 'allow' | 'ask';
  /** Ways to reach a server that it can say. */
  reaches: ('command' | 'remote' | 'image')[];
  /** It lists every approved version; otherwise only the highest one. */
  isMatcher?: true;
  /** It has no place for the variables of a server. */
  takesNoVariables?: true;
  confidence: FormatConfidence;
};

const CLAUDE_CODE_FOLDERS = [
  { where: 'macOS', path: '/Library/Application Support/ClaudeCode/' },
  { where: 'Linux, WSL', path: '/etc/claude-code/' },
  { where: 'Windows', path: 'C:\\Program Files\\ClaudeCode\\' },
];
const inFolders = (file: string) => CLAUDE_CODE_FOLDERS.map(({ where, path }) => ({ where, path: `${path}${file}` }));

/** Every client that an allowlist can be written for. Page, commands and docs/clients.md are made from this table. */
export const EXPORT_CLIENTS = {
  copilot: {
    title: 'GitHub Copilot',
    file: 'managed-settings.json',
    contentType: 'application/json',
    places: [
      { where: 'GitHub, repository .github-private of the enterprise', path: 'copilot/managed-settings.json' },
      { where: 'or by device management', path: 'the managed settings file of Copilot' },
    ],
    steps: [
      'Commit the file to the .github-private repository, or hand it out by device management.',
      'Merge it with settings that you have: only allowedMcpServers and deniedMcpServers are in it.',
    ],
    refresh: 'about hourly, at restart and at sign-in',
    enforces: 'Starts only the exact commands and addresses of the file. Denials win.',
    cannot: 'Hold back single tools; tell one environment from another; stop Copilot cloud agent, which ignores it.',
    tools: 'none',
    reaches: ['command', 'remote'],
    isMatcher: true,
    confidence: 'V',
  },
  'claude-code': {
    title: 'Claude Code, managed settings',
    file: 'claude-code-managed-settings.json',
    contentType: 'application/json',
    places: inFolders('managed-settings.json'),
    steps: [
      'Put the file at the place for the operating system, as managed-settings.json, by device management.',
      'Merge it with settings that you have: keys that are not about MCP servers stay yours.',
    ],
    refresh: 'at start, and hourly where the settings come from the server',
    enforces: 'Starts only the exact commands and addresses of the file, whatever users and projects set up.',
    cannot: 'Hold back every tool that is not named; it can only deny named ones.',
    tools: 'none',
    reaches: ['command', 'remote'],
    isMatcher: true,
    confidence: 'V',
  },
} as const satisfies Record<string, ExportClient>;

export type ExportClientId = keyof typeof EXPORT_CLIENTS;

export const exportClient = (id: ExportClientId): ExportClient => EXPORT_CLIENTS[id];

export const isExportClient = (id: string): id is ExportClientId => Object.hasOwn(EXPORT_CLIENTS, id);

/** The client that a file name belongs to; null for any other. */
export function clientOfFile(file: string): ExportClientId | null {
  const found = Object.entries(EXPORT_CLIENTS).find(([, client]) => client.file === file);
  return found ? (found[0] as ExportClientId) : null;
}
