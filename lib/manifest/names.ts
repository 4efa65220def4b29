/** Length limits of a server name, in characters (server.json schema 2025-12-11). */
export const SERVER_NAME_LENGTH = { min: 3, max: 200 } as const;

/** The form the schema asks for. The registry API's paths rely on it, so it holds for mirrored manifests too. */
export const SERVER_NAME_PATTERN = /^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/;

// What publishing asks for beyond the schema: each part starts and ends with a letter or digit, so it has two or more.
const STRICT_NAMESPACE = /^[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]$/;
const STRICT_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]*[a-zA-Z0-9]$/;

const GITHUB_PREFIX = 'io.github.';
/** GitHub's rule for user and organization names: letters, digits and single inner hyphens, at most 39. */
const GITHUB_OWNER = /^[a-zA-Z0-9](?:[a-zA-Z0-9]|-(?=[a-zA-Z0-9])){0,38}$/;
const DOMAIN_LABEL = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

export type ServerName = { namespace: string; name: string };

/** Namespace and name of a server name of the schema's form; null for anything else. Names are case-sensitive. */
export function splitServerName(serverName: string): ServerName | null {
  if (serverName.length > SERVER_NAME_LENGTH.max || !SERVER_NAME_PATTERN.test(serverName)) return null;
  const slash = serverName.indexOf('/');
  return { namespace: serverName.slice(0, slash), name: serverName.slice(slash + 1) };
}

/** The text before the slash of a server name; empty where there is none. */
export function namespaceOf(serverName: string): string {
  return serverName.slice(0, Math.max(0, serverName.indexOf('/')));
}

/** Whether a name may be published: the schema's form and length, and each part starts and ends with a letter or digit. */
export function isPublishableServerName(serverName: string): boolean {
  const parts = splitServerName(serverName);
  return parts !== null && STRICT_NAMESPACE.test(parts.namespace) && STRICT_NAME.test(parts.name);
}

/** `acme` for the namespace `io.github.acme`, in its own spelling; null for any other namespace. */
export function githubOwnerOf(namespace: string): string | null {
  if (!namespace.startsWith(GITHUB_PREFIX)) return null;
  const owner = namespace.slice(GITHUB_PREFIX.length);
  return GITHUB_OWNER.test(owner) ? owner : null;
}

/** `io.github.acme` for the GitHub user or organization `acme`; null where that cannot be a GitHub name. */
export function githubNamespace(owner: string): string | null {
  return GITHUB_OWNER.test(owner) ? `${GITHUB_PREFIX}${owner}` : null;
}

/**
 * `api.example.com` for the namespace `com.example.api`: the domain whose owner may prove it. Lower case, as DNS is. Null
 * where the labels make no host name of at least two labels, and for `io.github.*`, which GitHub proves instead.
 */
export function domainOf(namespace: string): string | null {
  if (namespace.startsWith(GITHUB_PREFIX)) return null;
  const labels = namespace.split('.').reverse();
  const domain = labels.join('.').toLowerCase();
  return labels.length >= 2 && domain.length <= 253 && labels.every((label) => DOMAIN_LABEL.test(label))
    ? domain
    : null;
}
