import { OFFICIAL_META } from '#lib/http/registry/schemas.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { ensure, isObject, objectOf } from './assertions.ts';
import type { Answer } from './http-client.ts';

/**
 * A listed version, read with as few demands as possible: each rule has a case of its own, and one broken member must not
 * fail the others.
 */
export type Item = {
  name: string;
  version: string;
  /** Name and version: what makes it one. */
  key: string;
  status: string | null;
  publishedAt: string | null;
  updatedAt: string | null;
  statusChangedAt: string | null;
  statusMessage: string | null;
  isLatest: boolean | null;
  server: JsonObject;
  raw: JsonObject;
};

export type Page = { items: Item[]; nextCursor: string | null; answer: Answer; body: JsonObject };

/** The items of a list that was answered with 200. */
export function pageOf(answer: Answer): Page {
  const body = objectOf(answer);
  ensure(Array.isArray(body.servers), answer, 'a member `servers` with a list', answer.text);
  const metadata = isObject(body.metadata) ? body.metadata : {};
  const nextCursor = typeof metadata.nextCursor === 'string' && metadata.nextCursor !== '' ? metadata.nextCursor : null;
  return { items: body.servers.map((value) => itemOf(value, answer)), nextCursor, answer, body };
}

/** The version of a detail that was answered with 200. */
export const versionOf = (answer: Answer): Item => itemOf(objectOf(answer), answer);

export function itemOf(value: unknown, answer: Answer): Item {
  const server = isObject(value) && isObject(value.server) ? value.server : {};
  const { name, version } = server;
  ensure(
    isObject(value) && typeof name === 'string' && typeof version === 'string',
    answer,
    'a member `server` with `name` and `version`',
    JSON.stringify(value),
  );
  const official = isObject(value._meta) && isObject(value._meta[OFFICIAL_META]) ? value._meta[OFFICIAL_META] : {};
  const text = (member: string) => (typeof official[member] === 'string' ? official[member] : null);
  return {
    name,
    version,
    key: `${name} ${version}`,
    status: text('status'),
    publishedAt: text('publishedAt'),
    updatedAt: text('updatedAt'),
    statusChangedAt: text('statusChangedAt'),
    statusMessage: text('statusMessage'),
    isLatest: typeof official.isLatest === 'boolean' ? official.isLatest : null,
    server,
    raw: value,
  };
}

export const keysOf = (items: Item[]) => items.map(({ key }) => key);

/** Nanoseconds of an RFC 3339 time: registries keep more digits than a Date does. Null where it is none. */
export function timeOf(text: string | null): bigint | null {
  const parts = /^(.+?)(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/i.exec(text ?? '');
  const milliseconds = parts ? Date.parse(`${parts[1]}${parts[3]}`) : Number.NaN;
  if (!parts || Number.isNaN(milliseconds)) return null;
  return BigInt(milliseconds) * 1_000_000n + BigInt((parts[2] ?? '').padEnd(9, '0').slice(0, 9));
}

/** The time so many milliseconds later, as RFC 3339 in UTC with nanoseconds. */
export function shiftTime(text: string, milliseconds: number): string {
  const nanoseconds = timeOf(text)! + BigInt(milliseconds) * 1_000_000n;
  const seconds = nanoseconds / 1_000_000_000n;
  const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, '0');
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', `.${fraction}Z`);
}
