import type { INetworkModule } from '@azure/msal-node';
import { z } from 'zod';
import type { Http, HttpResponse } from '../http.ts';
import type { AdviceNames } from '../classify.ts';
import { readResponse } from '../read-response.ts';

/** A network module for MSAL that sends requests with our HTTP client. */
export interface MsalNetwork {
  readonly client: INetworkModule;
  /** Rejects with the original error of a failed request. MSAL replaces the errors of its network module. */
  rethrow(): Promise<void>;
}

const OPERATION = 'request a token';
const CALL = { system: 'entra', operation: OPERATION } as const;

const tokenResponse = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.union([z.number(), z.string().regex(/^\d+$/)]),
});

/**
 * Creates the network module of one token request. Entra is then under the same egress rule, limits and metrics as the
 * others.
 */
export function createMsalNetwork(http: Http, names: AdviceNames): MsalNetwork {
  let sent: Promise<HttpResponse> | undefined;
  const send = async (url: string, form: Readonly<Record<string, string>>): Promise<HttpResponse> => {
    const request = { operation: OPERATION, url, buckets: ['account'], names, repeatable: true };
    const response = await http.request({ ...request, method: 'POST', form });
    readResponse(tokenResponse, response, CALL);
    return response;
  };
  return {
    async rethrow() {
      await sent;
    },
    client: {
      sendPostRequestAsync: async (url, options) => {
        sent = send(url, Object.fromEntries(new URLSearchParams(options?.body ?? '')));
        const { status, headers, body } = await sent;
        return { status, headers: { ...headers }, body: body as never };
      },
      // The configuration contains the endpoints, so MSAL does not discover them.
      sendGetRequestAsync: () => Promise.reject(new Error('MSAL must not send a GET request.')),
    },
  };
}
