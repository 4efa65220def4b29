import type { Argument, JsonObject, KeyValueInput } from '#lib/manifest/types.ts';
import { examplesOf, ofManifest, ofTools } from '../example-snapshots.ts';
import type { InputSnapshot, RuleExample } from '../types.ts';
import {
  ADMIN_SECRET,
  CODE,
  DESTRUCTIVE_UNMARKED,
  DOCKER_SOCKET,
  FS_ROOT,
  HOST_NETWORK,
  PRIVILEGED,
  SECRET_MOUNT,
  SHELL,
  SQL,
  UNUSED_SECRET,
  WILDCARD_HOST,
  WILDCARD_SCOPE,
} from './rules.ts';

const taking = (...names: string[]): JsonObject => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});

const tool = (name: string, description: string, ...parameters: string[]): InputSnapshot =>
  ofTools({ name, description, inputSchema: taking(...parameters) });

const docker = (...runtimeArguments: Argument[]): InputSnapshot =>
  ofManifest({
    packages: [
      {
        registryType: 'oci',
        identifier: 'ghcr.io/example/tool:1.0.0',
        runtimeHint: 'docker',
        transport: { type: 'stdio' },
        runtimeArguments,
      },
    ],
  });

const flag = (name: string, value?: string): Argument => ({
  type: 'named',
  name,
  ...(value === undefined ? {} : { value }),
});

const asking = (...environmentVariables: KeyValueInput[]): InputSnapshot =>
  ofManifest({
    packages: [
      {
        registryType: 'npm',
        identifier: 'weather-mcp',
        version: '1.0.0',
        transport: { type: 'stdio' },
        environmentVariables,
      },
    ],
  });

/** The same with tools that were seen. */
const withTool = (snapshot: InputSnapshot, name: string, description: string): InputSnapshot => ({
  ...snapshot,
  definitions: tool(name, description).definitions,
});

const HARMLESS_FLAGS = [
  ['a working directory', docker(flag('-v', '{workspace}:/work'))],
  ['a named volume', docker(flag('-v', 'data:/data'))],
  ['no arguments', docker()],
] as const;

