import { describe, expect, it } from 'vitest';
import { isPublicAddress, mayConnect, parsePrivateNetworks } from '#lib/outbound/address-guard.ts';

const PRIVATE: [address: string, what: string][] = [
  ['0.0.0.0', 'this host'],
  ['0.1.2.3', 'this network'],
  ['10.0.0.1', 'private'],
  ['100.64.0.1', 'carrier-grade NAT'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['169.254.0.1', 'link-local'],
  ['169.254.169.254', 'cloud metadata'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.0.0.1', 'protocol assignments'],
  ['192.0.2.1', 'documentation'],
  ['192.88.99.1', '6to4 relay'],
  ['192.168.1.1', 'private'],
  ['198.18.0.1', 'benchmarking'],
  ['198.51.100.1', 'documentation'],
  ['203.0.113.1', 'documentation'],
  ['224.0.0.1', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'broadcast'],
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'mapped loopback'],
  ['::ffff:7f00:1', 'mapped loopback, in hex'],
  ['::ffff:10.0.0.1', 'mapped private'],
  ['::ffff:169.254.169.254', 'mapped metadata'],
  ['::127.0.0.1', 'IPv4-compatible loopback'],
  ['::10.0.0.1', 'IPv4-compatible private'],
  ['::ffff:0:127.0.0.1', 'translated loopback (RFC 6145)'],
  ['64:ff9b::7f00:1', 'NAT64 of loopback'],
  ['64:ff9b::a00:1', 'NAT64 of private'],
  ['64:ff9b:1::a00:1', 'local NAT64 (RFC 8215)'],
  ['2002:7f00:1::', '6to4 of loopback'],
  ['2002:a00:1::', '6to4 of private'],
  ['2001::1', 'Teredo'],
  ['2001:db8::1', 'documentation'],
  ['2001:2::1', 'benchmarking'],
  ['2001:10::1', 'ORCHID'],
  ['100::1', 'discard'],
  ['fc00::1', 'unique local'],
  ['fd00:ec2::254', 'cloud metadata'],
  ['fe80::1', 'link-local'],
  ['fec0::1', 'site-local'],
  ['ff02::1', 'multicast'],
  ['5f00::1', 'segment routing'],
  ['3fff::1', 'documentation'],
  ['010.8.8.8', 'octal: two readings'],
  ['0x08.8.8.8', 'hex'],
  ['134744072', 'decimal'],
  ['8.8', 'short form'],
  ['not an address', 'no address'],
  ['', 'no address'],
];

const PUBLIC = ['1.1.1.1', '8.8.8.8', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::200e'];

describe('public addresses', () => {
  it.each(PRIVATE)('%s is refused (%s)', (address) => {
    expect(isPublicAddress(address)).toBe(false);
    expect(mayConnect(address, 'example.com', parsePrivateNetworks(''))).toBe(false);
  });

  it.each(PUBLIC)('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it('a mapped public address is judged as the IPv4 address that it is', () => {
    expect(isPublicAddress('::ffff:8.8.8.8')).toBe(true);
  });
});

describe('networks of the admin', () => {
  const networks = parsePrivateNetworks('10.1.0.0/16, 127.0.0.1, fd12::/32, registry.corp.example');

  it.each([
    ['10.1.2.3', 'any.example', true],
    ['::ffff:10.1.2.3', 'any.example', true],
    ['10.2.0.1', 'any.example', false],
    ['127.0.0.1', 'any.example', true],
    ['127.0.0.2', 'any.example', false],
    ['fd12::5', 'any.example', true],
    ['fd13::5', 'any.example', false],
    ['192.168.0.1', 'registry.corp.example', true],
    ['192.168.0.1', 'REGISTRY.corp.example', true],
    ['192.168.0.1', 'other.corp.example', false],
  ])('%s of %s: %s', (address, host, allowed) => {
    expect(mayConnect(address, host, networks)).toBe(allowed);
  });

  it.each(['10.0.0.0/33', '10.0.0', '10.1/16', '010.0.0.1', 'a b', '*.corp.example', 'http://corp.example'])(
    'refuses %s',
    (text) => {
      expect(() => parsePrivateNetworks(text)).toThrow(RangeError);
    },
  );
});
