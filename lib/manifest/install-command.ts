import { type CommandArgument, commandArguments } from './command-arguments.ts';
import { fixedText, type Placeholder, PlaceholderList, type TemplatePart, valueParts } from './command-template.ts';
import { quoteText } from './json-path.ts';
import { formatOciReference, ociReferenceOf } from './oci-reference.ts';
import { isDefaultRegistry, isExactPackageVersion, isPackageIdentifier } from './package-identifier.ts';
import { ENVIRONMENT_VARIABLE_NAME } from './rules/inputs.ts';
import { isBareWord, RUNTIMES, type Runtime, redirectsRuntime, usedOption } from './runtimes.ts';
import type { Argument, KeyValueInput, Package } from './types.ts';

export type CommandVariable = {
  name: string;
  required: boolean;
  secret: boolean;
  description: string | null;
  /** Fixed by the manifest, or made up of fixed text and placeholders; absent where the user gives the whole value. */
  value?: string | TemplatePart[];
  default: string | null;
  choices: string[];
};

/** How to start a package, as typed parts. Nothing in it has passed through a shell or is meant to. */
export type PackageCommand = {
  command: string;
  /**
   * The fixed arguments. Those that need a value of the user are left out, with their flags; where the manifest has a
   * default that is no secret, it is filled in. Runs as it is if no placeholder is required without a default.
   */
  args: string[];
  /** All arguments in their order, with places for the user's values. */
  template: CommandArgument[];
  env: CommandVariable[];
  placeholders: Placeholder[];
  /**
   * Whether this starts one exact release for ever: an exact version of a registry that never changes one, or an image
   * digest, and no argument or preset variable that brings in anything else.
   */
  isPinned: boolean;
};

/** Why a package has no start command. */
export const NO_COMMAND_REASONS = {
  'cargo-is-installed':
    'cargo installs programs and does not start them. Run cargo install, then the program by its name.',
  'mcpb-is-opened': 'A bundle is opened by the client, which checks its digest.',
  'unsupported-type': 'No way to start packages of this type is known.',
  'invalid-identifier': 'The identifier is not a package name: a runtime could take it for an option, a path or a URL.',
  'invalid-version':
    'The version is not a version of its registry: a runtime could take it for a range, a path or a URL.',
  'other-registry': 'The package comes from another registry than the one its runtime asks.',
  'unknown-runtime': 'The arguments are meant for a runtime that is not known for this package type.',
  'unsafe-runtime-argument': 'An argument would make the runtime start something else than the package.',
  'invalid-environment-variable': 'A name cannot be that of an environment variable.',
} as const;
export type NoCommandReason = keyof typeof NO_COMMAND_REASONS;

export type PackageCommandResult =
  | { ok: true; command: PackageCommand }
  | { ok: false; code: NoCommandReason; message: string };

/** The start command of a package, or null where there is none; `resolvePackageCommand` says why. */
export function packageCommand(pkg: Package): PackageCommand | null {
  const result = resolvePackageCommand(pkg);
  return result.ok ? result.command : null;
}

/**
 * The command that starts a package over stdio or as its HTTP server: `npx -y id@version`, `uvx id==version`,
 * `docker run -i --rm image`, `dnx id@version --yes`, each with the manifest's arguments. A `runtimeHint` chooses among
 * the runtimes known for the type. Manifests are hostile input: whatever could turn into another package is refused.
 */
export function resolvePackageCommand(pkg: Package): PackageCommandResult {
  const runtimes = Object.hasOwn(RUNTIMES, pkg.registryType) ? RUNTIMES[pkg.registryType] : undefined;
  if (runtimes === undefined) return refuse(unsupportedReason(pkg.registryType), pkg.registryType);
  if (!isPackageIdentifier(pkg.registryType, pkg.identifier)) return refuse('invalid-identifier', pkg.identifier);
  if (!isDefaultRegistry(pkg.registryType, pkg.registryBaseUrl)) return refuse('other-registry', pkg.registryBaseUrl);
  const target = targetOf(pkg);
  if (target === null) return refuse('invalid-version', pkg.version);
  const runtime = runtimes.find(({ command }) => command === pkg.runtimeHint) ?? runtimes[0]!;
  const runtimeArguments = pkg.runtimeArguments ?? [];
  if (pkg.runtimeHint && pkg.runtimeHint !== runtime.command && runtimeArguments.length > 0) {
    return refuse('unknown-runtime', pkg.runtimeHint);
  }
  const environment = pkg.environmentVariables ?? [];
  const badName = environment.find(({ name }) => !ENVIRONMENT_VARIABLE_NAME.test(name));
  if (badName !== undefined) return refuse('invalid-environment-variable', badName.name);

  const list = new PlaceholderList();
  const options = runtimeOptions(runtime, runtimeArguments, list);
  const unsafe = options.find((option) => isBareWord(option) || usedOption(option, runtime.replacing));
  if (unsafe !== undefined) return refuse('unsafe-runtime-argument', typeof unsafe === 'string' ? unsafe : undefined);
  const passed = pkg.registryType === 'oci' ? passedVariables(environment, runtimeArguments) : [];
  const own = commandArguments(pkg.packageArguments ?? [], 'separate', list);
  const separator = runtime.command === 'dnx' && own.length > 0 ? ['--'] : [];
  const template = [...runtime.leading, ...options, ...passed, target.text, ...runtime.trailing, ...separator, ...own];
  const bringsOthers =
    options.some((option) => usedOption(option, runtime.adding)) || environment.some(redirectsRuntime);
  const env = environment.map((variable) => commandVariable(variable, list));
  return {
    ok: true,
    command: {
      command: runtime.command,
      args: fixedArguments(template, list.placeholders),
      template,
      env,
      placeholders: list.placeholders,
      isPinned: target.isExact && !bringsOthers,
    },
  };
}

