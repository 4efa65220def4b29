import { describe, expect, test } from 'vitest';
import type { JsonObject, ToolAnnotations } from '#lib/manifest/types.ts';
import { ofManifest, ofTools } from '#scanners/example-snapshots.ts';
import type { ObservedFacts } from '#scanners/facts.ts';
import { describePermission } from '#scanners/permissions/describe.ts';
import { permissionsOf } from '#scanners/permissions/infer.ts';
import { scanSnapshot } from '#scanners/run.ts';

type Case = { name: string; description?: string; takes?: string[]; annotations?: ToolAnnotations };

const schema = (names: string[] = []): JsonObject => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});

const sentences = (...cases: Case[]): string[] =>
  permissionsOf(
    ofTools(
      ...cases.map(({ name, description, takes, annotations }) => ({
        name,
        inputSchema: schema(takes),
        ...(description === undefined ? {} : { description }),
        ...(annotations === undefined ? {} : { annotations }),
      })),
    ),
  ).map(describePermission);

describe('what tools let a model do', () => {
  test.each<[Case, string[]]>([
    [{ name: 'read_file', takes: ['path'] }, ['Reads files in the directories you name (read_file)']],
    [{ name: 'writeFile', takes: ['path', 'content'] }, ['Changes files in the directories you name (writeFile)']],
    [{ name: 'send_email', takes: ['to', 'body'] }, ['Sends e-mail (send_email)']],
    [{ name: 'slack_post_message', takes: ['text'] }, ['Sends messages (slack_post_message)']],
    [
      { name: 'execute_command', description: 'Runs a shell command.', takes: ['command'] },
      ['Runs shell commands (execute_command)'],
    ],
    [
      { name: 'run_python_code', description: 'Runs code.', takes: ['code'] },
      ['Runs code that the model writes (run_python_code)'],
    ],
    [{ name: 'execute_sql', takes: ['sql'] }, ['Changes databases (execute_sql)', 'Reads databases (execute_sql)']],
    [{ name: 'query', description: 'Runs a read-only SQL query.', takes: ['sql'] }, ['Reads databases (query)']],
    [
      { name: 'fetch', description: 'Fetches a URL.', takes: ['url'] },
      ['Sends data to the web addresses you name (fetch)', 'Reads web pages (fetch)'],
    ],
    [{ name: 'create_issue', takes: ['title'] }, ['Changes issues and tickets (create_issue)']],
    [{ name: 'forecast', description: 'Returns the forecast.' }, ['Reads data of the service (forecast)']],
    [
      { name: 'login', takes: ['username', 'password'] },
      ['Takes secrets as arguments from the model (login)', 'Reads data of the service (login)'],
    ],
    [
      { name: 'print_env', description: 'Prints all environment variables.' },
      ['Shows environment variables of the server (print_env)', 'Reads data of the service (print_env)'],
    ],
  ])('%j', (tool, expected) => {
    expect(sentences(tool)).toEqual(expected);
  });

  test('annotations are believed and named as declared', () => {
    const [reading] = permissionsOf(ofTools({ name: 'set_view', annotations: { readOnlyHint: true } }));
    expect(reading).toMatchObject({ kind: 'read', basis: 'declared' });
    const [changing] = permissionsOf(ofTools({ name: 'cleanup', annotations: { destructiveHint: true } }));
    expect(changing).toMatchObject({ kind: 'change', basis: 'declared' });
  });

  test('tools of one kind and scope become one sentence, the first three named', () => {
    const tools = ['read_file', 'list_directory', 'search_files', 'get_file_info'].map((name) => ({
      name,
      takes: ['path'],
    }));
    expect(sentences(...tools)).toEqual([
      'Reads files in the directories you name (get_file_info, list_directory, read_file and 1 more)',
    ]);
  });
});