export const EXAMPLES: readonly RuleExample[] = [
  ...examplesOf(SHELL, {
    finds: [
      ['a command line', tool('execute_command', 'Executes a shell command.', 'command')],
      ['a terminal', tool('run_in_terminal', 'Runs a command in the terminal of the editor.', 'command')],
      ['a tool called bash', tool('bash', 'A shell session.', 'input')],
    ],
    leaves: [
      ['a list of commands', tool('list_commands', 'Lists the commands of the bot.', 'filter')],
      ['a workflow of the service', tool('run_workflow', 'Runs a workflow of the project.', 'workflow_id')],
      [
        'a description that says no',
        tool('explain_command', 'Explains a shell command and never executes it. It does not run anything.', 'command'),
      ],
    ],
  }),
  ...examplesOf(CODE, {
    finds: [
      ['Python', tool('run_python_code', 'Runs Python code.', 'code')],
      [
        'JavaScript in a page',
        tool('browser_evaluate', 'Evaluate JavaScript in the page. Runs the function given.', 'function'),
      ],
      ['a notebook', tool('execute_cell', 'Executes a notebook cell.', 'source')],
    ],
    leaves: [
      ['a review', tool('review_code', 'Reviews code for style.', 'code')],
      ['a promotion code', tool('apply_code', 'Applies a promotion code.', 'code')],
      ['a search', tool('search_code', 'Searches code in repositories.', 'query')],
    ],
  }),
  ...examplesOf(SQL, {
    finds: [
      ['a statement', tool('execute_sql', 'Executes a statement.', 'sql')],
      ['a query', tool('query', 'Runs a read-only SQL query.', 'query')],
      ['a named runner', tool('run_query', 'Runs a query on the warehouse.', 'query')],
    ],
    leaves: [
      ['a full-text search', tool('search', 'Searches documents by words.', 'query')],
      ['a list of tables', tool('list_tables', 'Lists the tables of a schema.', 'schema')],
      ['a search of issues', tool('find_issues', 'Finds issues that match a query.', 'query')],
    ],
  }),
  ...examplesOf(FS_ROOT, {
    finds: [
      ['the root', docker(flag('-v', '/:/host'))],
      ['the home directory', docker(flag('--volume', '~:/home/user'))],
      ['a bind mount of a system directory', docker(flag('--mount', 'type=bind,src=/etc,dst=/etc,readonly'))],
      ['all users', docker(flag('-v', '/Users:/users'))],
    ],
    leaves: HARMLESS_FLAGS,
  }),
  ...examplesOf(DOCKER_SOCKET, {
    finds: [
      ['Docker', docker(flag('-v', '/var/run/docker.sock:/var/run/docker.sock'))],
      ['a rootless Podman', docker(flag('-v', '/run/user/1000/podman/podman.sock:/run/podman.sock'))],
      ['a bind mount', docker(flag('--mount', 'type=bind,source=/var/run/docker.sock,target=/docker.sock'))],
    ],
    leaves: HARMLESS_FLAGS,
  }),
  ...examplesOf(PRIVILEGED, {
    finds: [
      ['the flag', docker(flag('--privileged'))],
      ['all capabilities', docker(flag('--cap-add', 'ALL'))],
      ['the processes of the host', docker({ type: 'positional', value: '--pid=host' })],
    ],
    leaves: [...HARMLESS_FLAGS, ['one narrow capability', docker(flag('--cap-add', 'NET_BIND_SERVICE'))]],
  }),
  ...examplesOf(HOST_NETWORK, {
    finds: [
      ['the long flag', docker(flag('--network', 'host'))],
      ['the short one', docker(flag('--net=host'))],
      ['as one positional argument', docker({ type: 'positional', value: '--network=host' })],
    ],
    leaves: [...HARMLESS_FLAGS, ['a network of its own', docker(flag('--network', 'mcp'))]],
  }),
  ...examplesOf(SECRET_MOUNT, {
    finds: [
      ['keys of ssh', docker(flag('-v', '~/.ssh:/root/.ssh:ro'))],
      ['accounts of a cloud', docker(flag('-v', '$HOME/.aws:/home/app/.aws'))],
      ['a bind mount', docker(flag('--mount', 'type=bind,src=/home/alice/.kube/config,dst=/kube'))],
    ],
    leaves: [...HARMLESS_FLAGS, ['a file that the user names', docker(flag('-v', '{kubeconfig}:/kube/config:ro'))]],
  }),
  ...examplesOf(WILDCARD_SCOPE, {
    finds: [
      ['everything', asking({ name: 'OAUTH_SCOPES', value: '*' })],
      ['an administrator', asking({ name: 'GITHUB_SCOPES', default: 'repo,admin:org' })],
      ['a whole cloud', asking({ name: 'SCOPE', value: 'https://www.googleapis.com/auth/cloud-platform' })],
    ],
    leaves: [
      ['a narrow one', asking({ name: 'OAUTH_SCOPES', value: 'issues:read' })],
      ['several narrow ones', asking({ name: 'GITHUB_SCOPES', default: 'read:org read:user' })],
      ['one that the user chooses', asking({ name: 'OAUTH_SCOPES', description: 'Scopes, e.g. *' })],
      ['another variable', asking({ name: 'PATTERN', value: '*' })],
    ],
  }),
  ...examplesOf(WILDCARD_HOST, {
    finds: [
      ['hosts', asking({ name: 'ALLOWED_HOSTS', value: '*' })],
      ['origins', asking({ name: 'CORS_ALLOWED_ORIGINS', default: 'https://a.example,*' })],
      ['every address', asking({ name: 'MCP_HOST', value: '0.0.0.0' })],
    ],
    leaves: [
      ['one host', asking({ name: 'ALLOWED_HOSTS', value: 'api.example.com' })],
      ['subdomains of one', asking({ name: 'ALLOWED_ORIGINS', value: 'https://*.example.com' })],
      ['this machine', asking({ name: 'MCP_HOST', value: '127.0.0.1' })],
      ['a host that the user names', asking({ name: 'DB_HOST', description: 'Where the database is' })],
    ],
  }),
  ...examplesOf(ADMIN_SECRET, {
    finds: [
      ['a token', asking({ name: 'GRAFANA_ADMIN_TOKEN', isSecret: true })],
      ['a password', asking({ name: 'MYSQL_ROOT_PASSWORD', isSecret: true })],
      ['a service role', asking({ name: 'SUPABASE_SERVICE_ROLE_KEY', isSecret: true })],
    ],
    leaves: [
      ['a key of one account', asking({ name: 'GRAFANA_API_KEY', isSecret: true })],
      ['an address', asking({ name: 'ADMIN_URL' })],
      ['a name', asking({ name: 'ADMIN_USERNAME' })],
    ],
  }),
  ...examplesOf(UNUSED_SECRET, {
    finds: ['STRIPE_API_KEY', 'AWS_LAMBDA_SECRET_KEY', 'GITHUB_TOKEN'].map(
      (name) => [name, withTool(asking({ name, isSecret: true }), 'get_forecast', 'Returns the forecast.')] as const,
    ),
    leaves: [
      [
        'a tool speaks of it',
        withTool(asking({ name: 'STRIPE_API_KEY', isSecret: true }), 'refund', 'Pays back through Stripe.'),
      ],
      [
        'the manifest says what for',
        withTool(
          asking({ name: 'STRIPE_API_KEY', isSecret: true, description: 'For the paid plan' }),
          'get_forecast',
          'Returns the forecast.',
        ),
      ],
      [
        'the server is called so',
        withTool(asking({ name: 'WEATHER_API_KEY', isSecret: true }), 'get_forecast', 'Returns the forecast.'),
      ],
      [
        'a name that tells nothing',
        withTool(asking({ name: 'API_TOKEN', isSecret: true }), 'get_forecast', 'Returns the forecast.'),
      ],
      ['the tools were not seen', asking({ name: 'STRIPE_API_KEY', isSecret: true })],
    ],
  }),
  ...examplesOf(DESTRUCTIVE_UNMARKED, {
    finds: [
      ['no annotations', tool('delete_file', 'Deletes a file.', 'path')],
      ['behind the name of the service', tool('github_delete_branch', 'Deletes a branch.', 'branch')],
      [
        'denied',
        ofTools({ name: 'dropTable', description: 'Drops a table.', annotations: { destructiveHint: false } }),
      ],
    ],
    leaves: [
      [
        'marked',
        ofTools({ name: 'delete_file', description: 'Deletes a file.', annotations: { destructiveHint: true } }),
      ],
      ['a list of what was deleted', tool('list_deleted_files', 'Lists deleted files.')],
      ['nothing that lasts', tool('remove_duplicates', 'Removes duplicate lines from a text.', 'text')],
      ['a creation', tool('create_file', 'Creates a file.', 'path')],
    ],
  }),
];
