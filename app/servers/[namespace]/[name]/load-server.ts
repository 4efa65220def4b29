import { cache } from 'react';
import { getServerPage } from '#lib/catalog/get-server-page.ts';

export type ServerParams = Promise<{ namespace: string; name: string }>;
export type ServerSearch = Promise<Record<string, string | string[] | undefined>>;

const load = cache((name: string, version: string | undefined) => getServerPage({ name, version }));

/** The server that the address names, in the version it asks for; once per request. Null when there is none. */
export async function loadServer(params: ServerParams, search: ServerSearch) {
  const { namespace, name } = await params;
  const version = [(await search).version].flat()[0] || undefined;
  const decoded = decode(`${namespace}/${name}`);
  // PostgreSQL takes no NUL in a text; no name or version has one either.
  if (decoded === null || `${decoded}${version ?? ''}`.includes('\0')) return null;
  return load(decoded, version);
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
