import express, { type Request, type RequestHandler, type Response } from 'express';

/** The body of a request as it came, or why it was not read. */
export type RawBody = { readonly bytes: Buffer } | 'too_large' | 'encoded' | 'unreadable';

/**
 * Reads a body of at most `limitBytes` without decoding it: signatures are over the bytes as they were sent, and what is not
 * unpacked cannot blow up.
 */
export function createRawBody(limitBytes: number): (request: Request, response: Response) => Promise<RawBody> {
  const read: RequestHandler = express.raw({ type: () => true, limit: limitBytes, inflate: false });
  return (request, response) =>
    new Promise((resolve) => {
      read(request, response, (error?: unknown) => {
        const { body } = request as { readonly body: unknown };
        if (error === undefined) resolve({ bytes: Buffer.isBuffer(body) ? body : Buffer.alloc(0) });
        else resolve(reasonOf(error));
      });
    });
}

function reasonOf(error: unknown): Exclude<RawBody, object> {
  const { status } = error as { readonly status?: unknown };
  if (status === 413) return 'too_large';
  return status === 415 ? 'encoded' : 'unreadable';
}
