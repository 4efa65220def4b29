import { isSecretName } from '#scanners/manifest-inputs.ts';
import { literalSecrets } from '#scanners/secrets/literal-secrets.ts';

/** A value that the client fills in when it starts the server: an input, a variable, a secret store. */
const REFERENCE =
  /^\s*(?:\$\{[^}]{1,200}\}|\$[A-Za-z_]\w{0,100}|%[A-Za-z_]\w{0,100}%|op:\/\/.{1,300}|\{\{.{1,200}\}\})\s*$/;
const SCHEME = /^\s*(?:Bearer|Basic|Token|ApiKey)\s+/i;
/** A long word of one piece with letters and digits: the shape of tokens whose issuer says nothing about it. */
const OPAQUE = /^(?=[^\s]*[0-9])(?=[^\s]*[A-Za-z])[A-Za-z0-9_+=-]{28,}$/;

/** What stands for a secret: how long it is, nothing of it. */
export const redacted = (value: string): string => `[redacted: ${value.length} characters]`;

/** Whether a value is written out in the file, rather than filled in from elsewhere. */
const isWrittenOut = (value: string): boolean => value.trim() !== '' && !REFERENCE.test(value.replace(SCHEME, ''));

/** Whether the value of a variable, header or flag of this name is a secret that the file holds. */
export function isSecretValue(name: string, value: string): boolean {
  if (!isWrittenOut(value)) return false;
  return isSecretName(name) || isSecretText(value);
}

/** Whether a text is a secret by its own shape. */
export function isSecretText(text: string): boolean {
  return isWrittenOut(text) && (literalSecrets(text).length > 0 || OPAQUE.test(text) || hasUrlSecret(text));
}

/** User and password, or a secret in the query of an address. */
function hasUrlSecret(text: string): boolean {
  if (!URL.canParse(text) || !text.includes('://')) return false;
  const url = new URL(text);
  return url.password !== '' || [...url.searchParams].some(([name, value]) => isQuerySecret(name, value));
}

const isQuerySecret = (name: string, value: string): boolean =>
  isWrittenOut(value) && (isSecretName(name) || /key|token|secret|auth|sig/i.test(name) || OPAQUE.test(value));

/**
 * An address without what must not be shown: credentials, fragment and values of the query. `secrets` are the names of the
 * parts that were secret.
 */
export function redactUrl(text: string): { url: string; secrets: { name: string; value: string }[] } {
  if (!URL.canParse(text)) return { url: '(not an address)', secrets: [] };
  const url = new URL(text);
  const secrets: { name: string; value: string }[] = [];
  if (url.password !== '') secrets.push({ name: 'password', value: url.password });
  for (const [name, value] of url.searchParams) {
    if (isQuerySecret(name, value)) secrets.push({ name, value });
  }
  const path = url.pathname
    .split('/')
    .map((part) => {
      if (!isSecretText(part)) return part;
      secrets.push({ name: 'path', value: part });
      return 'redacted';
    })
    .join('/');
  const rest = [...url.searchParams.keys()].filter((name) => !secrets.some((secret) => secret.name === name));
  const query = rest.length === 0 ? '' : `?${rest.map((name) => `${encodeURIComponent(name)}=`).join('&')}`;
  return { url: `${url.protocol}//${url.host}${path}${query}`, secrets };
}
