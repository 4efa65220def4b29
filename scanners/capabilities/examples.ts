import type { Argument, JsonObject } from '#lib/manifest/types.ts';
import { examplesOf, ofManifest, ofTools } from '../example-snapshots.ts';
import type { InputSnapshot, RuleExample } from '../types.ts';
import { CODE, DOCKER_SOCKET, FS_ROOT, HOST_NETWORK, PRIVILEGED, SHELL, SQL } from './rules.ts';

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
];
