import { createHash } from 'node:crypto';

/** The longest tool name that every client takes (OpenAI's and Anthropic's interfaces: `^[a-zA-Z0-9_-]{1,64}$`). */
export const MAX_EXPOSED_NAME = 64;

const SEPARATOR = '__';
const HASH_LENGTH = 8;

/** A server's name at the common endpoint: no underscore, so that the first `__` of a tool's name always ends it. */
export const ALIAS = /^[a-z0-9](?:[a-z0-9-]{0,22}[a-z0-9])?$/;

/**
 * `alias__name`. A name that would be too long, or holds characters that some clients refuse, is cut and cleaned and
 * ends in the first 8 hex digits of its sha256.
 */
export function exposedName(alias: string, name: string): string {
  const plain = `${alias}${SEPARATOR}${name}`;
  if (plain.length <= MAX_EXPOSED_NAME && /^[A-Za-z0-9_-]+$/.test(name)) return plain;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  const room = MAX_EXPOSED_NAME - alias.length - SEPARATOR.length - HASH_LENGTH - 1;
  return `${alias}${SEPARATOR}${name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, room)}_${hash}`;
}

/** Server and rest of an exposed name; null when it has no separator. */
export function splitName(exposed: string): { alias: string; rest: string } | null {
  const at = exposed.indexOf(SEPARATOR);
  return at < 1 ? null : { alias: exposed.slice(0, at), rest: exposed.slice(at + SEPARATOR.length) };
}

/**
 * The server's own name for an exposed one, among those it may have; the rest after the separator when it is none of
 * them, which the server's proxy then refuses. `null` when two have the same exposed name.
 */
export function ownName({
  alias,
  exposed,
  known,
}: {
  alias: string;
  exposed: string;
  known: Iterable<string>;
}): string | null {
  const found = new Set([...known].filter((name) => exposedName(alias, name) === exposed));
  if (found.size > 1) return null;
  return [...found][0] ?? exposed.slice(alias.length + SEPARATOR.length);
}

/** Exposed names that more than one of these names would get. */
export function collidingNames(alias: string, names: Iterable<string>): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of new Set(names)) {
    const exposed = exposedName(alias, name);
    if (seen.has(exposed)) twice.add(exposed);
    seen.add(exposed);
  }
  return twice;
}

/** Addresses of resources say whose they are: `hallmark+alias:` before the server's own. */
export function exposedUri(alias: string, uri: string): string {
  return `hallmark+${alias}:${uri}`;
}

export function splitUri(exposed: string): { alias: string; uri: string } | null {
  const found = /^hallmark\+([a-z0-9-]+):(.*)$/s.exec(exposed);
  return found ? { alias: found[1]!, uri: found[2]! } : null;
}

/** A result with the addresses of the resources that it links, embeds or contains as the common endpoint has them. */
export function exposeLinks(alias: string, result: Record<string, unknown>): Record<string, unknown> {
  const exposed = { ...result };
  if (Array.isArray(result.content)) exposed.content = result.content.map((block) => exposeBlock(alias, block));
  if (Array.isArray(result.contents)) exposed.contents = result.contents.map((part) => exposeMember(alias, part));
  if (Array.isArray(result.messages)) {
    exposed.messages = result.messages.map((message) =>
      isObject(message) ? { ...message, content: exposeBlock(alias, message.content) } : message,
    );
  }
  return exposed;
}

function exposeBlock(alias: string, block: unknown): unknown {
  if (!isObject(block)) return block;
  if (block.type === 'resource_link') return exposeMember(alias, block);
  if (block.type === 'resource') return { ...block, resource: exposeMember(alias, block.resource) };
  return block;
}

function exposeMember(alias: string, value: unknown): unknown {
  return isObject(value) && typeof value.uri === 'string' ? { ...value, uri: exposedUri(alias, value.uri) } : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
