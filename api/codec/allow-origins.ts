import type { RequestHandler } from 'express';

/**
 * Allows pages of these origins to send requests and to read all responses, and responds to preflight requests. The
 * allowed headers are those that the Web UI sends (https://docs.temporal.io/production-deployment/data-encryption,
 * "CORS").
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
