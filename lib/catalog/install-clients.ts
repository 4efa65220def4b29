import type { JsonObject, JsonValue } from '#lib/manifest/index.ts';
import { shellQuote } from '#lib/manifest/index.ts';
import type { Ask, InstallServer, NamedText, Text } from './install-server.ts';
import type { InstallSnippet } from './views.ts';

type Input = { server: InstallServer; key: string; title: string };
type Written = Pick<InstallSnippet, 'kind' | 'content'> & Partial<Pick<InstallSnippet, 'file' | 'note'>>;
type Client = { client: string; label: string; write(input: Input): Written[] };

/** Values that a person has to put in show their name in angle brackets. */
const bracket = (ask: Ask): string => `<${ask.label}>`;

const render = (text: Text, ask: (ask: Ask) => string = bracket): string =>
  text.map((part) => (typeof part === 'string' ? part : ask(part))).join('');

const renderAll = (named: NamedText[], ask: (ask: Ask) => string = bracket): JsonObject =>
  Object.fromEntries(named.map(({ name, text }) => [name, render(text, ask)]));

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON in which nothing is invisible: what hides in a text appears as `\\u…`, which means the same. */
const json = (value: JsonValue): string =>
  JSON.stringify(value, null, 2).replace(HIDDEN, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, unit) => escapeUnit(character.charCodeAt(unit))).join(''),
  );

const escapeUnit = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;

/** Pairs without those that are empty objects. */
const filled = (entries: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => !isEmptyObject(value)));

const isEmptyObject = (value: JsonValue | undefined): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

const hasAsks = (server: InstallServer): boolean => server.asks.length > 0;
const FILL_IN = 'Put your own values in place of the words in angle brackets.';
const fillIn = (server: InstallServer): string | null => (hasAsks(server) ? FILL_IN : null);

/** `{command, args, env}` of a local server, as most clients write it. */
function stdioConfig(server: Extract<InstallServer, { transport: 'stdio' }>, ask?: (ask: Ask) => string): JsonObject {
  return filled({
    command: server.command,
    args: server.args.map((text) => render(text, ask)),
    env: renderAll(server.env, ask),
  });
}

const named = (key: string, config: JsonObject): string => json({ mcpServers: { [key]: config } });

/** Claude Code: `claude mcp add`. Options that take lists end at the name or at `--`, so the name comes first. */
function claudeCode({ server, key }: Input): Written[] {
  const argv =
    server.transport === 'stdio'
      ? [
          ...['claude', 'mcp', 'add', key],
          ...server.env.flatMap(({ name, text }) => ['--env', `${name}=${render(text)}`]),
          ...['--', server.command, ...server.args.map((text) => render(text))],
        ]
      : [
          ...['claude', 'mcp', 'add', '--transport', server.transport, key, render(server.url)],
          ...server.headers.flatMap(({ name, text }) => ['--header', `${name}: ${render(text)}`]),
        ];
  return [{ kind: 'command', content: shellQuote(argv), note: fillIn(server) }];
}

function claudeDesktop({ server, key }: Input): Written[] {
  if (server.transport === 'stdio') {
    const note = fillIn(server);
    return [{ kind: 'json', content: named(key, stdioConfig(server)), file: 'claude_desktop_config.json', note }];
  }
  if (server.headers.length > 0) return [];
  const note =
    'Claude Desktop adds remote servers under Settings, Connectors, Add custom connector. Paste this address.';
  return [{ kind: 'command', content: render(server.url), note }];
}

/** VS Code asks for values itself: each is an input, and secrets are not shown. */
function vsCode({ server, key }: Input): Written[] {
  const ask = ({ id }: Ask) => `\${input:${id}}`;
  const config: JsonObject =
    server.transport === 'stdio'
      ? { type: 'stdio', ...stdioConfig(server, ask) }
      : filled({ type: server.transport, url: render(server.url, ask), headers: renderAll(server.headers, ask) });
  const inputs: JsonObject[] = server.asks.map((one) => ({
    id: one.id,
    description: one.description ?? one.label,
    ...(one.choices.length > 0
      ? { type: 'pickString', options: one.choices }
      : { type: 'promptString', password: one.isSecret }),
  }));
  const withInputs: JsonObject = inputs.length > 0 ? { inputs } : {};
  const link = `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: key, ...config, ...withInputs }))}`;
  return [
    { kind: 'link', content: link, note: 'VS Code shows the configuration and asks before it installs.' },
    {
      kind: 'json',
      content: json({ ...withInputs, servers: { [key]: config } }),
      file: '.vscode/mcp.json',
      note: inputs.length > 0 ? 'VS Code asks for the values when it starts the server.' : null,
    },
  ];
}

