import type { Response } from 'express';

const REFUSED = { error: { code: 'refused', message: 'The request was refused.' } };

/** Refuses with the one body that says nothing: whoever tries doors learns neither which exist nor what was wrong. */
export function answerRefused(response: Response, status: 401 | 415 = 401): void {
  response.status(status).json(REFUSED);
}
