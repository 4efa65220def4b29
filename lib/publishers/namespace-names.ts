import { isIP } from 'node:net';
import { config } from '#lib/config/config.ts';
import { DomainError } from '#lib/http/domain-error.ts';
import { domainOf, githubOwnerOf } from '#lib/manifest/index.ts';
import type { ProofKind } from './proofs/types.ts';

/** As in the publication rules: the rest of a server name has to fit too. */
const MAX_LENGTH = 150;
const NAMESPACE = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)+$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

export const ANONYMOUS_NAMESPACE = 'io.modelcontextprotocol.anonymous';

/** Second labels under two-letter top-level domains where registries sell names one level further down. */
const SECOND_LEVEL = new Set(['ac', 'co', 'com', 'edu', 'gob', 'gov', 'mil', 'net', 'org']);

/**
 * Hosts under which strangers get a name of their own: nobody speaks for all of them. A short list of what MCP servers
 * are hosted on; the whole Public Suffix List would be a dependency that ages.
 */
const SHARED_HOSTS = new Set([
  'amazonaws.com',
  'appspot.com',
  'azurestaticapps.net',
  'azurewebsites.net',
  'bitbucket.io',
  'blogspot.com',
  'cloudfront.net',
  'codeberg.page',
  'deno.dev',
  'duckdns.org',
  'firebaseapp.com',
  'fly.dev',
  'github.io',
  'githubusercontent.com',
  'gitlab.io',
  'glitch.me',
  'go.jp',
  'herokuapp.com',
  'hf.space',
  'ne.jp',
  'netlify.app',
  'ngrok.app',
  'ngrok-free.app',
  'ngrok.io',
  'onrender.com',
  'or.at',
  'or.jp',
  'or.kr',
  'pages.dev',
  'railway.app',
  'readthedocs.io',
  'repl.co',
  'replit.app',
  'run.app',
  'surge.sh',
  'vercel.app',
  'web.app',
  'workers.dev',
]);

/** Whether a whole namespace would be a place where many strangers have names: `com`, `uk.co`, `io.github`. */
export function isPublicSuffix(namespace: string): boolean {
  const labels = namespace.toLowerCase().split('.');
  if (labels.length < 2) return true;
  if (SHARED_HOSTS.has([...labels].reverse().join('.'))) return true;
  return labels.length === 2 && labels[0]!.length === 2 && SECOND_LEVEL.has(labels[1]!);
}

/** `com.example` for `example.com`; lower case, as DNS is. */
export const namespaceOfDomain = (domain: string): string => domain.toLowerCase().split('.').reverse().join('.');

/**
 * The domain in lower case if a proof may be asked of it: two or more labels, no address, no port, no path, and not a
 * place where strangers have names. Null otherwise.
 */
export function provableDomain(domain: string): string | null {
  const lower = domain.toLowerCase();
  const labels = lower.split('.');
  if (lower.length > 253 || labels.length < 2 || isIP(lower) || !labels.every((label) => LABEL.test(label)))
    return null;
  // No top-level domain is a number: what a resolver may read as an address (0x7f.1, 127.1) is none.
  if (/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1)!)) return null;
  const namespace = namespaceOfDomain(lower);
  // GitHub's owners prove io.github.*, not whoever may publish a page there.
  return isPublicSuffix(namespace) || namespace.startsWith('io.github.') ? null : lower;
}

/** How a namespace can be proven, in the order to offer. Empty for one that nobody can prove. */
export function methodsFor(namespace: string): ProofKind[] {
  if (githubOwnerOf(namespace)) return ['github'];
  const domain = domainOf(namespace);
  return domain && provableDomain(domain) ? ['dns', 'http'] : [];
}

/** Throws UNPROCESSABLE for what is no namespace, or is the namespace of many strangers. */
export function requireNamespaceForm(namespace: string): void {
  if (namespace.length > MAX_LENGTH || !NAMESPACE.test(namespace)) {
    throw new DomainError(
      'UNPROCESSABLE',
      `"${namespace.slice(0, MAX_LENGTH)}" is not a namespace. It is a domain read backwards, such as com.example or io.github.acme.`,
    );
  }
  if (isPublicSuffix(namespace)) {
    throw new DomainError(
      'UNPROCESSABLE',
      `${namespace} is no namespace of one publisher: many have names under it. Ask for your own, such as ${namespace}.acme.`,
    );
  }
}

/** Throws NAMESPACE_CASE for a domain's namespace that is not in lower case; GitHub's have the case of the account. */
export function requireNamespaceCase(namespace: string): void {
  if (namespace.startsWith('io.github.') || namespace === namespace.toLowerCase()) return;
  throw new DomainError(
    'NAMESPACE_CASE',
    `${namespace} is spelled ${namespace.toLowerCase()}: a domain has no capital letters.`,
    { spelling: namespace.toLowerCase() },
  );
}

/** Whether HALLMARK_BLOCKED_NAMESPACES names the namespace, or one that it is under. */
export function isBlocked(
  namespace: string,
  blockedNamespaces: readonly string[] = config().HALLMARK_BLOCKED_NAMESPACES,
): boolean {
  const lower = namespace.toLowerCase();
  return blockedNamespaces.some((entry) => {
    const blocked = entry.toLowerCase().replace(/\/?\*?$/, '');
    return lower === blocked || lower.startsWith(`${blocked}.`);
  });
}

/** Throws NAMESPACE_BLOCKED. */
export function requireNotBlocked(namespace: string): void {
  if (!isBlocked(namespace)) return;
  throw new DomainError(
    'NAMESPACE_BLOCKED',
    `${namespace} is blocked on this registry. Ask its admin if you think that this is a mistake.`,
  );
}
