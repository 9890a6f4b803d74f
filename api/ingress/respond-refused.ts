import type { Response } from 'express';

const REFUSED = { error: { code: 'refused', message: 'The request was refused.' } };

/** Responds with an error that gives no reason, so that a caller cannot find out which hooks exist. */
export function respondRefused(response: Response, status: 401 | 415 = 401): void {
  response.status(status).json(REFUSED);
}
