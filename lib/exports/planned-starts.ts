import type { FeedServerVersion } from '#lib/feed/documents.ts';
import { isExactPackageVersion } from '#lib/manifest/package-identifier.ts';
import { shellQuote } from '#lib/manifest/shell-quote.ts';
import type { ExportClient } from './clients.ts';
import { type NoteCode, namesText } from './notes.ts';
import type { ExportCommand, ExportInputValue, ExportRemote, VersionFacts } from './types.ts';

type Said = (code: NoteCode, fill?: Record<string, string>) => void;
type Starts = { commands: ExportCommand[]; remotes: ExportRemote[] };

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
/** What one client or another replaces by a value of its own: `${NAME}`, `$NAME`, `os.environ/NAME`, `{{NAME}}`. */
const INTERPOLATED = /\$[{A-Za-z_]|os\.environ\/|\{\{/;

/** The commands and addresses of a version that can be handed to a client as they are. */
export function plannedStarts({
  entry,
  facts,
  client,
  say,
}: {
  entry: FeedServerVersion;
  facts: VersionFacts | null;
  client: ExportClient;
  say: Said;
}): Starts {
  const takesLocal = client.reaches.includes('command') || client.reaches.includes('image');
  const takesRemotes = client.reaches.includes('remote');
  const commands = takesLocal
    ? entry.packages.flatMap((_, index) => plannedCommand({ entry, index, facts, client, say }))
    : [];
  const remotes = takesRemotes
    ? entry.remotes.flatMap((_, index) => plannedRemote({ entry, index, facts, client, say }))
    : [];
  if (!takesLocal && entry.packages.length > 0 && remotes.length === 0) say('NO_LOCAL');
  if (!takesRemotes && entry.remotes.length > 0 && commands.length === 0) say('NO_REMOTES');
  return { commands, remotes };
}

type At = { entry: FeedServerVersion; index: number; facts: VersionFacts | null; client: ExportClient; say: Said };

function plannedCommand({ entry, index, facts, client, say }: At): ExportCommand[] {
  const pkg = entry.packages[index]!;
  const named = { type: pkg.registryType, package: pkg.identifier };
  if (!client.reaches.includes('command')) {
    if (pkg.registryType !== 'oci') say('NOT_AN_IMAGE', named);
    else if (imageDigest(pkg) === null) say('NO_DIGEST', named);
    if (pkg.registryType !== 'oci' || imageDigest(pkg) === null) return [];
  }
  const [program, ...args] = pkg.command ?? [];
  if (program === undefined) {
    say('NO_COMMAND', named);
    return [];
  }
  const argv: [string, ...string[]] = [program, ...args];
  const command = shellQuote(argv);
  const fault = textFault(argv);
  if (fault) {
    say(fault, { start: command });
    return [];
  }
  const isImage = pkg.registryType === 'oci';
  const isPinned =
    !client.reaches.includes('command') || argv.some((text) => /@sha(?:256|512):[0-9a-f]{64,}$/.test(text));
  if (isImage && !isPinned) say('TAG_MOVES', { command });
  if (!isImage && !startsExactly(pkg, argv)) {
    say('NO_VERSION', { command });
    return [];
  }
  const { env = [], needs = [] } = facts?.packages[index] ?? {};
  if (needs.length > 0) {
    say('NEEDS_ARGUMENTS', { inputs: namesText(needs) });
    return [];
  }
  const valueFault = textFault(fixedValues(env));
  if (valueFault) {
    say(valueFault, { start: `A preset variable of ${command}` });
    return [];
  }
  sayVariables(env, client, say);
  const { registryType, identifier, version: packageVersion, digest } = pkg;
  return [{ argv, registryType, identifier, packageVersion, digest, env }];
}

function plannedRemote({ entry, index, facts, client, say }: At): ExportRemote[] {
  const address = entry.remotes[index]!;
  const url = URL.parse(address);
  const start = JSON.stringify(address);
  const fault = textFault([address]);
  if (fault) {
    say(fault, { start });
    return [];
  }
  if (/[{}]/.test(address)) {
    say('URL_TEMPLATE', { url: start });
    return [];
  }
  if (url?.protocol !== 'https:') {
    say('NOT_HTTPS', { url: start });
    return [];
  }
  if (url.username || url.password) {
    say('URL_CREDENTIALS', { url: `an address at ${url.host}` });
    return [];
  }
  if (client.isMatcher && address.includes('*')) {
    say('WILDCARD', { start });
    return [];
  }
  if (client.isMatcher && url.pathname === '/') say('URL_WHOLE_HOST', { url: url.href });
  const said = facts?.remotes[index] ?? null;
  const headers = said?.headers ?? [];
  const valueFault = textFault(fixedValues(headers));
  if (valueFault) {
    say(valueFault, { start: `A preset header of ${start}` });
    return [];
  }
  sayVariables(headers, client, say);
  const isSse = said ? said.transport === 'sse' : /\/sse\/?$/.test(url.pathname);
  return [{ url: url.href, transport: isSse ? 'sse' : 'http', headers }];
}

const fixedValues = (values: ExportInputValue[]): string[] => values.flatMap(({ value }) => value ?? []);

function sayVariables(variables: ExportInputValue[], client: ExportClient, say: Said): void {
  const open = variables.filter(({ value }) => value === null).map(({ name }) => name);
  if (open.length === 0 || client.isMatcher) return;
  say(client.takesNoVariables ? 'VARIABLES_UNSAID' : 'VARIABLES', { variables: namesText(open) });
}

/** What must not reach a client in any text: it would be replaced, or would not be seen. */
function textFault(texts: readonly string[]): NoteCode | null {
  if (texts.some((text) => HIDDEN.test(text))) return 'HIDDEN';
  return texts.some((text) => INTERPOLATED.test(text)) ? 'INTERPOLATED' : null;
}

/** Whether the command names the exact version of its package. */
function startsExactly({ registryType, identifier, version }: FeedServerVersion['packages'][number], argv: string[]) {
  if (version === null || !isExactPackageVersion(registryType, version)) return false;
  const separator = registryType === 'pypi' ? '==' : '@';
  return argv.includes(`${identifier}${separator}${version}`);
}

/** `sha256:…` of an image: from its reference, or as the scan resolved it. */
export function imageDigest({
  identifier,
  version,
  digest,
}: Pick<FeedServerVersion['packages'][number], 'identifier' | 'version' | 'digest'>): string | null {
  const given =
    /@(sha256:[0-9a-f]{64})$/.exec(identifier)?.[1] ??
    [version, digest].find((text) => /^sha256:[0-9a-f]{64}$/.test(text ?? ''));
  return given ?? null;
}
