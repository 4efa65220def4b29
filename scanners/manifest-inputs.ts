import type { Argument, HttpTransport, Input, InputWithVariables, Manifest } from '#lib/manifest/types.ts';
import { escapePointerToken } from './text/pointer.ts';

/** What an input of a manifest becomes when the server is started or called. */
export type InputRole = 'environment' | 'header' | 'runtime-argument' | 'package-argument' | 'url-variable';

export type ManifestInput = {
  role: InputRole;
  /** The variable, header or flag; a positional argument's hint; '' when it has none. */
  name: string;
  input: InputWithVariables;
  pointer: string;
  /** The input that holds it, for a variable inside a value; else its own name. */
  carrier: string;
};

/** Every value that a manifest asks for or sets, with its JSON pointer; variables inside a value are listed under their own names. */
export function manifestInputs(manifest: Manifest): ManifestInput[] {
  const found: ManifestInput[] = [];
  const add = (role: InputRole, name: string, input: InputWithVariables, pointer: string) => {
    found.push({ role, name, input, pointer, carrier: name });
    for (const [key, variable] of Object.entries(input.variables ?? {})) {
      found.push({
        role,
        name: key,
        input: variable,
        pointer: `${pointer}/variables/${escapePointerToken(key)}`,
        carrier: name,
      });
    }
  };
  const addTransport = (transport: HttpTransport, pointer: string) => {
    for (const [i, header] of (transport.headers ?? []).entries())
      add('header', header.name, header, `${pointer}/headers/${i}`);
    for (const [key, variable] of Object.entries<Input>(transport.variables ?? {})) {
      add('url-variable', key, variable, `${pointer}/variables/${escapePointerToken(key)}`);
    }
  };
  for (const [p, pkg] of (manifest.packages ?? []).entries()) {
    const base = `/packages/${p}`;
    for (const [i, variable] of (pkg.environmentVariables ?? []).entries()) {
      add('environment', variable.name, variable, `${base}/environmentVariables/${i}`);
    }
    for (const [i, argument] of (pkg.runtimeArguments ?? []).entries()) {
      add('runtime-argument', argumentName(argument), argument, `${base}/runtimeArguments/${i}`);
    }
    for (const [i, argument] of (pkg.packageArguments ?? []).entries()) {
      add('package-argument', argumentName(argument), argument, `${base}/packageArguments/${i}`);
    }
    if (pkg.transport.type !== 'stdio') addTransport(pkg.transport, `${base}/transport`);
  }
  for (const [r, remote] of (manifest.remotes ?? []).entries()) addTransport(remote, `/remotes/${r}`);
  return found;
}

const argumentName = (argument: Argument): string =>
  argument.type === 'named' ? argument.name : (argument.valueHint ?? '');

/** The words of a variable or argument: `GITHUB_TOKEN`, `--api-key`, `apiKey` → lower-case words. */
export const nameWords = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');

const SECRET_ENDINGS =
  /(?:^| )(?:password|passwd|passphrase|secret|secrets|credential|credentials|private key|secret key|access key|api key|apikey|api token|auth token|access token|refresh token|bearer|token|pat|api secret|client secret|webhook secret|encryption key|signing key|service account key|authorization|cookie|session cookie|seed phrase|mnemonic|private key hex)$/;
/** Names that end like a secret and are none: counts, limits, addresses, file names, switches. */
const HARMLESS =
  /(?:^| )application credentials$|(?:^| )(?:page|pagination|next|previous|continuation|continue|cursor|sync|resume|start|scroll) token$|(?:^| )(?:max|min|num|count|limit|per|use|enable|disable|show|hide|public|type|name|id|expiry|path|file|dir)(?: |$)/;

/** Whether the name of a variable, header or argument says that its value is a secret. */
export function isSecretName(name: string): boolean {
  const words = nameWords(name).join(' ');
  return (
    SECRET_ENDINGS.test(words) &&
    !HARMLESS.test(words.replace(/(?:private|secret|access|api|signing|encryption|service account) key/g, 'key'))
  );
}
