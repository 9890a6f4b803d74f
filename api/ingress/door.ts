import type { Request, RequestHandler, Response } from 'express';
import { createOutageWatch } from './outage.ts';
import { answerOverload } from './overload.ts';
import { createRawBody } from './raw-body.ts';
import { answerRefused } from './refused.ts';
import type { IngressDeps } from './take-event.ts';
import type { InTime } from './within.ts';

/** A request that has come to a door, its body as it was sent. */
export interface Knock {
  readonly request: Request<{ hookId: string }>;
  readonly response: Response;
  readonly bytes: Buffer;
  /** The time that the sender waits for the answer, from when its body had come. */
  readonly inTime: InTime;
}

/** How a door is made: how large a body it takes, what it says of a larger one, and what it does with one that it has read. */
export interface Door {
  readonly limitBytes: number;
  readonly tooLarge: string;
  readonly open: (knock: Knock) => Promise<void>;
}

/**
 * Makes the first rungs of both doors: the size of the body, and that it is not encoded. Whatever then goes wrong, nothing
 * was accepted and the sender is asked to come again.
 */
export function createDoor(
  { log }: IngressDeps,
  { limitBytes, tooLarge, open }: Door,
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
          await open({ request, response, bytes: body.bytes, inTime });
          return { taken: response.statusCode < 300 };
        });
    } catch (error) {
      answerOverload(response, error, log);
    }
  };
}
