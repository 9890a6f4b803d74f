import express, { type RequestHandler } from 'express';
import { decodeText, InvalidTextError } from '../../runtime/config/decode-text.ts';
import { ApiError } from '../api-error.ts';

/**
 * Creates the handler that reads a JSON body of at most `limitBytes`, which may be compressed. Bytes that are not text
 * are refused with their place: Node would replace them, and the replacement would be stored.
 */
export function createJsonBody(limitBytes: number): RequestHandler {
  const read: RequestHandler = express.raw({ limit: limitBytes, type: () => true });
  return (request, response, next) => {
    if (!isUtf8(request.headers['content-type'])) {
      next(unsupported());
      return;
    }
    void read(request, response, (error?: unknown) => {
      if (error !== undefined) {
        next(error);
        return;
      }
      try {
        const { body } = request as { readonly body: unknown };
        request.body = Buffer.isBuffer(body) && body.length > 0 ? parseBody(body) : undefined;
        next();
      } catch (mistake) {
        next(mistake);
      }
    });
  };
}

/** JSON is UTF-8 if the request names no other encoding (RFC 8259). */
function isUtf8(contentType = ''): boolean {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType) ?? [];
  return /^utf-?8$/i.test(charset);
}

function unsupported(): Error {
  return Object.assign(new Error('unsupported charset'), { status: 415 });
}

function parseBody(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(decodeText(bytes));
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    if (error instanceof InvalidTextError) throw malformed(`The body ${error.message}. Send it as UTF-8.`);
  }
  throw malformed('The body is not well-formed JSON (an object is expected).');
}

function malformed(message: string): ApiError {
  return new ApiError(400, 'malformed', message);
}
