import type { CommandArgument } from './command-arguments.ts';
import type { KeyValueInput } from './types.ts';

export type Runtime = {
  command: string;
  /** Arguments before those of the manifest, so that the runtime neither asks nor detaches. */
  leading: readonly string[];
  /** Arguments between the package and its own arguments. */
  trailing: readonly string[];
  /** Options that make the runtime start something else than the package it is given. */
  replacing: readonly string[];
  /** Options that bring other packages in, or the same name from elsewhere: the start is not exact any more. */
  adding: readonly string[];
};

/** Runtimes by package type, the usual one first. A `runtimeHint` may choose among them and never names a program itself. */
export const RUNTIMES: Readonly<Record<string, readonly Runtime[]>> = {
  npm: [
    {
      command: 'npx',
      leading: ['-y'],
      trailing: [],
      replacing: ['-p', '--package', '-c', '--call'],
      adding: ['--registry', '--userconfig', '--globalconfig', '--prefix'],
    },
    { command: 'bunx', leading: [], trailing: [], replacing: ['-p', '--package'], adding: ['--registry'] },
  ],
  pypi: [
    {
      command: 'uvx',
      leading: [],
      trailing: [],
      replacing: ['--from'],
      adding: [
        ...['--with', '--with-editable', '--with-requirements', '--overrides', '--constraints', '--config-file'],
        ...['-i', '--index', '--index-url', '--default-index', '--extra-index-url', '-f', '--find-links'],
      ],
    },
    {
      command: 'pipx',
      leading: ['run'],
      trailing: [],
      replacing: ['--spec', '--path'],
      adding: ['--with', '--pip-args', '-i', '--index-url'],
    },
  ],
  oci: ['docker', 'podman'].map((command) => ({
    command,
    leading: ['run', '-i', '--rm'],
    trailing: [],
    replacing: [],
    adding: [],
  })),
  nuget: [
    {
      command: 'dnx',
      leading: [],
      trailing: ['--yes'],
      replacing: ['--version'],
      adding: ['--source', '--add-source', '--configfile'],
    },
  ],
};

/**
 * The runtime's option that an argument uses out of a list, or undefined. Long options count when abbreviated and short
 * ones inside a group (`-yp`), as npm takes them.
 */
export function usedOption(argument: CommandArgument, options: readonly string[]): string | undefined {
  const name = leadingText(argument).split('=', 1)[0]!;
  return options.find((option) => {
    if (!option.startsWith('--')) return !name.startsWith('--') && name.includes(option.slice(1));
    return name.length > 2 && option.startsWith(name);
  });
}

/**
 * Variables that make a runtime look elsewhere or load other code. A manifest that only asks the user for one is fine; one
 * that sets it starts something else than the package alone.
 */
const REDIRECTING_VARIABLE =
  /^(?:(?:npm_config|uv|pip|bun_config|nuget)_\w+|docker_host|docker_context|node_options|ld_preload|ld_library_path|pythonpath|path)$/i;

export function redirectsRuntime(variable: KeyValueInput): boolean {
  return REDIRECTING_VARIABLE.test(variable.name) && (variable.value ?? variable.default) !== undefined;
}

/** Whether a runtime would take an argument for the package, an image or a command, because it is no option. */
export function isBareWord(argument: CommandArgument): boolean {
  return !leadingText(argument).startsWith('-');
}

function leadingText(argument: CommandArgument): string {
  if (typeof argument === 'string') return argument;
  const first = argument.flag ?? argument.parts[0];
  return typeof first === 'string' ? first : '';
}
