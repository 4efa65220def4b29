/** Address of a server's page. A server name has exactly one slash: `io.github.acme/weather`. */
export function serverPath(name: string, query: { version?: string; tab?: string } = {}): string {
  const path = `/servers/${name.split('/').map(encodeURIComponent).join('/')}`;
  const search = new URLSearchParams();
  if (query.version) search.set('version', query.version);
  if (query.tab) search.set('tab', query.tab);
  return search.size > 0 ? `${path}?${search}` : path;
}

/** Where to go after sign-in: a path of this site, or the home page. */
export function safeReturnPath(value: string | string[] | undefined): string {
  return typeof value === 'string' && /^\/(?![/\\])[^\s\\]*$/.test(value) ? value : '/';
}

export const signInPath = (returnTo: string): string => `/signin?${new URLSearchParams({ callbackUrl: returnTo })}`;
