import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The public registry, npm's own default. */
export const PUBLIC_NPM_REGISTRY = 'https://registry.npmjs.org/';

export type NpmSettings = {
  registry: string;
  /** Options for npm's libraries: registries of scopes, credentials bound to a host, proxies, certificates. */
  options: Record<string, string | boolean>;
};

/** Keys of npmrc that decide where a package comes from and how it is reached; npm's name to its libraries' name. */
const NAMED_OPTIONS: Record<string, string> = {
  proxy: 'proxy',
  'https-proxy': 'httpsProxy',
  noproxy: 'noProxy',
  ca: 'ca',
  cafile: 'cafile',
};
const HOST_OPTION = /^\/\/[^\s]+\/:(_authToken|_auth|username|_password|email|certfile|keyfile)$/;
const SCOPE_OPTION = /^@[^\s/]+:registry$/;

/**
 * Returns npm's settings for fetching packages: from npm_config_* variables, else the user's npmrc, else npm's
 * defaults. Only what concerns the source of packages is read. Source: npm docs, "npmrc" and "config".
 */
export async function readNpmSettings({
  env = process.env,
  home = homedir(),
}: {
  env?: NodeJS.ProcessEnv;
  home?: string;
} = {}): Promise<NpmSettings> {
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    const match = /^npm_config_(.+)$/i.exec(name);
    if (match?.[1] && value) variables.set(npmKey(match[1]), value);
  }
  const globalFile = variables.get('globalconfig');
  const userFile = variables.get('userconfig') ?? join(home, '.npmrc');
  const settings = new Map([
    ...(globalFile ? await readNpmrc(globalFile, env) : []),
    ...(await readNpmrc(userFile, env)),
    ...variables,
  ]);

  const options: NpmSettings['options'] = {};
  for (const [key, value] of settings) {
    const option = NAMED_OPTIONS[key] ?? (HOST_OPTION.test(key) || SCOPE_OPTION.test(key) ? key : undefined);
    if (option) options[option] = value;
  }
  if (settings.get('strict-ssl') === 'false') options.strictSSL = false;
  if (!options.httpsProxy && env.HTTPS_PROXY) options.httpsProxy = env.HTTPS_PROXY;
  if (!options.proxy && env.HTTP_PROXY) options.proxy = env.HTTP_PROXY;
  if (!options.noProxy && env.NO_PROXY) options.noProxy = env.NO_PROXY;
  if (typeof options.cafile === 'string') {
    const certificates = await readFile(options.cafile, 'utf8').catch(() => null);
    if (certificates !== null) options.ca = certificates;
    delete options.cafile;
  }
  return { registry: withSlash(settings.get('registry') ?? PUBLIC_NPM_REGISTRY), options };
}

/** npm_config_https_proxy → https-proxy; keys that name a host or a scope are kept to the letter. */
function npmKey(name: string): string {
  return name.startsWith('//') || name.startsWith('@') ? name : name.toLowerCase().replaceAll('_', '-');
}

/** npm resolves package names against a registry's URL, which therefore ends in a slash. */
export const withSlash = (url: string) => (url.endsWith('/') ? url : `${url}/`);

async function readNpmrc(path: string, env: NodeJS.ProcessEnv): Promise<[string, string][]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const entries: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;[]|$)/.test(line)) continue;
    const at = line.indexOf('=');
    if (at < 1) continue;
    const value = line
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .replace(/\$\{([^}]+)\}/g, (whole, name: string) => env[name] ?? whole);
    entries.push([line.slice(0, at).trim(), value]);
  }
  return entries;
}

/** Every origin that these settings name: registries and proxies. Nothing else may be contacted for a package. */
export function settingsOrigins({ registry, options }: NpmSettings): string[] {
  const urls = [registry];
  for (const [key, value] of Object.entries(options)) {
    if (typeof value !== 'string') continue;
    if (SCOPE_OPTION.test(key) || key === 'proxy' || key === 'httpsProxy') urls.push(value);
  }
  return [...new Set(urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin))];
}
