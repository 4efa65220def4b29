import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What an admin lists as reachable beside the public internet: networks in CIDR form and host names. */
export type PrivateNetworks = { networks: [ipaddr.IPv4 | ipaddr.IPv6, number][]; hosts: Set<string> };

export const NO_PRIVATE_NETWORKS: PrivateNetworks = { networks: [], hosts: new Set() };

/**
 * Parses `10.1.0.0/16, 127.0.0.1, registry.corp.example`. An address alone is a network of one.
 * Throws RangeError with the part that is neither.
 */
export function parsePrivateNetworks(text: string): PrivateNetworks {
  const result: PrivateNetworks = { networks: [], hosts: new Set() };
  for (const part of text.split(',').map((item) => item.trim())) {
    if (part === '') continue;
    // ipaddr.js alone takes the short and the octal forms too (10.1, 010.0.0.1), which people read in two ways.
    const isWritten = isIP(part.split('/')[0]!) !== 0;
    if (isWritten && ipaddr.isValidCIDR(part)) result.networks.push(ipaddr.parseCIDR(part));
    else if (isWritten && ipaddr.isValid(part)) {
      const address = ipaddr.parse(part);
      result.networks.push([address, address.kind() === 'ipv4' ? 32 : 128]);
    } else if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(part) && !/^[\d.]+$/.test(part)) {
      result.hosts.add(part.toLowerCase());
    } else throw new RangeError(part);
  }
  return result;
}

/**
 * True for an address of the public internet. IPv4 inside IPv6 (mapped, NAT64, 6to4, Teredo) is judged strictly: only
 * plain unicast passes, since a translator on the way could lead back into a private network. Ranges: IANA special-purpose
 * registries (RFC 6890), as ipaddr.js names them.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === 'ipv6' && (parsed as ipaddr.IPv6).isIPv4MappedAddress()) {
    return (parsed as ipaddr.IPv6).toIPv4Address().range() === 'unicast';
  }
  return parsed.range() === 'unicast';
}

/** Whether a connection to this address is allowed for this host. */
export function mayConnect(address: string, host: string, allowed: PrivateNetworks): boolean {
  if (isPublicAddress(address) || allowed.hosts.has(host.toLowerCase())) return true;
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.process(address);
  return allowed.networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
}
