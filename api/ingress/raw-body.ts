import express, { type Request, type RequestHandler, type Response } from 'express';

/** The raw body of a request, or the reason why it was not read. */
export type RawBody = { readonly bytes: Buffer } | 'too_large' | 'encoded' | 'unreadable';

/**
 * Creates a reader for bodies of at most `limitBytes`. It does not decompress them: signatures cover the bytes as sent,
 * and a small body cannot expand into a large one.
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
