import { BlockList, isIP } from 'node:net';

/** Not on the public internet: private, loopback, link-local, shared, reserved, documentation, multicast. */
const IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** The same for IPv6; `::/96`, `2001::/32` and `2002::/16` hide IPv4 addresses, and nothing public needs them. */
const IPV6 = [
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const;

const blocked = new BlockList();
for (const [address, bits] of IPV4) {
  blocked.addSubnet(address, bits, 'ipv4');
  // Networks without IPv4 reach it under this prefix; the public rest of it stays open.
  blocked.addSubnet(`64:ff9b::${address}`, 96 + bits, 'ipv6');
}
for (const [address, bits] of IPV6) blocked.addSubnet(address, bits, 'ipv6');

/**
 * Whether an address is not one of the public internet; what is no address counts as private.
 * @example isPrivateAddress('169.254.169.254') // true
 */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  const family = isIP(bare);
  if (family === 0) return true;
  // The list takes an IPv4-mapped IPv6 address for the IPv4 address that it is.
  return blocked.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}