describe('what a manifest declares', () => {
  const packages = [
    {
      registryType: 'oci',
      identifier: 'ghcr.io/example/tool:1.0.0',
      runtimeHint: 'docker',
      transport: { type: 'stdio' as const },
      environmentVariables: [{ name: 'GITHUB_TOKEN', isSecret: true }, { name: 'REGION' }],
      runtimeArguments: [
        { type: 'named' as const, name: '-v', value: '/srv/data:/data:ro' },
        { type: 'named' as const, name: '-v', value: '{workspace}:/work' },
        { type: 'named' as const, name: '-v', value: '/var/run/docker.sock:/var/run/docker.sock' },
        { type: 'named' as const, name: '-v', value: 'cache:/cache' },
      ],
    },
  ];

  test('secrets, mounts and the socket of the engine', () => {
    const permissions = permissionsOf(ofManifest({ packages }));
    expect(permissions.every(({ basis }) => basis === 'declared')).toBe(true);
    expect(permissions.map(describePermission)).toEqual([
      'Runs containers, through the socket of the container engine',
      'Uses the secret GITHUB_TOKEN',
      'Changes {workspace} on the host',
      'Reads /srv/data on the host',
      'Reads {workspace} on the host',
    ]);
    expect(permissions[1]?.evidence).toEqual(['server.json /packages/0/environmentVariables/0']);
  });

  test('the hosts that remotes send to', () => {
    const remotes = [{ type: 'streamable-http' as const, url: 'https://{tenant}.example.com/mcp' }];
    expect(permissionsOf(ofManifest({ remotes })).map(describePermission)).toEqual([
      'Sends data to {tenant}.example.com',
    ]);
  });

  test('files, databases and OAuth scopes that it asks for or sets', () => {
    const environmentVariables = [
      { name: 'NOTES_FILE', format: 'filepath' as const },
      { name: 'DATABASE_URL' },
      { name: 'GITHUB_SCOPES', value: 'repo read:org' },
      { name: 'REGION', value: 'repo' },
    ];
    const [pkg] = packages;
    const declared = permissionsOf(ofManifest({ packages: [{ ...pkg!, runtimeArguments: [], environmentVariables }] }));
    expect(declared.map(describePermission)).toEqual([
      'Changes the database given as DATABASE_URL',
      'Changes what the OAuth scope repo allows',
      'Reads the database given as DATABASE_URL',
      'Reads the file or directory given as NOTES_FILE',
      'Reads what the OAuth scope read:org allows',
      'Reads what the OAuth scope repo allows',
    ]);
  });
});

describe('what was seen in the sandbox', () => {
  const observedOf = (observed: ObservedFacts | null) => ({
    ...ofTools({ name: 'forecast', description: 'Returns the forecast.' }),
    facts: { at: '2026-11-20T00:00:00Z', packages: [], holder: null, known: null, observed },
  });

  test('is told as an attempt, with how often', () => {
    const observed = { network: { unrouted: 1, datagrams: 8 }, programs: ['git', 'sh'] };
    const permissions = permissionsOf(observedOf(observed)).filter(({ basis }) => basis === 'observed');
    expect(permissions.map(describePermission)).toEqual([
      'Started other programs while it was asked for its tools (git, sh)',
      'Tried to reach the network while it was asked for its tools (8 look-ups of names or datagrams, one connection)',
    ]);
    expect(scanSnapshot(observedOf(observed)).risk).toBe('medium');
  });

  test('is told by name where its system calls were logged', () => {
    const file = (path: string, access: 'read' | 'write' | 'delete' = 'read') => ({ path, access, isFound: true });
    const observed: ObservedFacts = {
      network: { unrouted: 4, datagrams: 2 },
      programs: ['MainThread'],
      trace: {
        files: [
          file('/etc/passwd'),
          file('~/.aws/credentials'),
          file('~/.ssh/id_rsa'),
          file('~/.config/own/state', 'write'),
          file('~/.ssh/id_rsa', 'delete'),
        ],
        commands: [['git', 'status']],
        addresses: ['192.0.2.1:443'],
        names: ['api.example'],
        isCut: false,
      },
    };
    const permissions = permissionsOf(observedOf(observed)).filter(({ basis }) => basis === 'observed');
    expect(permissions.map(describePermission)).toEqual([
      'Started other programs while it was asked for its tools (git status)',
      'Opened credentials of cloud services while it was asked for its tools (~/.aws/credentials)',
      'Opened private SSH keys while it was asked for its tools (~/.ssh/id_rsa)',
      'Tried to reach the network while it was asked for its tools (192.0.2.1:443, api.example)',
      'Changed files outside of its own folders while it was asked for its tools (~/.config/own/state, ~/.ssh/id_rsa)',
      'Opened files outside of its package while it was asked for its tools (/etc/passwd)',
    ]);
    expect(scanSnapshot(observedOf(observed)).findings).toEqual([]);
  });

  test.each([null, { network: null, programs: [] }, { network: { unrouted: 0, datagrams: 0 }, programs: [] }])(
    'is nothing where nothing was tried: %j',
    (observed) => {
      expect(permissionsOf(observedOf(observed)).some(({ basis }) => basis === 'observed')).toBe(false);
      expect(scanSnapshot(observedOf(observed)).risk).toBe('low');
    },
  );
});
