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
  'claude-code-mcp': {
    title: 'Claude Code, managed-mcp.json',
    file: 'managed-mcp.json',
    contentType: 'application/json',
    places: inFolders('managed-mcp.json'),
    steps: [
      'Put the file at the place for the operating system. It is then the only source of MCP servers: users cannot add any.',
      'Set the variables that the notes name on each machine, for the users that start Claude Code.',
    ],
    refresh: 'at start',
    enforces: 'These servers and no others, with these commands. An empty file turns MCP off.',
    cannot: 'Hold back single tools; offer several versions of a server.',
    tools: 'none',
    reaches: ['command', 'remote'],
    confidence: 'V',
  },
  'claude-code-managed': {
    title: 'Claude Code, managedMcpServers',
    file: 'claude-code-managed-mcp-servers.json',
    contentType: 'application/json',
    places: inFolders('managed-settings.json'),
    steps: [
      'Merge the member managedMcpServers into the managed settings. Claude Code 2.1.259 or later reads it.',
      'Users sign in to each server themselves: headers with secrets are not in the file.',
    ],
    refresh: 'at start, and hourly where the settings come from the server',
    enforces: 'Gives every user these remote servers, beside what else the settings allow.',
    cannot: 'Local servers; single tools; variables in addresses and headers.',
    tools: 'none',
    reaches: ['remote'],
    takesNoVariables: true,
    confidence: 'V',
  },
  'claude-desktop': {
    title: 'Claude Desktop',
    file: 'claude-desktop-managed-mcp-servers.json',
    contentType: 'application/json',
    places: [{ where: 'device management', path: 'the key managedMcpServers of Claude Desktop' }],
    steps: [
      'Set the key managedMcpServers of the device management profile to the list in the file.',
      'Set isLocalDevMcpEnabled to false, or users add local servers of their own.',
      'Set isDesktopExtensionEnabled as you want it: extensions are another way in.',
    ],
    refresh: 'at start',
    enforces: 'These remote servers, with a decision for every tool: allow, ask, or blocked for all others.',
    cannot: 'Local servers and bundles.',
    tools: 'ask',
    reaches: ['remote'],
    takesNoVariables: true,
    confidence: 'V',
  },
  vscode: {
    title: 'VS Code',
    file: 'mcp.json',
    contentType: 'application/json',
    places: [
      { where: 'a workspace', path: '.vscode/mcp.json' },
      { where: 'a user', path: 'the command "MCP: Open User Configuration"' },
    ],
    steps: [
      'Put the file into the workspace, or hand it out to users.',
      'To hold users to it, set the policy McpGalleryServiceUrl to the registry view and ChatMCP to registry only.',
    ],
    refresh: 'when the file changes; the registry view on demand',
    enforces: 'Nothing by itself: it sets servers up. The registry view with "registry only" stops others by name.',
    cannot: 'Hold back single tools; keep users from adding servers without the policy.',
    tools: 'none',
    reaches: ['command', 'remote'],
    confidence: 'V',
  },
  cursor: {
    title: 'Cursor, mcp.json',
    file: 'cursor-mcp.json',
    contentType: 'application/json',
    places: [
      { where: 'a workspace', path: '.cursor/mcp.json' },
      { where: 'a user', path: '~/.cursor/mcp.json' },
    ],
    steps: [
      'Put the file at one of the places, as mcp.json.',
      'Enter the same commands and addresses as the allowlist of the team dashboard, which holds users to them.',
    ],
    refresh: 'when the file changes',
    enforces: 'Nothing by itself: it sets servers up. Only the team dashboard holds users to a list.',
    cannot: 'Hold back single tools; keep users from adding servers.',
    tools: 'none',
    reaches: ['command', 'remote'],
    confidence: 'V',
  },
  'cursor-permissions': {
    title: 'Cursor, permissions.json',
    file: 'cursor-permissions.json',
    contentType: 'application/json',
    places: [{ where: 'a workspace or a user', path: '.cursor/permissions.json' }],
    steps: [
      'Use it together with cursor-mcp.json: tools are named by the keys of that file.',
      'Merge the member mcpAllowlist into the permissions that you have.',
    ],
    refresh: 'not known',
    enforces: 'Only which tools run without asking. Every other tool asks the user, and a user can agree.',
    cannot: 'Block a tool or a server.',
    tools: 'ask',
    reaches: ['command', 'remote'],
    takesNoVariables: true,
    confidence: 'D',
  },
  windsurf: {
    title: 'Windsurf',
    file: 'windsurf-whitelist.json',
    contentType: 'application/json',
    places: [{ where: 'team settings', path: 'MCP Whitelist, one entry for each item of the list' }],
    steps: [
      'Enter each item in the team settings: serverId as Server ID, config as Server Config JSON.',
      'Add the registry view to MCP Registry URLs.',
      'Users must call the server in mcp_config.json exactly as serverId says; case matters.',
    ],
    refresh: 'not known',
    enforces:
      'Local servers by patterns over the command and each argument; one entry blocks all servers that have none.',
    cannot: 'Remote servers by their address; single tools.',
    tools: 'none',
    reaches: ['command'],
    isMatcher: true,
    confidence: 'D',
  },
  toolhive: {
    title: 'ToolHive',
    file: 'registry.json',
    contentType: 'application/json',
    places: [{ where: 'any machine with thv', path: 'thv config set-registry ADDRESS-OR-FILE' }],
    steps: [
      'Point thv at this file or, better, at the registry view: thv config set-registry ADDRESS.',
      'Run images with --image-verification enabled where the entry names a signer.',
    ],
    refresh: 'at start, then from its cache; the registry view on demand',
    enforces: 'What thv offers. It does not stop a user from running something else.',
    cannot: 'Hold back tools; take packages of npm or PyPI by an exact command.',
    tools: 'none',
    reaches: ['image', 'remote'],
    confidence: 'V',
  },
  docker: {
    title: 'Docker MCP Gateway',
    file: 'catalog.yaml',
    contentType: 'application/yaml',
    places: [{ where: 'any machine with Docker', path: 'docker mcp gateway run --catalog ./catalog.yaml' }],
    steps: [
      'Give the file to the gateway with --catalog, or import it into a catalog of your own.',
      'Set the secrets that the notes name with docker mcp secret set.',
    ],
    refresh: 'when the gateway starts',
    enforces: 'Images by digest. Docker verifies signatures of its own images only.',
    cannot: 'Packages of npm or PyPI, images without a digest, remote servers; hold back tools by the catalog alone.',
    tools: 'none',
    reaches: ['image'],
    confidence: 'V',
  },
  litellm: {
    title: 'LiteLLM',
    file: 'litellm-mcp-servers.yaml',
    contentType: 'application/yaml',
    places: [{ where: 'LiteLLM Proxy', path: 'config.yaml' }],
    steps: [
      'Merge mcp_servers into config.yaml and restart the proxy.',
      'Servers in its database stay: remove those that are not in the file.',
    ],
    refresh: 'at start',
    enforces: 'The tools of each server, by allowed_tools.',
    cannot: 'Ask a person; keep admins from adding servers in its own console.',
    tools: 'allow',
    reaches: ['command', 'remote'],
    confidence: 'D',
  },
  contextforge: {
    title: 'IBM ContextForge',
    file: 'mcp-catalog.yml',
    contentType: 'application/yaml',
    places: [{ where: 'ContextForge', path: 'the file that MCPGATEWAY_CATALOG_FILE names' }],
    steps: ['Put the file at that place. It is read anew when its cache ends.'],
    refresh: 'after its cache ends, 3600 s unless set',
    enforces: 'What its catalog offers to register.',
    cannot: 'Local servers; hold back tools; unregister a server that was registered before.',
    tools: 'none',
    reaches: ['remote'],
    takesNoVariables: true,
    confidence: 'V',
  },
  agentgateway: {
    title: 'agentgateway',
    file: 'agentgateway.yaml',
    contentType: 'application/yaml',
    places: [{ where: 'agentgateway', path: 'agentgateway -f agentgateway.yaml' }],
    steps: [
      'Use it as the configuration, or merge targets and rules into yours. It listens on port 3000.',
      'Add authentication: the rules say which tools, not who.',
    ],
    refresh: 'when the file changes',
    enforces: 'Targets, and each tool of each target, when tools are listed and when they are called.',
    cannot: 'Ask a person.',
    tools: 'allow',
    reaches: ['command', 'remote'],
    confidence: 'D',
  },
  'envoy-ai-gateway': {
    title: 'Envoy AI Gateway',
    file: 'mcproute.yaml',
    contentType: 'application/yaml',
    places: [{ where: 'Kubernetes', path: 'kubectl apply -f mcproute.yaml' }],
    steps: [
      'Set parentRefs to your Gateway and add a securityPolicy to the MCPRoute.',
      'Apply it. Backends that left the file stay until they are deleted: kubectl apply --prune does it.',
    ],
    refresh: 'at once, by Kubernetes',
    enforces: 'Remote servers, and each of their tools by toolSelector.include.',
    cannot: 'Local servers; more than 32 tools of a server; ask a person.',
    tools: 'allow',
    reaches: ['remote'],
    takesNoVariables: true,
    confidence: 'D',
  },
  kong: {
    title: 'Kong AI Gateway',
    file: 'kong.yaml',
    contentType: 'application/yaml',
    places: [{ where: 'decK', path: 'deck gateway apply kong.yaml' }],
    steps: [
      'Create the consumer group mcp-users, and authentication on the routes: tools are allowed to that group.',
      'Apply the file with decK. Use sync with a select tag to remove what left it.',
    ],
    refresh: 'when it is applied',
    enforces: 'Remote servers, and each of their tools by consumer group.',
    cannot: 'Local servers; ask a person; the older SSE transport.',
    tools: 'allow',
    reaches: ['remote'],
    takesNoVariables: true,
    confidence: 'D',
  },
  goose: {
    title: 'Goose',
    file: 'goose-allowlist.yaml',
    contentType: 'application/yaml',
    places: [{ where: 'environment of the users', path: 'GOOSE_ALLOWLIST=https://…/goose-allowlist.yaml' }],
    steps: [
      'Set GOOSE_ALLOWLIST to the address of this file under the view key: Goose sends no credentials.',
      'Do not set GOOSE_ALLOWLIST_WARNING or GOOSE_ALLOWLIST_BYPASS, which turn it into a hint.',
    ],
    refresh: 'while Goose runs it is kept; fetched anew at start',
    enforces: 'Which commands Goose Desktop installs as extensions, by the exact line.',
    cannot: 'Remote servers; single tools; Goose from the command line.',
    tools: 'none',
    reaches: ['command'],
    isMatcher: true,
    confidence: 'G',
  },
  'cedar-docker': {
    title: 'Cedar for Docker Sandboxes',
    file: 'docker-mcp.cedar',
    contentType: 'text/plain',
    places: [{ where: 'Docker governance', path: 'an MCP access policy of the organization' }],
    steps: [
      'Make it an organization policy. Users register each server under the name that the policy has.',
      'Registrations from before the policy stay: remove them with sbx mcp rm.',
    ],
    refresh: 'by Docker',
    enforces: 'Registration by name and identity URL, and each tool; tools to ask about need confirmation.',
    cannot: 'Local servers, which have no identity URL.',
    tools: 'ask',
    reaches: ['remote'],
    takesNoVariables: true,
    confidence: 'D',
  },
  'cedar-toolhive': {
    title: 'Cedar for ToolHive',
    file: 'toolhive-authz.json',
    contentType: 'application/json',
    places: [{ where: 'each server', path: 'thv run --authz-config FILE SERVER' }],
    steps: [
      'Save each member of servers as a file of its own and start that server with it.',
      'A policy names tools without their server, so one file must not serve two servers.',
    ],
    refresh: 'when the server starts',
    enforces: 'Each tool of one server, when tools are listed and when they are called.',
    cannot: 'Ask a person; say which server may run.',
    tools: 'allow',
    reaches: ['command', 'remote'],
    takesNoVariables: true,
    confidence: 'D',
  },
  'cedar-generic': {
    title: 'Cedar, a template',
    file: 'allowlist.cedar',
    contentType: 'text/plain',
    places: [{ where: 'your own enforcement point', path: 'a policy set' }],
    steps: [
      'Rename the types MCP::Server, MCP::Tool and the action invokeTool to those of your schema.',
      'Make each MCP::Tool entity a child of its MCP::Server, with id "server#version" and attributes name and server.',
    ],
    refresh: 'by your enforcement point',
    enforces: 'Each tool of each approved version. Cedar denies what no policy permits.',
    cannot: 'Ask a person unless your enforcement point reads the annotation @ask.',
    tools: 'ask',
    reaches: ['command', 'remote'],
    takesNoVariables: true,
    confidence: 'G',
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