function cursor({ server, key }: Input): Written[] {
  const config: JsonObject =
    server.transport === 'stdio'
      ? stdioConfig(server)
      : filled({ url: render(server.url), headers: renderAll(server.headers) });
  const encoded = Buffer.from(JSON.stringify(config), 'utf8').toString('base64');
  const query = new URLSearchParams({ name: key, config: encoded });
  const link = `cursor://anysphere.cursor-deeplink/mcp/install?${query}`;
  return [
    ...(hasAsks(server) ? [] : [{ kind: 'link' as const, content: link, note: 'Cursor asks before it installs.' }]),
    { kind: 'json', content: named(key, config), file: '~/.cursor/mcp.json', note: fillIn(server) },
  ];
}

function windsurf({ server, key }: Input): Written[] {
  const config: JsonObject =
    server.transport === 'stdio'
      ? stdioConfig(server)
      : filled({ serverUrl: render(server.url), headers: renderAll(server.headers) });
  const file = '~/.codeium/windsurf/mcp_config.json';
  return [{ kind: 'json', content: named(key, config), file, note: fillIn(server) }];
}

/** Codex: written from general knowledge of its command line, not read in its source. */
function codex({ server, key }: Input): Written[] {
  if (server.transport === 'stdio') {
    const argv = [
      ...['codex', 'mcp', 'add', key],
      ...server.env.flatMap(({ name, text }) => ['--env', `${name}=${render(text)}`]),
      ...['--', server.command, ...server.args.map((text) => render(text))],
    ];
    return [{ kind: 'command', content: shellQuote(argv), note: fillIn(server) }];
  }
  if (server.transport === 'sse' || server.headers.length > 0) return [];
  const content = shellQuote(['codex', 'mcp', 'add', key, '--url', render(server.url)]);
  return [{ kind: 'command', content, note: fillIn(server) }];
}

/** Gemini CLI replaces `$NAME` in its settings; a fixed text with a dollar sign would not arrive as it is. */
function geminiCli({ server, key }: Input): Written[] {
  const config: JsonObject =
    server.transport === 'stdio'
      ? stdioConfig(server)
      : filled({
          [server.transport === 'sse' ? 'url' : 'httpUrl']: render(server.url),
          headers: renderAll(server.headers),
        });
  if (JSON.stringify(config).includes('$')) return [];
  return [{ kind: 'json', content: named(key, config), file: '~/.gemini/settings.json', note: fillIn(server) }];
}

/** Programs that Goose accepts in an extension link. */
const GOOSE_COMMANDS = new Set(['npx', 'uvx', 'docker']);

/** Goose asks for the variables of an extension link by their description; a link can neither ask for arguments nor set a variable. */
function goose({ server, key, title }: Input): Written[] {
  const query = new URLSearchParams();
  if (server.transport === 'stdio') {
    if (
      !GOOSE_COMMANDS.has(server.command) ||
      server.args.some((text) => text.some((part) => typeof part !== 'string'))
    )
      return [];
    query.set('cmd', server.command);
    for (const text of server.args) query.append('arg', render(text));
    for (const { name, text } of server.env) {
      const [ask] = text;
      if (text.length !== 1 || typeof ask !== 'object') return [];
      query.append('env', `${name}=${ask.description ?? name}`);
    }
  } else {
    if (hasAsks(server)) return [];
    query.set('type', server.transport === 'sse' ? 'sse' : 'streamable_http');
    query.set('url', render(server.url));
  }
  query.set('id', key);
  query.set('name', title);
  query.set('description', title);
  // Goose reads percent-encoding only: a plus would stay one.
  const content = `goose://extension?${query.toString().replaceAll('+', '%20')}`;
  return [{ kind: 'link', content, note: 'Goose shows the extension and asks before it installs.' }];
}

function generic({ server, key }: Input): Written[] {
  if (server.transport !== 'stdio') {
    const config = filled({
      type: server.transport,
      url: render(server.url),
      headers: renderAll(server.headers),
    });
    return [{ kind: 'json', content: named(key, config), note: fillIn(server) }];
  }
  const variables = server.env.map(({ name, text }) => `${name}=${render(text)}`);
  const argv = [
    ...(variables.length > 0 ? ['env', ...variables] : []),
    server.command,
    ...server.args.map((text) => render(text)),
  ];
  return [
    { kind: 'json', content: named(key, stdioConfig(server)), note: fillIn(server) },
    { kind: 'command', content: shellQuote(argv), note: 'The command itself, over stdio.' },
  ];
}

/** Clients in the order of their tabs. */
export const CLIENTS: readonly Client[] = [
  { client: 'claude-code', label: 'Claude Code', write: claudeCode },
  { client: 'claude-desktop', label: 'Claude Desktop', write: claudeDesktop },
  { client: 'vscode', label: 'VS Code', write: vsCode },
  { client: 'cursor', label: 'Cursor', write: cursor },
  { client: 'windsurf', label: 'Windsurf', write: windsurf },
  { client: 'codex', label: 'Codex', write: codex },
  { client: 'gemini-cli', label: 'Gemini CLI', write: geminiCli },
  { client: 'goose', label: 'Goose', write: goose },
  { client: 'generic', label: 'Other', write: generic },
];
