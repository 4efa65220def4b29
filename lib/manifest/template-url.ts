import ipaddr from 'ipaddr.js';

const VARIABLE = /\{([^{}]+)\}/g;
const VARIABLE_AS_PORT = /:\{[^{}]+\}(?=[/?#]|$)/g;

/** Names between braces in a URL template, in order of appearance, each once. */
export function templateVariables(template: string): string[] {
  return [...new Set(Array.from(template.matchAll(VARIABLE), ([, name]) => name!))];
}

/** Whether braces are left over once every `{variable}` is taken out: `{{a}}`, `{a`, `{}`. */
export function hasStrayBraces(template: string): boolean {
  return /[{}]/.test(template.replaceAll(VARIABLE, ''));
}

/**
 * What a URL template looks like once filled in, for checking its literal parts: parsed with stand-ins for the variables.
 * Null where it does not begin with a literal `http://` or `https://`, or is not a URL.
 */
export function parseTemplateUrl(template: string): URL | null {
  return parseHttpUrl(template.replaceAll(VARIABLE_AS_PORT, ':8080').replaceAll(VARIABLE, 'variable'));
}

// WHATWG parsing drops tabs and line breaks and turns backslashes into slashes, so the parsed URL could differ from the
// text that people see. Quotes and angle brackets would leave an HTML attribute.
const UNSAFE_CHARACTERS = /[\s"'<>\\\p{Cc}\p{Cf}]/u;

/** The URL of an http or https text without characters that URL parsers or pages read in different ways; else null. */
export function parseHttpUrl(text: string): URL | null {
  // `https:///host` and `https:host` would parse as well, to a host that the text does not show.
  if (!/^https?:\/\/[^/?#]/i.test(text) || UNSAFE_CHARACTERS.test(text)) return null;
  return URL.canParse(text) ? new URL(text) : null;
}

export function hasScheme(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(text);
}

/** Whether a URL has a part before an @, which pages often show as if it were the host. */
export function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

/** Whether a URL's host is this machine: localhost and its subdomains, loopback and unspecified addresses in any spelling. */
export function isThisMachine({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  if (!ipaddr.isValid(host)) return false;
  const range = ipaddr.process(host).range();
  return range === 'loopback' || range === 'unspecified';
}