function refuse(code: NoCommandReason, found: string | undefined): PackageCommandResult {
  const message = NO_COMMAND_REASONS[code];
  return { ok: false, code, message: found === undefined ? message : `${quoteText(found, 120)}: ${message}` };
}

function unsupportedReason(registryType: string): NoCommandReason {
  if (registryType === 'cargo') return 'cargo-is-installed';
  return registryType === 'mcpb' ? 'mcpb-is-opened' : 'unsupported-type';
}

// Dist-tags and partial versions: not exact, but still nothing that a runtime takes for a URL, an alias or an option.
const NPM_TAG = /^[0-9A-Za-z][0-9A-Za-z._+-]{0,254}$/;

/** What the runtime is asked for, or null where the version cannot be put beside the identifier. */
function targetOf(pkg: Package): { text: string; isExact: boolean } | null {
  const { registryType, identifier, version } = pkg;
  if (registryType === 'oci') {
    const reference = ociReferenceOf(pkg);
    return reference && { text: formatOciReference(reference), isExact: reference.digest !== null };
  }
  if (version === undefined) return { text: identifier, isExact: false };
  const isExact = isExactPackageVersion(registryType, version);
  if (!isExact && !(registryType === 'npm' && NPM_TAG.test(version))) return null;
  return { text: `${identifier}${registryType === 'pypi' ? '==' : '@'}${version}`, isExact };
}

/** The manifest's runtime arguments without those that the command has already. */
function runtimeOptions(runtime: Runtime, args: readonly Argument[], list: PlaceholderList): CommandArgument[] {
  const options = commandArguments(args, 'joined', list);
  if (options[0] === 'run' && runtime.leading.includes('run')) options.shift();
  const known = [...runtime.leading, ...runtime.trailing, '--interactive', '--yes'];
  return options.filter((option) => typeof option !== 'string' || !known.includes(option));
}

/** `-e NAME` for every variable that the manifest does not pass on itself: values stay in the environment, not in the arguments. */
function passedVariables(environment: readonly KeyValueInput[], args: readonly Argument[]): string[] {
  const passed = new Set(
    args.flatMap(({ value = '', ...argument }) => {
      const isEnv = argument.type === 'named' && (argument.name === '-e' || argument.name === '--env');
      return isEnv ? [value.split('=', 1)[0]!] : [];
    }),
  );
  const names = new Set(environment.map(({ name }) => name).filter((name) => !passed.has(name)));
  return [...names].flatMap((name) => ['-e', name]);
}

function commandVariable(variable: KeyValueInput, list: PlaceholderList): CommandVariable {
  const shown = {
    name: variable.name,
    required: variable.isRequired ?? false,
    secret: variable.isSecret ?? false,
    description: variable.description ?? null,
    default: variable.default ?? null,
    choices: variable.choices ?? [],
  };
  if (variable.value === undefined) return shown;
  const parts = valueParts(variable, variable.value, list);
  return { ...shown, value: fixedText(parts) ?? parts };
}

function fixedArguments(template: readonly CommandArgument[], placeholders: readonly Placeholder[]): string[] {
  const defaults = new Map(placeholders.filter(({ secret }) => !secret).map((one) => [one.id, one.default]));
  return template.flatMap((argument) => {
    if (typeof argument === 'string') return [argument];
    const texts = argument.parts.map((part) => (typeof part === 'string' ? part : defaults.get(part.placeholder)));
    if (texts.some((text) => text === null || text === undefined)) return [];
    return argument.flag === null ? [texts.join('')] : [argument.flag, texts.join('')];
  });
}
