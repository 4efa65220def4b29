import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

/** A program that a client starts, or a server that it calls, as the file says. */
export type ConfigEntry = {
  name: string;
  /** Where in the file, e.g. `mcpServers.github`. */
  place: string;
  isDisabled: boolean;
} & (
  | { kind: 'command'; command: string; args: string[]; env: Record<string, string> }
  | { kind: 'remote'; transport: 'streamable-http' | 'sse'; url: string; headers: Record<string, string> }
  | { kind: 'unreadable'; reason: string }
);

export type ClientConfig = { ok: true; entries: ConfigEntry[] } | { ok: false; reason: string };

/** More servers than any client starts. */
const MAX_ENTRIES = 500;
const MAX_DEPTH_TEXT = /[[{]{200}/;
const MAX_VALUES = 500;

type Open = Record<string, unknown>;
const isObject = (value: unknown): value is Open =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The servers in a client's configuration: `mcpServers` (Claude, Cursor, Windsurf, Gemini CLI), `servers` (VS Code's
 * mcp.json), `mcp.servers` (its settings.json) and `projects.*.mcpServers` (Claude Code), JSON with comments and trailing
 * commas. A file of settings without any is read as one with no entries; null where it is none of these.
 */
export function readClientConfig(text: string): ClientConfig | null {
  if (MAX_DEPTH_TEXT.test(text)) return { ok: false, reason: 'is nested too deeply' };
  const errors: ParseError[] = [];
  let value: unknown;
  try {
    value = parse(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true, disallowComments: false });
  } catch {
    return { ok: false, reason: 'is nested too deeply' };
  }
  const [first] = errors;
  if (first) {
    const line = text.slice(0, first.offset).split('\n').length;
    return { ok: false, reason: `is not JSON: ${printParseErrorCode(first.error)} in line ${line}` };
  }
  if (!isObject(value)) return null;
  const lists = listsOf(value);
  if (lists.length === 0) return null;
  const entries = lists.flatMap(({ place, list }) =>
    Object.entries(list).map(([name, entry]) => entryOf(name, `${place}.${name}`, entry)),
  );
  return { ok: true, entries: entries.slice(0, MAX_ENTRIES) };
}

function listsOf(value: Open): { place: string; list: Open }[] {
  const lists: { place: string; list: Open }[] = [];
  const add = (place: string, list: unknown) => {
    if (isObject(list)) lists.push({ place, list });
  };
  add('mcpServers', value.mcpServers);
  // `server.json` and lists of servers are arrays or named otherwise.
  add('servers', value.servers);
  if (isObject(value.mcp)) add('mcp.servers', value.mcp.servers);
  if (isObject(value.projects)) {
    for (const [project, settings] of Object.entries(value.projects)) {
      if (isObject(settings)) add(`projects.${project}.mcpServers`, settings.mcpServers);
    }
  }
  return lists;
}

function entryOf(name: string, place: string, entry: unknown): ConfigEntry {
  if (!isObject(entry)) return { name, place, isDisabled: false, kind: 'unreadable', reason: 'It is no object.' };
  const base = { name, place, isDisabled: entry.disabled === true || entry.enabled === false };
  // Gemini CLI says httpUrl for streamable HTTP and url for events; Windsurf says serverUrl.
  const url = textOf(entry.httpUrl) ?? textOf(entry.url) ?? textOf(entry.serverUrl);
  if (url !== null) {
    const type = textOf(entry.type) ?? textOf(entry.transport);
    const isEvents = type === 'sse' || (type === null && /\/sse\/?(?:[?#]|$)/.test(url));
    const transport = isEvents ? ('sse' as const) : ('streamable-http' as const);
    return { ...base, kind: 'remote', transport, url, headers: stringsOf(entry.headers) };
  }
  const command = textOf(entry.command);
  if (command === null) return { ...base, kind: 'unreadable', reason: 'It has neither a command nor a URL.' };
  const args = Array.isArray(entry.args) ? entry.args.slice(0, MAX_VALUES).flatMap((arg) => wordOf(arg) ?? []) : [];
  return { ...base, kind: 'command', command, args, env: stringsOf(entry.env) };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const wordOf = (value: unknown): string | null =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null;

function stringsOf(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  const pairs = Object.entries(value).slice(0, MAX_VALUES);
  return Object.fromEntries(
    pairs.flatMap(([key, item]) => (wordOf(item) === null ? [] : [[key, wordOf(item) as string]])),
  );
}
