import type { RequestHandler, Response } from 'express';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import { decodeText } from '../../runtime/config/decode-text.ts';
import { SealError } from '../../store/connection/sealing.ts';
import { ApiError } from '../api-error.ts';
import { createRawBody } from '../ingress/raw-body.ts';
import { mistakesOf } from '../mistakes.ts';

/** Temporal returns at most 4 MiB of a history per request. As base64 in JSON, this is a third more. */
const LIMIT_BYTES = 8 * 1024 * 1024;

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'));
const payload = z.object({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() });
/** Temporal's JSON omits an empty list. The Temporal CLI does this for a query without arguments. */
const body = z.object({ payloads: z.array(payload).default([]) });

/**
 * Creates the handler of `POST …/encode` or `…/decode`. Payloads have the form of Temporal's JSON:
 * `{payloads: [{metadata: {k: base64}, data: base64}]}`.
 */
export function createConversion(codec: PayloadCodec, direction: 'encode' | 'decode'): RequestHandler {
  const readBody = createRawBody(LIMIT_BYTES);
  return async (request, response) => {
    const raw = await readBody(request, response);
    const payloads = parse(typeof raw === 'string' ? reject(raw) : raw.bytes);
    respond(response, await codec[direction](payloads).catch(rethrow));
  };
}

const ERRORS = {
  too_large: [413, 'too_large', 'The body is larger than 8 MiB. Send fewer payloads per request.'],
  encoded: [415, 'unsupported_encoding', 'The body must be JSON in UTF-8, uncompressed.'],
  unreadable: [400, 'malformed', 'The request could not be read.'],
} as const;

function reject(reason: keyof typeof ERRORS): never {
  const [status, code, message] = ERRORS[reason];
  throw new ApiError(status, code, message);
}

function parse(bytes: Buffer): Payload[] {
  const result = body.safeParse(parseJson(bytes));
  if (!result.success) throw new ApiError(400, 'invalid_request', mistakesOf(result.error));
  return result.data.payloads.map(({ metadata = {}, data = Buffer.alloc(0) }) => ({ metadata, data }));
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(decodeText(bytes));
  } catch {
    throw new ApiError(400, 'malformed', 'The body is not well-formed JSON (an object is expected).');
  }
}

function respond(response: Response, payloads: readonly Payload[]): void {
  response.set('cache-control', 'no-store').json({
    payloads: payloads.map(({ metadata, data }) => ({
      metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, toBase64(bytes)])),
      data: toBase64(data),
    })),
  });
}

function toBase64(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64');
}

function rethrow(error: unknown): never {
  if (error instanceof SealError) throw new ApiError(422, 'keys_do_not_fit', error.message);
  throw error;
}
