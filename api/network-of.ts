import { isIPv6 } from 'node:net';

/**
 * Returns the network that counts as one sender: an IPv4 address in its usual notation, or the first 64 bits of an IPv6
 * address, because one site has all addresses that share them (RFC 6177).
 */
export function networkOf(address: string): string {
  const [plain = ''] = address.split('%');
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain) ?? [];
  if (mapped !== undefined) return mapped;
  return isIPv6(plain) ? `${firstGroups(plain).join(':')}::/64` : plain;
}

function firstGroups(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = groupsOf(head);
  const left = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - before.length - left.length }, () => '0');
  return [...before, ...zeros, ...left].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
}

function groupsOf(part: string): string[] {
  return part === '' ? [] : part.split(':');
}
