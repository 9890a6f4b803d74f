import type { TokenSource } from '../entra/tokens.ts';
import { RemoteError } from '../errors.ts';
import type { Http, HttpResponse, HttpRequest } from '../http.ts';
import type { AdviceNames } from '../classify.ts';

/** A request to F&O, without the parts that all requests have in common. */
export type DynamicsCall = Pick<HttpRequest, 'operation' | 'method' | 'url' | 'headers' | 'json'>;

/** Sends one request to one environment. */
export type DynamicsCaller = (call: DynamicsCall) => Promise<HttpResponse>;

/**
 * Creates the caller. It adds an access token and requests a new one once if F&O rejects it. F&O does not process a
 * request whose token it rejects, so a write can be repeated as well.
 */
export function createCaller(options: {
  readonly tokens: TokenSource;
  readonly http: Http;
  /** Names that the advice about a failure may contain. */
  readonly names?: AdviceNames;
}): DynamicsCaller {
  const { tokens, http, names = {} } = options;
  const send = (call: DynamicsCall, token: string): Promise<HttpResponse> =>
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
