import { BlockList, isIP } from 'node:net';
import { parseUrl } from './parse-url.ts';

/** The forward proxy of the operator's network, and the hosts that are reached without it. */
export interface ProxySettings {
  /** An http or https URL, which may contain a user name and a password. */
  readonly url: string;
  /** `*`, or hosts that are reached directly: `host`, `.suffix`, `*.suffix` or an address, each with an optional port. */
  readonly noProxy: readonly string[];
}

/** Names of this machine and of metadata services. */
const LOCAL_NAMES = /^(?:(?:.+\.)?localhost|metadata\.google\.internal|instance-data(?:\.ec2\.internal)?)\.?$/;

/**
 * Addresses that only this machine or its own cloud host has: loopback, unspecified, link-local with the metadata
 * services of most clouds, and the metadata addresses of AWS (IPv6), Azure and Alibaba.
 */
const LOCAL_ADDRESSES = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['168.63.129.16', 32],
  ['100.100.100.200', 32],
] as const)
  LOCAL_ADDRESSES.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
] as const)
  LOCAL_ADDRESSES.addSubnet(network, prefix, 'ipv6');

/**
 * Returns whether requests to a URL go through the proxy. Only https does: plain http is possible only for hosts that
 * the operator allows, and traces. This machine and metadata services are never reached through a proxy, which would
 * ask them for its own secrets.
 */
export function usesProxy(url: URL, proxy: ProxySettings | undefined): proxy is ProxySettings {
  if (proxy === undefined || url.protocol !== 'https:') return false;
  const host = hostOf(url);
  if (isLocal(host)) return false;
  return !proxy.noProxy.some((entry) => matches(entry.toLowerCase(), host, url.port === '' ? '443' : url.port));
}

/** Returns whether an entry of NO_PROXY names the host, with the meaning that curl gives to it. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const url = parseUrl(`https://${isIP(entry) === 6 ? `[${entry}]` : entry.replace(/^\*?\./, '')}`);
  if (url === undefined || (/:\d+$/.test(entry) && isIP(entry) === 0 && (url.port || '443') !== port)) return false;
  const named = hostOf(url);
  return host === named || (isIP(named) === 0 && host.endsWith(`.${named}`));
}

function isLocal(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return LOCAL_NAMES.test(host);
  return LOCAL_ADDRESSES.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}
