import type { JsonObject } from '#lib/manifest/types.ts';
import { makeNote, type NotePlace } from '../notes.ts';
import type { ExportCommand, ExportFormat, ExportNote, ExportPlan, ExportRemote, ExportServer } from '../types.ts';
import { filled, jsonText } from '../write.ts';

type Note = (note: ExportNote) => void;
/** How a client refers to a variable that a person sets. */
type Variable = (name: string) => string;
export type Start = { command: ExportCommand } | { remote: ExportRemote };

/** The one way to start a server that files with one entry a server name: its highest version, local before remote. */
export function startOf(server: ExportServer, client: string, note: Note): Start {
  const [latest, ...others] = server.versions;
  if (others.length > 0) {
    const place: NotePlace = { server: server.name };
    note(
      makeNote('ONE_VERSION', place, {
        client,
        version: latest.version,
        others: others.map(({ version }) => version).join(', '),
      }),
    );
  }
  const [command] = latest.commands;
  return command ? { command } : { remote: latest.remotes[0]! };
}

/** Names with values: fixed ones as the manifest has them, the others by the variable. */
export const namedValues = (values: ExportCommand['env'], variable: Variable): JsonObject =>
  Object.fromEntries(values.map(({ name, value }) => [name, value ?? variable(variableOf(name))]));

/** The variable that a header's value is read from: `X-Api-Key` is `X_API_KEY`. */
export const variableOf = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? name
    : name
        .toUpperCase()
        .replace(/[^A-Z0-9]+/g, '_')
        .replace(/^(?=\d)/, '_');

const shell: Variable = (name) => `\${${name}}`;

function configOf(start: Start, variable: Variable): JsonObject {
  if ('command' in start) {
    const [command, ...args] = start.command.argv;
    return filled({ type: 'stdio', command, args, env: namedValues(start.command.env, variable) });
  }
  const { transport, url, headers } = start.remote;
  return filled({ type: transport, url, headers: namedValues(headers, variable) });
}

const byKey = (plan: ExportPlan, entryOf: (server: ExportServer) => JsonObject): JsonObject =>
  Object.fromEntries(plan.servers.map((server) => [server.key, entryOf(server)]));

/** Claude Code: `managed-mcp.json`, which excludes every other source. `{}` turns MCP off. */
export const claudeCodeMcp: ExportFormat = (plan, note) =>
  jsonText({ mcpServers: byKey(plan, (server) => configOf(startOf(server, 'managed-mcp.json', note), shell)) });

/** Claude Code: `managedMcpServers`, remote servers without headers that need a value. */
export const claudeCodeManaged: ExportFormat = (plan, note) =>
  jsonText({
    managedMcpServers: byKey(plan, (server) => {
      const start = startOf(server, 'managedMcpServers', note);
      return 'remote' in start ? fixedRemote(start.remote) : {};
    }),
  });

function fixedRemote({ transport, url, headers }: ExportRemote): JsonObject {
  const fixed = headers.filter(({ value }) => value !== null);
  return filled({ type: transport, url, headers: namedValues(fixed, shell) });
}

/** Claude Desktop: a list, with a decision for each tool. An exact name beats the wildcard. */
export const claudeDesktop: ExportFormat = (plan, note) =>
  jsonText(
    plan.servers.map((server): JsonObject => {
      const start = startOf(server, 'Claude Desktop', note);
      const { version, tools, asks } = server.versions[0];
      const isExact = (tool: string) => {
        if (!tool.includes('*')) return true;
        note(
          makeNote(
            'TOOL_PATTERN',
            { server: server.name, version },
            { tool: JSON.stringify(tool), client: 'Claude Desktop' },
          ),
        );
        return false;
      };
      const remote = 'remote' in start ? start.remote : null;
      return filled({
        name: server.key,
        transport: remote?.transport,
        url: remote?.url,
        toolPolicy: Object.fromEntries([
          ...tools.filter(isExact).map((tool) => [tool, 'allow']),
          ...asks.filter(isExact).map((tool) => [tool, 'ask']),
          ['*', 'blocked'],
        ]),
      });
    }),
  );

/**
 * VS Code: `mcp.json`. Keyed by the server's whole name, because "registry only" compares the key with names in the
 * registry. What a person has to give is an input, which VS Code asks for.
 */
export const vscode: ExportFormat = (plan, note) => {
  const inputs: JsonObject[] = [];
  const servers = plan.servers.map((server): [string, JsonObject] => {
    const start = startOf(server, 'VS Code', note);
    const values = 'command' in start ? start.command.env : start.remote.headers;
    const idOf = (name: string) => `${server.key}-${name}`;
    for (const { name, value, description, isSecret } of values) {
      if (value !== null) continue;
      inputs.push({
        id: idOf(variableOf(name)),
        type: 'promptString',
        description: description ?? name,
        password: isSecret,
      });
    }
    return [server.name, configOf(start, (name) => `\${input:${idOf(name)}}`)];
  });
  return jsonText({ ...(inputs.length > 0 ? { inputs } : {}), servers: Object.fromEntries(servers) });
};

/** Cursor: `mcp.json`. */
export const cursor: ExportFormat = (plan, note) =>
  jsonText({
    mcpServers: byKey(plan, (server) => {
      const { type: _, ...config } = configOf(startOf(server, 'Cursor', note), (name) => `\${env:${name}}`);
      return config;
    }),
  });

/** Cursor: what runs without asking. Never a wildcard: a tool that is new asks. */
export const cursorPermissions: ExportFormat = (plan, note) => {
  note(
    makeNote(
      'NOT_INSTALL_CONTROL',
      {},
      { text: 'It decides only what runs without asking, not which servers and tools are there.' },
    ),
  );
  return jsonText({
    mcpAllowlist: plan.servers.flatMap(({ name, key, versions: [{ version, tools }] }) =>
      tools.flatMap((tool) => {
        if (!/[*:]/.test(tool)) return [`${key}:${tool}`];
        note(makeNote('TOOL_PATTERN', { server: name, version }, { tool: JSON.stringify(tool), client: 'Cursor' }));
        return [];
      }),
    ),
  });
};
