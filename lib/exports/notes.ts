import type { ExportNote, NoteSeverity } from './types.ts';

/** Every note with its severity. `{name}` is filled in; what names a server or a version stands beside the text. */
export const NOTES = {
  LOCKDOWN: ['warning', 'The organization is locked down: this file allows nothing.'],
  ENVIRONMENT_LOCKED: ['left-out', 'Locked to {environments}. Ask for it with ?environment=NAME.'],
  EXPIRED: ['left-out', 'The approval ended on {until}.'],
  EXPIRES: ['info', 'The approval ends on {until}. {client} does not know that: fetch the file again by then.'],
  CONDITIONS: ['info', 'The reviewer asks: "{conditions}". {client} cannot show it.'],
  CREDENTIALS: ['info', 'Credentials are {mode} by decision of the organization. {client} does not hold users to it.'],
  ASK_DENIED: ['info', '{client} cannot ask a person: {tools} may not be called.'],
  ASK_ALLOWED: ['warning', '{client} cannot ask a person: {tools} may be called without, as this export was asked to.'],
  ASK_UNHELD: [
    'left-out',
    'Each call of {tools} needs a person to agree, and {client} neither asks nor holds back single tools. Use hallmark gateway for it, or export with ?askAs=allow.',
  ],
  TOOLS_UNHELD: [
    'warning',
    '{client} cannot hold back single tools: of the servers in this file every tool can be called. Put hallmark gateway in front where that matters.',
  ],
  TOOLS_PARTLY: ['warning', '{allowed} of {total} tools are allowed. {client} lets all of them through.'],
  NO_TOOLS: ['left-out', 'No tool may be called, and an empty list means all tools to {client}.'],
  TOOL_PATTERN: ['left-out', 'The tool {tool} has a name that {client} would take for a pattern. It is left out.'],
  TOOL_NAME: ['left-out', 'A tool has a name that is no valid text. It is left out.'],
  NO_COMMAND: ['left-out', 'The {type} package {package} has no command that starts it.'],
  NO_VERSION: ['left-out', '{command} names no exact version: it would start whatever is newest.'],
  TAG_MOVES: ['warning', '{command} names an image by a tag, which can be moved to another image.'],
  NO_DIGEST: [
    'left-out',
    'The {type} package {package} has no image digest, and {client} takes images by digest only.',
  ],
  NOT_AN_IMAGE: ['left-out', '{client} runs images only; the {type} package {package} is none.'],
  NEEDS_ARGUMENTS: [
    'left-out',
    'The command needs values in its arguments ({inputs}), which an exact list cannot have.',
  ],
  OPTIONAL_ARGUMENTS: [
    'info',
    'The command is listed without its optional arguments ({inputs}); with them it is blocked.',
  ],
  VARIABLES: ['info', 'Set {variables} where it runs. The file has their names, never values.'],
  VARIABLES_UNSAID: ['info', 'It needs {variables}. {client} has no place for them in this file.'],
  INTERPOLATED: [
    'left-out',
    '{start} holds a place, such as $NAME in braces, that clients replace by values of their own.',
  ],
  HIDDEN: ['left-out', '{start} holds invisible or control characters.'],
  WILDCARD: ['left-out', '{start} holds "*", which {client} would take for a pattern.'],
  AMBIGUOUS_ARGUMENT: [
    'left-out',
    '{client} compares the command as one line, and an argument of {command} holds a space or a quote.',
  ],
  NOT_HTTPS: ['left-out', '{url} is not an https address.'],
  URL_CREDENTIALS: ['left-out', '{url} holds a user name or a password.'],
  URL_TEMPLATE: ['left-out', '{url} waits for values; only exact addresses can be allowed.'],
  URL_WHOLE_HOST: ['warning', '{url} has no path: {client} takes it for every path of that host.'],
  NO_REMOTES: ['left-out', '{client} does not take remote servers.'],
  NO_LOCAL: ['left-out', '{client} takes remote servers only.'],
  NOTHING_LEFT: ['left-out', 'Nothing of version {version} can be said safely.'],
  ONE_VERSION: ['info', '{client} names one version: {version}. Also approved: {others}.'],
  VERSIONS_DIFFER: [
    'left-out',
    'Its command differs from that of {version} in more than one place, so one pattern cannot cover both.',
  ],
  TOO_MANY_TOOLS: ['left-out', '{count} tools are allowed and {client} takes {limit} for a server.'],
  DENIAL_SHARED: ['info', '{start} is not denied, though a revoked version used it: an approved one does too.'],
  DENIALS_UNKNOWN: [
    'info',
    '{count} revocations are not in the list of denials, because the feed does not say how they were started. They are blocked all the same: they are not allowed.',
  ],
  REGISTRY_VIEW: ['info', 'Point {client} to the registry view too: {url}'],
  NO_FACTS: [
    'info',
    'The feed has no descriptions and names of variables for some versions: approve them again, and it has.',
  ],
  NOT_INSTALL_CONTROL: ['warning', '{text}'],
} as const satisfies Record<string, readonly [NoteSeverity, string]>;

export type NoteCode = keyof typeof NOTES;

/** Where a note belongs, and what fills its text. */
export type NotePlace = { server?: string; version?: string };

export function makeNote(code: NoteCode, place: NotePlace = {}, fill: Record<string, string> = {}): ExportNote {
  const [severity, template] = NOTES[code];
  const text = template.replace(/\{([a-z]+)\}/g, (whole, name: string) => fill[name] ?? whole);
  return { severity, code, ...place, text };
}

const ORDER: Record<NoteSeverity, number> = { 'left-out': 0, warning: 1, info: 2 };

/** What is missing first, then by server; each note once. */
export function sortNotes(notes: readonly ExportNote[]): ExportNote[] {
  const keyOf = ({ severity, server = '', version = '', code, text }: ExportNote) =>
    [ORDER[severity], server, version, code, text].join('\n');
  const byKey = new Map(notes.map((note) => [keyOf(note), note]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, note]) => note);
}

const SHOWN = 5;

/** At most five names, and how many more there are. */
export const namesText = (names: readonly string[]): string =>
  names.length <= SHOWN ? names.join(', ') : `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
