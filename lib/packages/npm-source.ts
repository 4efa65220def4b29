import { type NpmSettings, withSlash } from '#lib/scans/acquire/npm-settings.ts';

export type NpmSource = { registry: string; headers: Record<string, string> };

/** The registry that npm's settings give for a package, by its scope, and the credentials that they bind to that registry. */
export function npmSource({ registry, options }: NpmSettings, packageName: string): NpmSource {
  const scope = packageName.startsWith('@') ? packageName.slice(0, packageName.indexOf('/')) : null;
  const scoped = scope === null ? undefined : options[`${scope}:registry`];
  const source = withSlash(typeof scoped === 'string' ? scoped : registry);
  const authorization = URL.canParse(source) ? credentialsFor(new URL(source), options) : null;
  return { registry: source, headers: authorization === null ? {} : { authorization } };
}

/** npm binds credentials to `//host/path/`; the longest path that holds the registry's counts. */
function credentialsFor({ host, pathname }: URL, options: NpmSettings['options']): string | null {
  const parts = pathname.split('/').filter(Boolean);
  for (let depth = parts.length; depth >= 0; depth--) {
    const bound = `//${host}/${parts
      .slice(0, depth)
      .map((part) => `${part}/`)
      .join('')}`;
    const option = (name: string) => {
      const value = options[`${bound}:${name}`];
      return typeof value === 'string' ? value : undefined;
    };
    const token = option('_authToken');
    if (token) return `Bearer ${token}`;
    const basic = option('_auth');
    if (basic) return `Basic ${basic}`;
    const [username, password] = [option('username'), option('_password')];
    // npm keeps the password as base64.
    if (username && password) {
      const pair = `${username}:${Buffer.from(password, 'base64').toString('utf8')}`;
      return `Basic ${Buffer.from(pair).toString('base64')}`;
    }
  }
  return null;
}
