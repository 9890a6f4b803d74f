import type { RequestHandler } from 'express';

/**
 * Lets pages of these origins ask and read answers, errors too, and answers what a browser asks beforehand. The headers are
 * those that the Web UI sends (https://docs.temporal.io/production-deployment/data-encryption, "CORS").
 */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.vary('origin');
    if (origin !== undefined && origins.includes(origin)) {
      response.set({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST, OPTIONS',
        'access-control-allow-headers': 'x-namespace, content-type, authorization',
        'access-control-max-age': '600',
      });
    }
    if (request.method === 'OPTIONS') response.status(204).end();
    else next();
  };
}
