import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** Where PyPI keeps the files that its index lists. */
const PYPI_FILES = 'files.pythonhosted.org';
const PYPI = 'pypi.org';

/** Variables that decide where packages come from and how they are reached (pip documentation, "Configuration"; uv's). */
const PASSED = [
  'PIP_INDEX_URL',
  'PIP_EXTRA_INDEX_URL',
  'PIP_TRUSTED_HOST',
  'PIP_CERT',
  'PIP_CLIENT_CERT',
  'PIP_PROXY',
  'PIP_CONFIG_FILE',
  'UV_INDEX_URL',
  'UV_DEFAULT_INDEX',
  'UV_INDEX',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
];

/** The environment of an installer in `dir`: what the administrator configured for pip, and nothing else of ours. */
export async function pipEnvironment(dir: string, env: NodeJS.ProcessEnv = process.env): Promise<NodeJS.ProcessEnv> {
  const passed = Object.fromEntries(PASSED.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const files = env.HOME ? [join(env.HOME, '.config/pip/pip.conf'), join(env.HOME, '.pip/pip.conf')] : [];
  const own = await firstOf(files);
  return {
    PATH: '/usr/bin:/bin',
    HOME: dir,
    TMPDIR: dir,
    LANG: 'C.UTF-8',
    NODE_ENV: 'production',
    ...(own ? { PIP_CONFIG_FILE: own } : {}),
    ...passed,
  };
}

async function firstOf(files: string[]): Promise<string | null> {
  for (const file of files) {
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return null;
}

/** Host names that may be private: those of every index and proxy that is configured. */
export function configuredHosts(index: string | undefined, configuration: string): string[] {
  const urls = [index ?? `https://${PYPI}`, ...(configuration.match(/https?:\/\/[^\s'",]+/g) ?? [])];
  const hosts = urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
  return [...new Set([...hosts, ...(hosts.includes(PYPI) ? [PYPI_FILES] : [])])];
}

/** The index behind HALLMARK_PYPI_URL; for PyPI itself none, so that pip's own configuration, e.g. a mirror, counts. */
export const pypiIndexOf = (url: string): string | undefined =>
  url === `https://${PYPI}` ? undefined : `${url}/simple`;
