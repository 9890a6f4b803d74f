import dns from 'node:dns';
import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import { AntiSSRFError, AntiSSRFPolicy, PolicyConfigOptions } from '@microsoft/antissrf';
import type { Egress } from './egress.ts';
import { ConnectAgent } from './proxy-agent.ts';

/** The agents that connect to a URL, by its scheme. */
interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * The kind of hosts that are called. `remote`: the caller has checked that the name belongs to a remote system. `any`:
 * an operator may have chosen any host, such as the receiver of alerts.
 */
export type HostKind = 'remote' | 'any';

/** The rules for hosts that the agents follow. */
export type HostRules = Pick<Egress, 'isAllowedHost' | 'proxyFor'>;

/**
 * Creates a function that selects the agents for a URL.
 *
 * Without a proxy, they connect to public addresses over https only, except for hosts that the operator allows. Each
 * new connection resolves its name and checks the same addresses that it then uses, so a name server that changes its
 * answer gains nothing. One private address among several refuses the request.
 *
 * Through a proxy, the proxy resolves the name. Hosts of vendors are not resolved here at all, because many networks
 * resolve public names only in the proxy. Any other host that does resolve here must have public addresses, or the
 * function rejects.
 *
 * `pool` configures the sockets.
 */
export function createGuardedAgents(
  rules: HostRules,
  { hosts, pool }: { hosts: HostKind; pool: AgentOptions },
): (url: URL) => Promise<Agents> {
  const policy = new AntiSSRFPolicy(PolicyConfigOptions.ExternalOnlyLatest);
  // Otherwise the policy adds `X-Forwarded-For: true` to every request, against metadata services, which it blocks
  // anyway.
  policy.addXFFHeader = false;
  const guarded = { http: policy.getHttpAgent(pool), https: policy.getHttpsAgent(pool) };
  const open = { http: new HttpAgent(pool), https: new HttpsAgent(pool) };
  let proxied: ConnectAgent | undefined;
  return async (url) => {
    const proxyUrl = rules.proxyFor(url);
    if (proxyUrl === undefined) return rules.isAllowedHost(url) ? open : guarded;
    if (hosts === 'any' && !rules.isAllowedHost(url)) await requirePublic(url, policy);
    proxied ??= new ConnectAgent(proxyUrl, pool);
    return { http: guarded.http, https: proxied };
  };
}

/** Rejects if the host has a private address. A name that does not resolve here is left to the proxy. */
async function requirePublic({ hostname }: URL, policy: AntiSSRFPolicy): Promise<void> {
  const addresses = await addressesOf(hostname.replace(/^\[|\]$/g, ''));
  const isPrivate = addresses.some((address) =>
    policy.deniedAddresses.check(isIP(address) === 4 ? `::ffff:${address}` : address, 'ipv6'),
  );
  if (isPrivate) throw new AntiSSRFError('IP address disallowed by policy');
}

function addressesOf(host: string): Promise<string[]> {
  if (isIP(host) !== 0) return Promise.resolve([host]);
  return new Promise((resolve) => {
    dns.lookup(host, { all: true }, (error, found) => resolve(error ? [] : found.map(({ address }) => address)));
  });
}

/**
 * Returns whether the guarded agents refused a request before they connected. `error` is the error of the HTTP client.
 */
export function isBlockedAddress(error: unknown): boolean {
  return error instanceof AntiSSRFError || (error instanceof Error && error.cause instanceof AntiSSRFError);
}
