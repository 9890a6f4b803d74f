import type { Response } from 'express';
import type { Log } from '../../runtime/log/log.ts';
import { OverloadedError } from './outage.ts';

const RETRY_AFTER_S = 5;
const UNAVAILABLE = { error: { code: 'unavailable', message: 'The event could not be taken now. Send it again.' } };

/** Answers 503 with Retry-After, which both senders try again after; a 500 Zendesk would never send again. Nothing was accepted. */
export function answerOverload(response: Response, error: unknown, log: Log): void {
  // One line tells of an outage; hundreds that follow from it would only hide it.
  if (error instanceof OverloadedError) log.debug({ reason: error.message }, 'an event was sent away');
  else log.warn({ err: error }, 'an event could not be taken');
  if (response.headersSent) return;
  response.status(503).set('retry-after', String(RETRY_AFTER_S)).json(UNAVAILABLE);
}
