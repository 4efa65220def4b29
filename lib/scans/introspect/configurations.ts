import type { Argument, Package } from '#lib/manifest/types.ts';
import { isSettableEnv, SANDBOX_SCRATCH } from '../sandbox/command.ts';
import { argumentName, asksUser, fillInput, placeholderFor } from './placeholders.ts';

/** Ways of starting a server, in the order in which they are tried. */
export const CONFIGURATION_NAMES = ['manifest', 'every-input', 'without-arguments', 'directory-argument'] as const;
export type ConfigurationName = (typeof CONFIGURATION_NAMES)[number];

export type Configuration = {
  name: ConfigurationName;
  args: string[];
  env: Record<string, string>;
  /** Names of the inputs for which a value was made up. */
  placeholders: string[];
};

/** A manifest may list thousands of inputs; more than these make no sense to a process. */
const MAX_ARGUMENTS = 100;
const MAX_VARIABLES = 200;

/**
 * Returns the configurations in which a server is started until one works: as the manifest says with placeholders for
 * what is required; with every input filled; without arguments; with one directory argument. Equal ones come once.
 * Runtime arguments are for a launcher such as npx, and the package is started directly; of those for a container engine
 * the variables that they set are used.
 */
export function planConfigurations(pkg: Package): Configuration[] {
  const declared = configure(pkg, 'manifest', false);
  const filled = configure(pkg, 'every-input', true);
  const plans: Configuration[] = [
    declared,
    filled,
    { ...declared, name: 'without-arguments', args: [] },
    { ...declared, name: 'directory-argument', args: [SANDBOX_SCRATCH] },
  ];
  const seen = new Set<string>();
  return plans.filter(({ args, env }) => {
    const key = JSON.stringify([args, env]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function configure(pkg: Package, name: ConfigurationName, fillAll: boolean): Configuration {
  const args: string[] = [];
  const env: Record<string, string> = {};
  const placeholders: string[] = [];
  (pkg.packageArguments ?? []).slice(0, MAX_ARGUMENTS).forEach((argument, index) => {
    const label = argumentName(argument, index);
    // A named argument without any value is a switch: its presence is the value.
    const isSwitch = argument.type === 'named' && argument.value === undefined && argument.format === 'boolean';
    const filled = fillInput(argument, label, fillAll);
    if (filled === null) return;
    if (filled.isPlaceholder) placeholders.push(label);
    if (argument.type === 'positional') args.push(filled.value);
    else if (isSwitch) {
      if (filled.value === 'true') args.push(argument.name);
    } else if (filled.value === '') args.push(argument.name);
    else args.push(argument.name, filled.value);
  });
  for (const variable of (pkg.environmentVariables ?? []).slice(0, MAX_VARIABLES)) {
    const filled = isSettableEnv(variable.name) ? fillInput(variable, variable.name, fillAll) : null;
    if (filled === null || filled.value.includes('\0')) continue;
    if (filled.isPlaceholder) placeholders.push(variable.name);
    env[variable.name] = filled.value;
  }
  for (const { argument, variable } of containerVariables(pkg)) {
    const filled = fillInput(argument, variable ?? '', fillAll);
    const [given = '', value] = splitOnce(filled?.value ?? variable ?? '');
    if (!isSettableEnv(given) || env[given] !== undefined) continue;
    if (filled?.isPlaceholder || value === undefined) placeholders.push(given);
    const text = value ?? placeholderFor(argument, given);
    if (!text.includes('\0')) env[given] = text;
  }
  return { name, args: args.filter((arg) => !arg.includes('\0')), env, placeholders };
}

/** `-e NAME=value` and `-e NAME` among what an image is run with (docker-run(1)). */
function containerVariables(pkg: Package): { argument: Argument; variable: string | undefined }[] {
  if (pkg.registryType !== 'oci') return [];
  return (pkg.runtimeArguments ?? [])
    .slice(0, MAX_VARIABLES)
    .filter((argument) => argument.type === 'named' && (argument.name === '-e' || argument.name === '--env'))
    .map((argument) => ({ argument, variable: argument.value?.split('=', 1)[0] }));
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf('=');
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Whether the package asks for a value that only a user has. */
export function needsUserInput(pkg: Package): boolean {
  return [...(pkg.packageArguments ?? []), ...(pkg.environmentVariables ?? [])].some(asksUser);
}
