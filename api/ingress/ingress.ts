import type { Request, RequestHandler, Response } from 'express';
import type { IngressDeps } from './accept-event.ts';
import type { WithDeadline } from './deadline.ts';
import { createOutageWatch } from './outage.ts';
import { createRawBody } from './raw-body.ts';
import { respondRefused } from './respond-refused.ts';
import { respondUnavailable } from './respond-unavailable.ts';

/** A request to an ingress, with its raw body. */
export interface IngressRequest {
  readonly request: Request<{ hookId: string }>;
  readonly response: Response;
  readonly bytes: Buffer;
  /** Limits work to the time that the sender waits for the response, counted from the end of the body. */
  readonly withDeadline: WithDeadline;
}

/** The settings of an ingress: the size limit of the body, the message for a larger body, and the handler. */
export interface IngressOptions {
  readonly limitBytes: number;
  readonly tooLarge: string;
  readonly handle: (incoming: IngressRequest) => Promise<void>;
}

/**
 * Creates the handler of an ingress. It checks the size and the encoding of the body before it calls `handle`. Any
 * later error means that nothing was accepted, and the response asks the sender to retry.
 */
export function createIngress(
  { log }: IngressDeps,
  { limitBytes, tooLarge, handle }: IngressOptions,
): RequestHandler<{ hookId: string }> {
  const readBody = createRawBody(limitBytes);
  const watch = createOutageWatch();
  return async (request, response) => {
    try {
      const body = await readBody(request, response);
      if (body === 'too_large') response.status(413).json({ error: { code: 'too_large', message: tooLarge } });
      else if (body === 'encoded') respondRefused(response, 415);
      else if (body === 'unreadable') respondRefused(response);
      else
        await watch(async (withDeadline) => {
          await handle({ request, response, bytes: body.bytes, withDeadline });
          return { accepted: response.statusCode < 300 };
        });
    } catch (error) {
      respondUnavailable(response, error, log);
    }
  };
}
