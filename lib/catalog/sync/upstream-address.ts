import { DomainError } from '#lib/http/domain-error.ts';
import { isPublicAddress, mayConnect, type PrivateNetworks } from '#lib/outbound/address-guard.ts';

/**
 * The base address of a registry in the form that is stored: without `/v0.1/servers`, query and final slashes. People
 * paste the address that they opened in the browser. Throws BAD_REQUEST.
 */
export function parseBaseUrl(text: string): string {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (!url || !['https:', 'http:'].includes(url.protocol)) {
    throw new DomainError(
      'BAD_REQUEST',
      `"${text.slice(0, 200)}" is not the address of a registry, e.g. https://registry.modelcontextprotocol.io`,
    );
  }
  if (url.username || url.password) {
    throw new DomainError('BAD_REQUEST', `Leave name and password out of the address of ${url.host}.`);
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v0(\.1)?(\/servers)?$/, '');
  return `${url.origin}${path.replace(/\/+$/, '')}`;
}

/**
 * Origins to hand to the guarded client for an upstream. Whoever may add upstreams is not thereby let into the private
 * network: https goes through the guard like every other address, so it has to be public or listed in
 * HALLMARK_PRIVATE_NETWORKS. Plain http is for upstreams on networks that the admin listed, by the very host or address
 * that the base names; on the open internet anybody on the way could change what is mirrored.
 *
 * Throws ADDRESS_REFUSED.
 */
export function trustedOriginsFor(baseUrl: string, privateNetworks: PrivateNetworks): string[] {
  const url = new URL(baseUrl);
  if (url.protocol === 'https:') return [];
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!isPublicAddress(host) && mayConnect(host, host, privateNetworks)) return [url.origin];
  throw new DomainError(
    'ADDRESS_REFUSED',
    `${url.origin} is refused: an upstream without https has to be listed in HALLMARK_PRIVATE_NETWORKS, e.g. HALLMARK_PRIVATE_NETWORKS=${host}`,
  );
}
