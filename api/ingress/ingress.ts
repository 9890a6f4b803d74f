import type { Request, RequestHandler, Response } from 'express';
import { createOutageWatch } from './outage.ts';
import { answerOverload } from './overload.ts';
import { createRawBody } from './raw-body.ts';
import { answerRefused } from './refused.ts';
import type { IngressDeps } from './take-event.ts';
import type { InTime } from './within.ts';

/** A request to an ingress, with its body as it was sent. */
export interface IngressRequest {
  readonly request: Request<{ hookId: string }>;
  readonly response: Response;
  readonly bytes: Buffer;
  /** Limits work to the time that the sender waits for the answer, from when its body had come. */
  readonly inTime: InTime;
}

/** The settings of an ingress: the largest body, what to say of a larger one, and what to do with one that was read. */
export interface IngressOptions {
  readonly limitBytes: number;
  readonly tooLarge: string;
  readonly handle: (incoming: IngressRequest) => Promise<void>;
}

/**
 * Creates the first checks of both ingresses: the size of the body, and that it is not encoded. Whatever then fails, nothing was
 * accepted and the sender is asked to send it again.
 */
export function createIngress(
  { log }: IngressDeps,
  { limitBytes, tooLarge, handle }: IngressOptions,
): RequestHandler<{ hookId: string }> {
  const readBody = createRawBody(limitBytes);
  const watched = createOutageWatch();
  return async (request, response) => {
    try {
      const body = await readBody(request, response);
      if (body === 'too_large') response.status(413).json({ error: { code: 'too_large', message: tooLarge } });
      else if (body === 'encoded') answerRefused(response, 415);
      else if (body === 'unreadable') answerRefused(response);
      else
        await watched(async (inTime) => {
          await handle({ request, response, bytes: body.bytes, inTime });
          return { taken: response.statusCode < 300 };
        });
    } catch (error) {
      answerOverload(response, error, log);
    }
  };
}
