import type { IncomingMessage } from 'node:http';

/** The body of a request: parsed JSON, or the fields of a form; undefined when empty, malformed or of another type. */
export interface RequestBody {
  readonly rawBody: Buffer;
  readonly body: unknown;
  /** True if the content type is JSON and the body is not. */
  readonly malformed: boolean;
}

/** Reads a whole body. Returns undefined when it is longer than `capBytes`. Rejects when the client disconnects. */
export async function readBody(message: IncomingMessage, capBytes: number): Promise<RequestBody | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= capBytes) chunks.push(chunk);
  }
  if (length > capBytes) return undefined;
  return parseBody(Buffer.concat(chunks), message.headers['content-type'] ?? '');
}

function parseBody(rawBody: Buffer, type: string): RequestBody {
  if (rawBody.length === 0) return { rawBody, body: undefined, malformed: false };
  const text = rawBody.toString('utf8');
  if (type.includes('x-www-form-urlencoded')) {
    return { rawBody, body: Object.fromEntries(new URLSearchParams(text)), malformed: false };
  }
  try {
    return { rawBody, body: JSON.parse(text) as unknown, malformed: false };
  } catch {
    return { rawBody, body: undefined, malformed: type.includes('json') };
  }
}
