import { isPackageIdentifier } from '#lib/manifest/package-identifier.ts';
import type { Argument, KeyValueInput, Manifest, Package } from '#lib/manifest/types.ts';
import { isSecretName } from '#scanners/manifest-inputs.ts';
import { parseCommand } from './parse-command.ts';
import type { ConfigEntry } from './read-config.ts';
import { isSecretText, isSecretValue, redacted, redactUrl } from './redact.ts';

/**
 * What an entry of a client configuration amounts to, as a manifest, so that the rules for manifests judge it. Secret values are
 * not in it: each is marked `isSecret` with a note of its length as its value. Values of other variables are left out.
 * Null for an entry that cannot be read.
 */
export function entryManifest(entry: ConfigEntry): Manifest | null {
  if (entry.kind === 'unreadable') return null;
  // The name is the user's own, so it is no claim to a namespace.
  const base = { $schema: '', name: entry.name, description: '', version: '' };
  if (entry.kind === 'command') return { ...base, packages: [packageOf(entry)] };
  const { url, secrets } = redactUrl(entry.url);
  return {
    ...base,
    remotes: [
      {
        type: entry.transport,
        url,
        headers: inputsOf(entry.headers),
        variables: Object.fromEntries(
          secrets.map(({ name, value }) => [name, { isSecret: true, value: redacted(value) }]),
        ),
      },
    ],
  };
}

function packageOf({ command, args, env }: Extract<ConfigEntry, { kind: 'command' }>): Package {
  const { registryType, identifier, version, runner, before, after } = parseCommand(command, args);
  return {
    registryType: registryType ?? LOCAL,
    identifier: isSecretText(identifier) ? redacted(identifier) : identifier,
    // A program of this machine has no version that anybody could fix.
    ...(registryType === null ? { version: '0.0.0' } : version === undefined ? {} : { version }),
    runtimeHint: runner.split(' ')[0] ?? runner,
    transport: { type: 'stdio' },
    runtimeArguments: argumentsOf(before, registryType === 'oci'),
    packageArguments: argumentsOf(after, false),
    environmentVariables: inputsOf(env),
  };
}

/** Type of a package that stands for a program of this machine. */
export const LOCAL = 'local-program';

function inputsOf(values: Record<string, string>): KeyValueInput[] {
  return Object.entries(values).map(([name, value]) =>
    isSecretValue(name, value) ? { name, isSecret: true, value: redacted(value) } : secretOrNot(name),
  );
}

/** A variable that is filled in from elsewhere is as secret as its name says. */
const secretOrNot = (name: string): KeyValueInput => (isSecretName(name) ? { name, isSecret: true } : { name });

/** Flags whose value is `NAME=value` for the environment of a container. */
const ENVIRONMENT_FLAG = /^(?:-e|--env)$/;

function argumentsOf(words: readonly string[], isEngine: boolean): Argument[] {
  const found: Argument[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    const next = words[at + 1];
    const inline = /^(--?[A-Za-z][\w-]{0,80})=(.*)$/s.exec(word);
    if (isEngine && ENVIRONMENT_FLAG.test(inline?.[1] ?? word)) {
      const given = inline?.[2] ?? next ?? '';
      if (!inline) at += 1;
      found.push(containerVariable(inline?.[1] ?? word, given));
    } else if (inline) {
      const [, name = '', value = ''] = inline;
      found.push(
        isSecretValue(name, value) ? secretArgument(name, value) : { type: 'named', name, value: shownValue(value) },
      );
    } else if (word.startsWith('-') && next !== undefined && !next.startsWith('-') && isSecretValue(word, next)) {
      found.push(secretArgument(word, next));
      at += 1;
    } else if (isSecretText(word)) {
      found.push({ type: 'positional', valueHint: 'argument', isSecret: true, value: redacted(word) });
    } else found.push({ type: 'positional', value: shownValue(word) });
  }
  return found;
}

const secretArgument = (name: string, value: string): Argument => ({
  type: 'named',
  name,
  isSecret: true,
  value: redacted(value),
});

/** `-e NAME=value`: only what is secret about it stays. */
function containerVariable(flag: string, given: string): Argument {
  const at = given.indexOf('=');
  const [name, value] = at === -1 ? [given, ''] : [given.slice(0, at), given.slice(at + 1)];
  if (!isSecretValue(name, value)) return { type: 'named', name: flag, value: name };
  return {
    type: 'named',
    name: flag,
    value: `${name}={${name}}`,
    variables: { [name]: { isSecret: true, value: redacted(value) } },
  };
}

/** A word as it may be shown: `NAME=value` without a secret value, an address without credentials. */
function shownValue(word: string): string {
  const pair = /^([A-Za-z_]\w{0,80})=(.*)$/s.exec(word);
  if (pair && isSecretValue(pair[1] ?? '', pair[2] ?? '')) return `${pair[1]}=${redacted(pair[2] ?? '')}`;
  return /^[a-z][a-z0-9+]*:\/\//i.test(word) ? redactUrl(word).url : word;
}

/**
 * The manifest by which the server of an entry is looked at: one exact package that is fetched, with nothing of the user's in
 * it but the words that are no secret; or one address without secrets. Else why it is not looked at.
 */
export function liveManifest(manifest: Manifest): { ok: true; manifest: Manifest } | { ok: false; reason: string } {
  const [remote] = manifest.remotes ?? [];
  if (remote) {
    const isSecretPart = Object.keys(remote.variables ?? {}).length > 0;
    if (isSecretPart) return { ok: false, reason: 'The address holds a secret, so it is not asked.' };
    const { headers = [] } = remote;
    return {
      ok: true,
      manifest: {
        ...manifest,
        remotes: [
          { type: remote.type, url: remote.url, headers: headers.map(({ name }) => ({ name, isRequired: true })) },
        ],
      },
    };
  }
  const [pkg] = manifest.packages ?? [];
  if (!pkg || pkg.registryType === LOCAL) {
    return {
      ok: false,
      reason: 'The command starts a program of this machine, and nothing of this machine is run by a scan.',
    };
  }
  if (!isPackageIdentifier(pkg.registryType, pkg.identifier)) {
    return { ok: false, reason: 'The command names no package of a registry.' };
  }
  if (pkg.registryType === 'oci' && !pkg.identifier.includes('/')) {
    return { ok: false, reason: 'The image may be one of this machine, so no registry is asked for its name.' };
  }
  return {
    ok: true,
    manifest: {
      ...manifest,
      packages: [
        {
          registryType: pkg.registryType,
          identifier: pkg.identifier,
          ...(pkg.version === undefined ? {} : { version: pkg.version }),
          transport: { type: 'stdio' },
          packageArguments: (pkg.packageArguments ?? []).map(withoutSecret),
          environmentVariables: (pkg.environmentVariables ?? []).map(({ name, isSecret = false }) => ({
            name,
            isRequired: true,
            isSecret,
          })),
        },
      ],
    },
  };
}

function withoutSecret(argument: Argument): Argument {
  if (argument.isSecret !== true) return argument;
  const { value, ...rest } = argument;
  return { ...rest, isRequired: true };
}
