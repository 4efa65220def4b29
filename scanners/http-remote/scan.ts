import ipaddr from 'ipaddr.js';
import type { RawFinding, Scanner } from '../types.ts';
import { EXAMPLES } from './examples.ts';
import { HTTP_REMOTE, PRIVATE_REMOTE, RULES } from './rules.ts';

/** Finds remotes that are not encrypted or not public. A package that listens on localhost over http is ordinary and left alone. */
export const httpRemote: Scanner = {
  id: 'http-remote',
  rules: RULES,
  examples: EXAMPLES,
  scan: ({ manifest }) => [
    ...(manifest?.remotes ?? []).flatMap(({ url }, i) => urlFindings(url, `/remotes/${i}/url`, 'remote')),
    ...(manifest?.packages ?? []).flatMap(({ transport }, i) =>
      transport.type === 'stdio' ? [] : urlFindings(transport.url, `/packages/${i}/transport/url`, 'package'),
    ),
  ],
};

function urlFindings(url: string, pointer: string, of: 'remote' | 'package'): RawFinding[] {
  const host = hostOf(url);
  if (host === null) return [];
  const isLocal = isPrivateHost(host);
  const location = { document: 'server.json' as const, pointer };
  const evidence = { excerpt: url, start: 0, end: url.length };
  const findings: RawFinding[] = [];
  if (/^http:/i.test(url) && !isLocal) {
    findings.push({ ruleId: HTTP_REMOTE.id, message: `${url} is plain http.`, location, evidence });
  }
  if (isLocal && of === 'remote') {
    findings.push({ ruleId: PRIVATE_REMOTE.id, message: `${host} is not a public host.`, location, evidence });
  }
  return findings;
}

/** The host of a URL template; null when the host itself is a variable or the URL does not parse. */
function hostOf(url: string): string | null {
  const filled = url.replace(/\{[\w.-]{1,60}\}/g, 'variable');
  if (!URL.canParse(filled)) return null;
  const { hostname } = new URL(filled);
  return hostname === 'variable' ? null : hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

const LOCAL_NAME =
  /^(?:localhost|[\w.-]*\.(?:localhost|local|internal|lan|home\.arpa|intranet|corp)|host\.docker\.internal)\.?$/;

/** Whether a host name or literal address is this machine or inside a private network (RFC 6890, RFC 6761, RFC 8375). */
export function isPrivateHost(host: string): boolean {
  if (LOCAL_NAME.test(host)) return true;
  return ipaddr.isValid(host) && ipaddr.process(host).range() !== 'unicast';
}
