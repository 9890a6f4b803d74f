import type { TokenSource } from '../entra/tokens.ts';
import { RemoteError } from '../errors.ts';
import type { Http, HttpAnswer, HttpRequest } from '../http.ts';
import type { AdviceNames } from '../classify.ts';

/** A request to F&O, without what every request to it carries. */
export type DynamicsCall = Pick<HttpRequest, 'operation' | 'method' | 'url' | 'headers' | 'json'>;

/** Sends one request to one environment. */
export type DynamicsCaller = (call: DynamicsCall) => Promise<HttpAnswer>;

/**
 * Makes the caller: it adds a token, and asks for a fresh one once when F&O rejects it. A rejected request was not begun, so
 * that a write may be sent again as well.
 */
export function createCaller(options: {
  readonly tokens: TokenSource;
  readonly http: Http;
  /** What an advice about a failure may name. */
  readonly names?: AdviceNames;
}): DynamicsCaller {
  const { tokens, http, names = {} } = options;
  const send = (call: DynamicsCall, token: string): Promise<HttpAnswer> =>
    http.request({
      ...call,
      buckets: ['account'],
      names,
      headers: { ...call.headers, authorization: `Bearer ${token}` },
    });
  return async (call) => {
    const token = await tokens.token();
    return send(call, token).catch(async (error: unknown) => {
      const rejected = error instanceof RemoteError && error.system === 'dynamics' && error.status === 401;
      if (!rejected) throw error;
      return send(call, await tokens.token({ fresh: true, rejected: token }));
    });
  };
}
