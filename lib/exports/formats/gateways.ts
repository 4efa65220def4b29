import type { JsonObject, JsonValue } from '#lib/manifest/types.ts';
import { makeNote } from '../notes.ts';
import type { ExportFormat, ExportNote, ExportServer } from '../types.ts';
import { celText, filled, yamlText } from '../write.ts';
import { namedValues, type Start, startOf, variableOf } from './server-configs.ts';

type Note = (note: ExportNote) => void;
type Named = { server: ExportServer; start: Start; tools: string[] };

/**
 * Servers of which a tool may be called. In these files an empty or missing list of tools means all of them, so a server
 * without any is left out.
 */
function withTools(
  servers: readonly ExportServer[],
  client: string,
  note: Note,
  limit = Number.POSITIVE_INFINITY,
): Named[] {
  return servers.flatMap((server): Named[] => {
    const [{ version, tools }] = server.versions;
    const place = { server: server.name, version };
    if (tools.length === 0) note(makeNote('NO_TOOLS', place, { client }));
    else if (tools.length > limit) {
      note(makeNote('TOO_MANY_TOOLS', place, { client, count: String(tools.length), limit: String(limit) }));
    } else return [{ server, start: startOf(server, client, note), tools }];
    return [];
  });
}

/** LiteLLM reads `os.environ/NAME`; a name with a hyphen could not be told from the prefix of its tools. */
export const litellm: ExportFormat = (plan, note) =>
  yamlText({
    mcp_servers: Object.fromEntries(
      withTools(plan.servers, 'LiteLLM', note).map(({ server, start, tools }): [string, JsonValue] => {
        const variable = (name: string) => `os.environ/${name}`;
        const config: Record<string, JsonValue> =
          'command' in start
            ? {
                transport: 'stdio',
                command: start.command.argv[0],
                args: start.command.argv.slice(1),
                env: namedValues(start.command.env, variable),
              }
            : {
                transport: start.remote.transport,
                url: start.remote.url,
                static_headers: namedValues(start.remote.headers, variable),
              };
        const description = server.versions[0].facts?.description;
        return [server.key.replaceAll('-', '_'), filled({ ...config, description, allowed_tools: tools })];
      }),
    ),
  });

/** agentgateway: targets, and rules over the target and its own tool names. Without a rule that holds, nothing is allowed. */
export const agentgateway: ExportFormat = (plan, note) => {
  const named = withTools(plan.servers, 'agentgateway', note);
  const targets = named.map(({ server, start }): JsonObject => {
    if ('remote' in start)
      return { name: server.key, [start.remote.transport === 'sse' ? 'sse' : 'mcp']: { host: start.remote.url } };
    const [cmd, ...args] = start.command.argv;
    const env = start.command.env.map(({ name, value }) => [name, value ?? `$${variableOf(name)}`]);
    return { name: server.key, stdio: filled({ cmd, args, env: Object.fromEntries(env) }) };
  });
  const rules = named.map(
    ({ server, tools }) =>
      `mcp.tool.target == ${celText(server.key)} && mcp.tool.name in [${tools.map(celText).join(', ')}]`,
  );
  return yamlText({
    binds: [
      {
        port: 3000,
        listeners: [
          {
            routes: [
              {
                policies: { mcpAuthorization: { rules: rules.length > 0 ? rules : ['false'] } },
                backends: [{ mcp: { targets } }],
              },
            ],
          },
        ],
      },
    ],
  });
};

const MAX_ENVOY_TOOLS = 32;

/** Names of Kubernetes objects: RFC 1123 labels. */
const kubernetesName = (key: string) =>
  key
    .toLowerCase()
    .replaceAll('_', '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');

/** Envoy AI Gateway: an MCPRoute, and a Backend with its TLS policy for each host. */
export const envoyAiGateway: ExportFormat = (plan, note) => {
  const named = withTools(plan.servers, 'Envoy AI Gateway', note, MAX_ENVOY_TOOLS).flatMap(
    ({ server, start, tools }) =>
      'remote' in start ? [{ name: kubernetesName(server.key), url: new URL(start.remote.url), tools }] : [],
  );
  const route: JsonObject = {
    apiVersion: 'aigateway.envoyproxy.io/v1alpha1',
    kind: 'MCPRoute',
    metadata: { name: 'approved-mcp-servers', labels: LABELS },
    spec: {
      parentRefs: [{ name: 'SET-YOUR-GATEWAY', kind: 'Gateway', group: 'gateway.networking.k8s.io' }],
      path: '/mcp',
      backendRefs: named.map(({ name, url, tools }) => ({
        name,
        kind: 'Backend',
        group: 'gateway.envoyproxy.io',
        path: `${url.pathname}${url.search}`,
        toolSelector: { include: tools },
      })),
    },
  };
  const backends = named.flatMap(({ name, url }): JsonObject[] => [
    {
      apiVersion: 'gateway.envoyproxy.io/v1alpha1',
      kind: 'Backend',
      metadata: { name, labels: LABELS },
      spec: { endpoints: [{ fqdn: { hostname: url.hostname, port: Number(url.port || '443') } }] },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1alpha3',
      kind: 'BackendTLSPolicy',
      metadata: { name, labels: LABELS },
      spec: {
        targetRefs: [{ group: 'gateway.envoyproxy.io', kind: 'Backend', name }],
        validation: { wellKnownCACertificates: 'System', hostname: url.hostname },
      },
    },
  ]);
  // A route needs a backend; without one there is none, and every call is refused.
  return named.length > 0
    ? yamlText(route, ...backends)
    : '# Nothing is approved: apply with --prune to remove what was.\n';
};

const LABELS = { 'app.kubernetes.io/managed-by': 'hallmark' };
const KONG_GROUP = 'mcp-users';

/** Kong: a service and a route for each server, whose tools only one consumer group may call. */
export const kong: ExportFormat = (plan, note) =>
  yamlText({
    _format_version: '3.0',
    _info: { select_tags: ['hallmark'] },
    services: withTools(plan.servers, 'Kong', note).flatMap(({ server, start, tools }): JsonObject[] => {
      if (!('remote' in start)) return [];
      if (start.remote.transport === 'sse') {
        note(makeNote('NO_REMOTES', { server: server.name }, { client: 'Kong with the SSE transport' }));
        return [];
      }
      return [
        {
          name: server.key,
          url: start.remote.url,
          routes: [
            {
              name: server.key,
              paths: [`/mcp/${server.key}`],
              strip_path: true,
              plugins: [
                {
                  name: 'ai-mcp-proxy',
                  config: {
                    mode: 'passthrough-listener',
                    include_consumer_groups: true,
                    // A group that nobody is in: whatever is not named below is denied.
                    default_acl: [{ scope: 'tools', allow: ['nobody'] }],
                    tools: tools.map((name) => ({ name, description: name, acl: { allow: [KONG_GROUP] } })),
                  },
                },
              ],
            },
          ],
        },
      ];
    }),
  });

/** Goose: lines that are compared as they are. An argument with a space would make another command of the same line. */
export const goose: ExportFormat = (plan, note) =>
  yamlText({
    extensions: plan.servers.flatMap(({ name, key, versions }) =>
      versions.flatMap(({ version, commands }) =>
        commands.flatMap(({ argv }): JsonObject[] => {
          if (argv.every((argument) => /^[^\s'"\\]+$/.test(argument))) return [{ id: key, command: argv.join(' ') }];
          note(
            makeNote(
              'AMBIGUOUS_ARGUMENT',
              { server: name, version },
              { client: 'Goose', command: JSON.stringify(argv) },
            ),
          );
          return [];
        }),
      ),
    ),
  });
