import type { AgentOptions } from 'node:http';
import type { Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import { HttpsProxyAgent } from 'hpagent';
import { textMember } from './classify.ts';

/** The proxy did not open a connection. `code` is `PROXY_` and its status, or the error code of the network. */
class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: string;

  constructor(code: string) {
    super(`The proxy did not open a connection (${code}).`);
    this.code = code;
  }
}

/** A proxy that authenticates against a directory and then connects takes longer than a direct connection. */
const CONNECT_MS = 15_000;

type CreateConnection = NonNullable<Agent['createConnection']>;

/**
 * Connects through a forward proxy with the method CONNECT, so that TLS reaches from here to the remote system. It
 * fails with a ProxyError when the proxy cannot be reached or refuses. The HTTP client would otherwise take the answer
 * of the proxy for one of the remote system.
 */
export class ConnectAgent extends HttpsProxyAgent {
  constructor(proxyUrl: string, pool: AgentOptions) {
    super({ ...pool, proxy: proxyUrl });
  }

  override createConnection(...[options, callback]: Parameters<CreateConnection>): undefined {
    const connected = (error: Error | null, socket: Duplex): void => {
      callback?.(error === null ? null : new ProxyError(codeOf(error)), socket);
    };
    super.createConnection({ ...options, timeout: CONNECT_MS }, connected);
  }
}

/** hpagent reports a refusal and its own time limit only in the message of its error. */
function codeOf(error: Error): string {
  const [, status] = /^Bad response: (\d{3})$/.exec(error.message) ?? [];
  if (status !== undefined) return `PROXY_${status}`;
  if (error.message === 'Proxy timeout') return 'PROXY_ETIMEDOUT';
  return `PROXY_${textMember(error, 'code') ?? 'ERR_UNKNOWN'}`;
}
