import type { Response } from 'express';
import type { Log } from '../../runtime/log/log.ts';
import { OverloadedError } from './outage.ts';

const RETRY_AFTER_S = 5;
const UNAVAILABLE = {
  error: { code: 'unavailable', message: 'The event cannot be accepted at present. Send it again.' },
};

/**
 * Responds with 503 and Retry-After: both senders retry after it. After a 500, Zendesk would not retry. Nothing was
 * accepted.
 */
export function respondUnavailable(response: Response, error: unknown, log: Log): void {
  // An outage needs one warning. Hundreds of warnings about its consequences would hide it.
  if (error instanceof OverloadedError)
    log.debug({ reason: error.message }, 'an event was refused during an outage or overload');
  else log.warn({ err: error }, 'an event could not be accepted; its sender was asked to retry');
  if (response.headersSent) return;
  response.status(503).set('retry-after', String(RETRY_AFTER_S)).json(UNAVAILABLE);
}
