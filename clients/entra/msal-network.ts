import type { INetworkModule } from '@azure/msal-node';
import { z } from 'zod';
import type { Http, HttpAnswer } from '../http.ts';
import type { AdviceNames } from '../classify.ts';
import { readAnswer } from '../read-answer.ts';

/** MSAL's way to the network, over our HTTP client. */
export interface MsalNetwork {
  readonly client: INetworkModule;
  /** Throws again what a request threw, if one did: MSAL rewrites whatever its network throws. */
  rethrow(): Promise<void>;
}

const OPERATION = 'request a token';
const CALL = { system: 'entra', operation: OPERATION } as const;

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.union([z.number(), z.string().regex(/^\d+$/)]),
});

/** Makes the network of one token request, so that Entra is under the same rules, limits and figures as the other systems. */
export function createMsalNetwork(http: Http, names: AdviceNames): MsalNetwork {
  let sent: Promise<HttpAnswer> | undefined;
  const send = async (url: string, form: Readonly<Record<string, string>>): Promise<HttpAnswer> => {
    const request = { operation: OPERATION, url, buckets: ['account'], names, repeatable: true };
    const answer = await http.request({ ...request, method: 'POST', form });
    readAnswer(tokenAnswer, answer, CALL);
    return answer;
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
      // Endpoints are given, so MSAL has nothing to discover.
      sendGetRequestAsync: () => Promise.reject(new Error('Nothing is to be discovered.')),
    },
  };
}
