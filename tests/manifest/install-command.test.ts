import { describe, expect, it } from 'vitest';
import {
  displayArgv,
  fillCommand,
  type NoCommandReason,
  type Package,
  packageCommand,
  resolvePackageCommand,
  shellQuote,
} from '#lib/manifest/index.ts';

const pkg = (registryType: string, identifier: string, more: Partial<Package> = {}): Package => ({
  registryType,
  identifier,
  transport: { type: 'stdio' },
  ...more,
});
const command = (one: Package) => {
  const result = resolvePackageCommand(one);
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`);
  return result.command;
};
const argv = (one: Package) => [command(one).command, ...command(one).args];
const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('start commands', () => {
  const rows: [one: Package, argv: string[], isPinned: boolean][] = [
    [pkg('npm', '@acme/weather', { version: '1.2.3' }), ['npx', '-y', '@acme/weather@1.2.3'], true],
    [pkg('npm', 'weather'), ['npx', '-y', 'weather'], false],
    [pkg('npm', 'weather', { version: 'next' }), ['npx', '-y', 'weather@next'], false],
    [pkg('npm', 'weather', { version: '1.2' }), ['npx', '-y', 'weather@1.2'], false],
    [pkg('npm', 'weather', { version: '1.2.3', runtimeHint: 'bunx' }), ['bunx', 'weather@1.2.3'], true],
    [pkg('npm', 'weather', { version: '1.2.3', runtimeHint: '/bin/sh' }), ['npx', '-y', 'weather@1.2.3'], true],
    [pkg('pypi', 'weather', { version: '1.0' }), ['uvx', 'weather==1.0'], true],
    [pkg('pypi', 'weather'), ['uvx', 'weather'], false],
    [pkg('pypi', 'weather', { version: '1.0', runtimeHint: 'pipx' }), ['pipx', 'run', 'weather==1.0'], true],
    [pkg('nuget', 'Acme.Weather', { version: '1.0.0' }), ['dnx', 'Acme.Weather@1.0.0', '--yes'], true],
    [
      pkg('nuget', 'Acme.Weather', { version: '1.0.0', packageArguments: [{ type: 'positional', value: 'mcp' }] }),
      ['dnx', 'Acme.Weather@1.0.0', '--yes', '--', 'mcp'],
      true,
    ],
    [pkg('oci', 'acme/weather:1.0'), ['docker', 'run', '-i', '--rm', 'docker.io/acme/weather:1.0'], false],
    [
      pkg('oci', 'acme/weather', { version: '1.0' }),
      ['docker', 'run', '-i', '--rm', 'docker.io/acme/weather:1.0'],
      false,
    ],
    [pkg('oci', `ghcr.io/a/b@${DIGEST}`), ['docker', 'run', '-i', '--rm', `ghcr.io/a/b@${DIGEST}`], true],
    [pkg('oci', 'a/b', { runtimeHint: 'podman' }), ['podman', 'run', '-i', '--rm', 'docker.io/a/b'], false],
    [
      pkg('oci', 'owner/image', { registryBaseUrl: 'https://ghcr.io', version: '1' }),
      ['docker', 'run', '-i', '--rm', 'ghcr.io/owner/image:1'],
      false,
    ],
  ];
  it.each(rows)('%j', (one, expected, isPinned) => {
    expect(argv(one)).toEqual(expected);
    expect(command(one).isPinned).toBe(isPinned);
  });
});

describe('packages without a start command', () => {
  const named = (name: string, value?: string) => ({ runtimeArguments: [{ type: 'named' as const, name, value }] });
  const word = (value: string) => ({ runtimeArguments: [{ type: 'positional' as const, value }] });
  const rows: [why: NoCommandReason, one: Package][] = [
    ['cargo-is-installed', pkg('cargo', 'weather', { version: '1.0.0' })],
    ['mcpb-is-opened', pkg('mcpb', 'https://github.com/a/b/releases/download/v1/mcp.mcpb')],
    ['unsupported-type', pkg('maven', 'com.acme:weather')],
    ['unsupported-type', pkg('toString', 'weather')],
    ['invalid-identifier', pkg('npm', '--package=evil')],
    ['invalid-identifier', pkg('npm', 'https://evil.example/x.tgz')],
    ['invalid-identifier', pkg('npm', './weather')],
    ['invalid-identifier', pkg('npm', 'weather evil')],
    ['invalid-identifier', pkg('pypi', '--python', { version: '3.10' })],
    ['invalid-identifier', pkg('oci', '--privileged')],
    ['invalid-version', pkg('npm', 'weather', { version: 'npm:evil@1.0.0' })],
    ['invalid-version', pkg('npm', 'weather', { version: 'https://evil.example/x.tgz' })],
    ['invalid-version', pkg('npm', 'weather', { version: '^1.0.0' })],
    ['invalid-version', pkg('pypi', 'weather', { version: '1.*' })],
    ['invalid-version', pkg('pypi', 'weather', { version: '1.0 --index-url=https://evil.example' })],
    ['invalid-version', pkg('oci', 'acme/weather', { version: 'x y' })],
    ['other-registry', pkg('npm', 'weather', { registryBaseUrl: 'https://npm.evil.example' })],
    ['invalid-version', pkg('oci', 'ghcr.io/a/b', { registryBaseUrl: 'https://evil.example' })],
    ['unknown-runtime', pkg('npm', 'weather', { runtimeHint: 'node', ...named('--import', 'x') })],
    ['unsafe-runtime-argument', pkg('npm', 'weather', word('evil-package'))],
    [
      'unsafe-runtime-argument',
      pkg('npm', 'weather', { runtimeArguments: [{ type: 'positional', valueHint: 'x', isRequired: true }] }),
    ],
    ['unsafe-runtime-argument', pkg('npm', 'weather', named('--package', 'evil'))],
    ['unsafe-runtime-argument', pkg('npm', 'weather', named('--pack', 'evil'))],
    ['unsafe-runtime-argument', pkg('npm', 'weather', named('-yp', 'evil'))],
    ['unsafe-runtime-argument', pkg('npm', 'weather', named('-c', 'evil'))],
    ['unsafe-runtime-argument', pkg('npm', 'weather', word('--call=evil'))],
    ['unsafe-runtime-argument', pkg('npm', 'weather', named('evil', 'x'))],
    ['unsafe-runtime-argument', pkg('pypi', 'weather', named('--from', 'evil'))],
    ['unsafe-runtime-argument', pkg('oci', 'acme/weather', word('evil/image'))],
    [
      'unsafe-runtime-argument',
      pkg('oci', 'acme/weather', {
        runtimeArguments: [
          { type: 'positional', value: 'run' },
          { type: 'positional', value: 'evil/image' },
        ],
      }),
    ],
    ['invalid-environment-variable', pkg('oci', 'acme/weather', { environmentVariables: [{ name: 'A=B' }] })],
  ];
  it.each(rows)('%s: %j', (code, one) => {
    expect(resolvePackageCommand(one)).toMatchObject({ ok: false, code });
    expect(packageCommand(one)).toBeNull();
  });
});

describe('arguments of the runtime', () => {
  const docker = (...runtimeArguments: NonNullable<Package['runtimeArguments']>) =>
    pkg('oci', 'acme/weather:1', { runtimeHint: 'docker', runtimeArguments });

  it('bind a value to its flag, so that none becomes the image', () => {
    const one = docker(
      { type: 'named', name: '--rm', value: 'evil/image' },
      { type: 'named', name: '-v', value: 'a:/b' },
    );
    expect(argv(one)).toEqual([
      'docker',
      'run',
      '-i',
      '--rm',
      '--rm=evil/image',
      '-v=a:/b',
      'docker.io/acme/weather:1',
    ]);
  });

  it('are not doubled where the manifest writes out docker run', () => {
    const one = docker(
      { type: 'positional', value: 'run' },
      { type: 'positional', value: '-i' },
      { type: 'named', name: '--rm' },
      { type: 'named', name: '--network', value: 'none' },
    );
    expect(argv(one)).toEqual(['docker', 'run', '-i', '--rm', '--network=none', 'docker.io/acme/weather:1']);
  });

  it('pass variables on by name, so that no secret stands in the process list', () => {
    const one = {
      ...docker({ type: 'named', name: '-e', value: 'MODE={mode}', variables: { mode: { default: 'fast' } } }),
      environmentVariables: [{ name: 'KEY', isSecret: true }, { name: 'MODE' }, { name: 'KEY' }],
    };
    expect(argv(one)).toEqual(['docker', 'run', '-i', '--rm', '-e=MODE=fast', '-e', 'KEY', 'docker.io/acme/weather:1']);
  });

  it.each<[Package]>([
    [
      pkg('npm', 'weather', {
        version: '1.0.0',
        runtimeArguments: [{ type: 'named', name: '--registry', value: 'https://x.example' }],
      }),
    ],
    [
      pkg('npm', 'weather', {
        version: '1.0.0',
        runtimeArguments: [{ type: 'named', name: '--reg', value: 'https://x.example' }],
      }),
    ],
    [pkg('pypi', 'weather', { version: '1.0', runtimeArguments: [{ type: 'named', name: '--with', value: 'evil' }] })],
    [
      pkg('npm', 'weather', {
        version: '1.0.0',
        environmentVariables: [{ name: 'npm_config_registry', value: 'https://x.example' }],
      }),
    ],
    [
      pkg('npm', 'weather', {
        version: '1.0.0',
        environmentVariables: [{ name: 'NODE_OPTIONS', default: '--import=x' }],
      }),
    ],
  ])('that bring in other code take the pin away: %j', (one) => {
    expect(command(one).isPinned).toBe(false);
  });

  it('that only tune the runtime, and variables that the user is asked for, leave it', () => {
    const one = pkg('npm', 'weather', {
      version: '1.0.0',
      runtimeArguments: [{ type: 'named', name: '--prefer-offline' }],
      environmentVariables: [{ name: 'NODE_OPTIONS' }, { name: 'MODE', value: 'x' }],
    });
    expect(command(one).isPinned).toBe(true);
  });
});

describe('values of the user', () => {
  const one = pkg('npm', 'weather', {
    version: '1.0.0',
    packageArguments: [
      { type: 'positional', value: 'serve' },
      { type: 'named', name: '--verbose' },
      { type: 'named', name: '--port', default: '8080', format: 'number' },
      { type: 'named', name: '--token', description: 'Token', isSecret: true, default: 'hidden' },
      { type: 'named', name: '--proxy', description: 'Optional' },
      { type: 'named', name: '--dir', isRepeated: true, isRequired: true, description: 'Directory' },
      {
        type: 'positional',
        value: 'bind:{source}:{target}:{other}',
        variables: { source: { isRequired: true }, target: { value: '/data' } },
      },
    ],
    environmentVariables: [
      { name: 'KEY', isRequired: true, isSecret: true, description: 'API key' },
      { name: 'MODE', default: 'fast' },
      { name: 'URL', value: 'https://{host}/x', variables: { host: { isRequired: true } } },
      { name: 'FIXED', value: 'yes' },
    ],
  });

  it('are placeholders with types, and none stands in the fixed arguments', () => {
    const { args, placeholders, env } = command(one);
    expect(args).toEqual(['-y', 'weather@1.0.0', 'serve', '--verbose', '--port', '8080']);
    expect(placeholders.map(({ id, required, secret }) => [id, required, secret])).toEqual([
      ['port', false, false],
      ['token', false, true],
      ['proxy', false, false],
      ['dir', true, false],
      ['source', true, false],
      ['host', true, false],
    ]);
    expect(env.map(({ name, value }) => [name, value])).toEqual([
      ['KEY', undefined],
      ['MODE', undefined],
      ['URL', ['https://', { placeholder: 'host' }, '/x']],
      ['FIXED', 'yes'],
    ]);
  });

  it('show as labels for people', () => {
    expect(shellQuote(displayArgv(command(one)))).toBe(
      "npx -y weather@1.0.0 serve --verbose --port '<port>' --token '<token>' --proxy '<proxy>' --dir '<dir>' 'bind:<source>:/data:{other}'",
    );
  });

  it('fill in without a shell: hostile text stays one argument', () => {
    const filled = fillCommand(command(one), { dir: ['a b', '$(rm -rf /)'], source: '"; x', host: 'h', KEY: 'k' });
    expect(filled).toEqual({
      ok: true,
      command: 'npx',
      args: [
        ...['-y', 'weather@1.0.0', 'serve', '--verbose', '--port', '8080', '--token', 'hidden'],
        ...['--dir', 'a b', '--dir', '$(rm -rf /)', 'bind:"; x:/data:{other}'],
      ],
      env: { KEY: 'k', MODE: 'fast', URL: 'https://h/x', FIXED: 'yes' },
    });
  });

  it('that are required and missing are named', () => {
    expect(fillCommand(command(one), { dir: 'x' })).toEqual({ ok: false, missing: ['source', 'host', 'KEY'] });
  });

  it('of two arguments with one hint are two', () => {
    const copy = pkg('npm', 'weather', {
      packageArguments: [
        { type: 'positional', valueHint: 'file', isRequired: true },
        { type: 'positional', valueHint: 'file', isRequired: true },
      ],
    });
    expect(command(copy).placeholders.map(({ id }) => id)).toEqual(['file', 'file#2']);
  });

  it('a value that the manifest fixes cannot be replaced', () => {
    const filled = fillCommand(command(one), {
      dir: 'x',
      source: 's',
      host: 'h',
      KEY: 'k',
      FIXED: 'no',
      target: '/etc',
    });
    expect(filled).toMatchObject({ ok: true, env: { FIXED: 'yes' } });
    expect(filled.ok && filled.args.at(-1)).toBe('bind:s:/data:{other}');
  });
});

describe('shellQuote', () => {
  it.each([
    [['npx', '-y', '@acme/weather@1.0.0'], 'npx -y @acme/weather@1.0.0'],
    [['a b', ''], "'a b' ''"],
    [["it's"], String.raw`'it'\''s'`],
    [
      ['$HOME', '`id`', '$(id)', 'a;b', 'a&b', 'a|b', 'a>b', '*', '!x', '#x'],
      "'$HOME' '`id`' '$(id)' 'a;b' 'a&b' 'a|b' 'a>b' '*' '!x' '#x'",
    ],
    [['~', '=ls', 'a=b', '--x={y}'], "'~' '=ls' a=b '--x={y}'"],
    [['a\nb', '\u001b[2J', '\u202ex'], String.raw`$'a\U0000000ab' $'\U0000001b[2J' $'\U0000202ex'`],
    [["\t'\\"], String.raw`$'\U00000009\'\\'`],
  ])('%j', (given, line) => {
    expect(shellQuote(given)).toBe(line);
  });
});
