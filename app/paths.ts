/** Address of a server's page. A server name has exactly one slash: `io.github.acme/weather`. */
export function serverPath(name: string, query: { version?: string; tab?: string } = {}): string {
  const path = `/servers/${name.split('/').map(encodeURIComponent).join('/')}`;
  const search = new URLSearchParams();
  if (query.version) search.set('version', query.version);
  if (query.tab) search.set('tab', query.tab);
  return search.size > 0 ? `${path}?${search}` : path;
}

/** Address of the difference of two versions; without them of the latest and the one before it. */
export function comparePath(name: string, query: { from?: string; to?: string; approved?: string } = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const path = `${serverPath(name)}/compare`;
  return given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path;
}

/** Address of a publisher's public page. */
export const publisherPath = (slug: string, page = 1): string =>
  `/publishers/${encodeURIComponent(slug)}${page > 1 ? `?page=${page}` : ''}`;

/** Address of a publisher's console, or of one of its tabs. */
export function consolePath(slug: string, tab?: string, query: Record<string, string> = {}): string {
  const search = new URLSearchParams({ ...(tab ? { tab } : {}), ...query });
  const path = `/publish/${encodeURIComponent(slug)}`;
  return search.size > 0 ? `${path}?${search}` : path;
}

/** Address of an organization's console, or of one of its parts. */
export function orgPath(slug: string, part = 'allowlist', query: Record<string, string> = {}): string {
  const path = `/orgs/${encodeURIComponent(slug)}${part === 'allowlist' ? '' : `/${part}`}`;
  const search = new URLSearchParams(query);
  return search.size > 0 ? `${path}?${search}` : path;
}

/** Address of a server's entry in an organization's allowlist. */
export const entryPath = (slug: string, serverName: string): string =>
  orgPath(slug, `servers/${serverName.split('/').map(encodeURIComponent).join('/')}`);

/** The page of a list that an address asks for, from 1; what is no such number is the first one. */
export function parsePage(value: string | string[] | undefined): number {
  const page = Number([value].flat()[0]);
  return Number.isInteger(page) && page >= 1 && page <= 10_000 ? page : 1;
}

/** Where to go after sign-in: a path of this site, or the home page. */
export function safeReturnPath(value: string | string[] | undefined): string {
  return typeof value === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(value) ? value : '/';
}

export const signInPath = (returnTo: string): string => `/signin?${new URLSearchParams({ callbackUrl: returnTo })}`;

/** For somebody who is signed in and whose groups have to be confirmed. */
export const signInAgainPath = (returnTo: string): string => `${signInPath(returnTo)}&again=groups`;
