import type { JsonObject, JsonValue } from '#lib/manifest/types.ts';

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object of a body; null where it is none. */
export function parseJsonObject(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** A listed server, with as few demands as possible. */
export type Listed = {
  name: string | null;
  isComplete: boolean;
  hasMeta: boolean;
  server: JsonObject;
  meta: JsonObject;
};

export function listedServers(body: JsonObject): Listed[] | null {
  if (!Array.isArray(body.servers)) return null;
  return body.servers.map((item): Listed => {
    const server = isObject(item) && isObject(item.server) ? item.server : {};
    const isComplete = ['name', 'description', 'version'].every(
      (member) => typeof server[member] === 'string' && server[member] !== '',
    );
    const meta = isObject(item) && isObject(item._meta) ? item._meta : null;
    const name = typeof server.name === 'string' ? server.name : null;
    return { name, isComplete, hasMeta: meta !== null, server, meta: meta ?? {} };
  });
}

export function nextCursorOf(body: JsonObject): string | null {
  const cursor = isObject(body.metadata) ? body.metadata.nextCursor : null;
  return typeof cursor === 'string' && cursor !== '' ? cursor : null;
}
