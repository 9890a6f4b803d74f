import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { AntiSSRFError, AntiSSRFPolicy, PolicyConfigOptions } from '@microsoft/antissrf';
import type { Egress } from './egress.ts';

/** The agents through which a URL is called, by its scheme. */
interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Makes the agents that connect to public addresses only, and chooses them for every host that no operator has opened. Each
 * new connection resolves its name and judges the very addresses that it then takes, so a name whose answer changes gets
 * nowhere; one private address among several refuses all. Without https they refuse as well. `pool` is how sockets are kept.
 */
export function createGuardedAgents(egress: Pick<Egress, 'isOpened'>, pool: AgentOptions): (url: URL) => Agents {
  const policy = new AntiSSRFPolicy(PolicyConfigOptions.ExternalOnlyLatest);
  // It would put `X-Forwarded-For: true` into every request, against metadata services, which are not reached anyway.
  policy.addXFFHeader = false;
  const guarded = { http: policy.getHttpAgent(pool), https: policy.getHttpsAgent(pool) };
  const open = { http: new HttpAgent(pool), https: new HttpsAgent(pool) };
  return (url) => (egress.isOpened(url) ? open : guarded);
}

/** Whether a request was refused by the guarded agents, before a connection was made; `error` is what the HTTP client threw. */
export function isBlockedAddress(error: unknown): boolean {
  return error instanceof AntiSSRFError || (error instanceof Error && error.cause instanceof AntiSSRFError);
}
