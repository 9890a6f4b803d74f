import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { AntiSSRFError, AntiSSRFPolicy, PolicyConfigOptions } from '@microsoft/antissrf';
import type { Egress } from './egress.ts';

/** The agents that connect to a URL, by its scheme. */
interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Creates agents that connect to public addresses over https only, and returns a function that selects them for every
 * host that the operator does not allow. Each new connection resolves its name and checks the same addresses that it
 * then uses, so a name server that changes its answer gains nothing. One private address among several refuses the
 * request. `pool` configures the sockets.
 */
export function createGuardedAgents(egress: Pick<Egress, 'isAllowedHost'>, pool: AgentOptions): (url: URL) => Agents {
  const policy = new AntiSSRFPolicy(PolicyConfigOptions.ExternalOnlyLatest);
  // Otherwise the policy adds `X-Forwarded-For: true` to every request, against metadata services, which it blocks
  // anyway.
  policy.addXFFHeader = false;
  const guarded = { http: policy.getHttpAgent(pool), https: policy.getHttpsAgent(pool) };
  const open = { http: new HttpAgent(pool), https: new HttpsAgent(pool) };
  return (url) => (egress.isAllowedHost(url) ? open : guarded);
}

/**
 * Returns whether the guarded agents refused a request before they connected. `error` is the error of the HTTP client.
 */
export function isBlockedAddress(error: unknown): boolean {
  return error instanceof AntiSSRFError || (error instanceof Error && error.cause instanceof AntiSSRFError);
}
