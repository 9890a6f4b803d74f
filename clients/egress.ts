import { SYSTEM_NAMES } from '../domain/connection/remote-system.ts';
import { parseUrl } from './parse-url.ts';
import { remoteError, type RemoteSystem } from './errors.ts';
import { usesProxy, type ProxySettings } from './proxy.ts';

/** The result of checking an address from a connection file: the origin to call, or the reason why it is refused. */
type OriginCheck = { readonly ok: true; readonly origin: string } | { readonly ok: false; readonly reason: string };

/** The rule for which hosts Ledgerdesk may call. */
export interface Egress {
  /**
   * Throws a RemoteError of kind `blocked` unless the URL is on one of the system's own hosts or on an allowed host.
   */
  check(url: string | URL, system: RemoteSystem, operation?: string): void;
  /** Checks an address from a connection file and returns its origin. */
  checkOrigin(text: string, system: RemoteSystem): OriginCheck;
  /** Returns whether the operator allows this host. Then it may use plain http and resolve to a private address. */
  isAllowedHost(url: URL): boolean;
  /** Returns the URL of the proxy through which a request goes; undefined if it goes directly. */
  proxyFor(url: URL): string | undefined;
}

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

/**
 * F&O hosts by geography and cloud (Microsoft docs, "Deployment options: geographies", and the pages of the sovereign
 * clouds). A sandbox has `.sandbox` before `.operations`. Developer machines are under cloudax, axcloud and onebox.
 */
const DYNAMICS_SUFFIXES = [
  'operations.dynamics.com',
  ...['eu', 'fr', 'no', 'sa', 'ch', 'uae'].map((geography) => `operations.${geography}.dynamics.com`),
  'operations.gov.microsoftdynamics.us',
  'operations.high.microsoftdynamics.us',
  'operations.dynamics.us',
  'operations.dynamics.cn',
  'cloudax.dynamics.com',
  'axcloud.dynamics.com',
  'cloud.onebox.dynamics.com',
];

/** Entra's authority hosts: public, US government, China (Microsoft docs, "National clouds"). */
const ENTRA_HOSTS = ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.partner.microsoftonline.cn'];

const endsIn = (suffixes: readonly string[], labels: string): RegExp =>
  new RegExp(`^(?:${LABEL}\\.)${labels}(?:${suffixes.map((suffix) => suffix.replaceAll('.', '\\.')).join('|')})$`);

const HOSTS: Readonly<Record<RemoteSystem, { readonly pattern: RegExp; readonly example: string }>> = {
  dynamics: { pattern: endsIn(DYNAMICS_SUFFIXES, '{1,4}'), example: 'https://contoso.operations.dynamics.com' },
  zendesk: { pattern: endsIn(['zendesk.com'], '{1}'), example: 'https://contoso.zendesk.com' },
  entra: {
    pattern: new RegExp(`^(?:${ENTRA_HOSTS.join('|').replaceAll('.', '\\.')})$`),
    example: 'https://login.microsoftonline.com',
  },
};

/** The hint for an address that only the operator can allow. */
const ONLY_ALLOWED =
  'Only a host that LEDGERDESK_ALLOW_HOSTS names, for the api and for every worker, may have such an address';

/**
 * Creates the rule. `allowHosts` are the hosts that the operator allows, as `host` (any port) or `host:port`. Only
 * these may use plain http, a port or a host that is not the system's own. `proxy` is the operator's forward proxy.
 */
export function createEgress(allowHosts: readonly string[], proxy?: ProxySettings): Egress {
  const allowed = new Set(allowHosts.map((entry) => entry.trim().toLowerCase()));
  const isAllowedHost = (url: URL): boolean =>
    allowed.has(url.hostname) || allowed.has(`${url.hostname}:${portOf(url)}`);
  const reasonAgainst = (url: URL, system: RemoteSystem): string | undefined => {
    if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
    if (isAllowedHost(url)) return /^https?:$/.test(url.protocol) ? undefined : 'must begin with https://';
    if (url.protocol !== 'https:') return `must begin with https://. ${ONLY_ALLOWED}`;
    if (url.port !== '') return `must not name a port. ${ONLY_ALLOWED}`;
    if (HOSTS[system].pattern.test(url.hostname)) return undefined;
    return `is not a known host of ${SYSTEM_NAMES[system]}. Use an address such as ${HOSTS[system].example}. ${ONLY_ALLOWED}`;
  };
  return {
    check(url, system, operation = 'connect') {
      const parsed = parseUrl(String(url));
      const reason = parsed === undefined ? 'is not a URL' : reasonAgainst(parsed, system);
      if (reason === undefined) return;
      const host = parsed === undefined ? '' : ` ${parsed.host}`;
      const detail = `Ledgerdesk does not call the address${host}: it ${reason}.`;
      throw remoteError({ system, operation, kind: 'blocked', code: 'EGRESS', detail });
    },
    isAllowedHost,
    proxyFor: (url) => (usesProxy(url, proxy) ? proxy.url : undefined),
    checkOrigin: (text, system) => originOf(text, system, reasonAgainst),
  };
}

function originOf(
  text: string,
  system: RemoteSystem,
  reasonAgainst: (url: URL, system: RemoteSystem) => string | undefined,
): OriginCheck {
  const refuse = (reason: string): OriginCheck => ({ ok: false, reason: `The address ${reason}.` });
  const trimmed = text.trim();
  if (/[\s\\\p{Cc}]/u.test(trimmed)) return refuse('must not contain blanks or backslashes');
  if (!/^https?:\/\/[^/]/i.test(trimmed)) return refuse('must begin with https:// and a host');
  const url = parseUrl(trimmed);
  if (url === undefined) return refuse('is not a URL');
  if (trimmed.includes('?') || trimmed.includes('#')) return refuse('must not contain a query or a fragment');
  const path = system === 'dynamics' ? url.pathname.replace(/\/data\/?$/i, '/') : url.pathname;
  if (path !== '/') return refuse(`must not contain a path, such as ${path.slice(0, 40)}`);
  const reason = reasonAgainst(url, system);
  return reason === undefined ? { ok: true, origin: url.origin } : refuse(reason);
}

function portOf(url: URL): string {
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
}
