import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Reply } from './exchange.ts';
import type { Outcome } from './apply-fault.ts';

const compress = promisify(gzip);
const SMALLEST_COMPRESSED_BYTES = 256;

/** The request that a reply belongs to, and headers in addition to the reply's own. */
export interface ReplyTarget {
  readonly message: IncomingMessage;
  readonly extraHeaders: Readonly<Record<string, string>>;
}

/** Sends an outcome. Returns the status; null when the connection was closed by a fault or by the client. */
export async function sendReply(
  response: ServerResponse,
  { reply, cutAtBytes }: Outcome,
  { message, extraHeaders }: ReplyTarget,
): Promise<number | null> {
  if (!reply || response.destroyed || message.socket.destroyed) {
    response.destroy();
    return null;
  }
  const plain = encode(reply);
  const zipped =
    cutAtBytes === undefined && accepts(message, plain) ? await compress(plain.bytes, { level: 1 }) : undefined;
  const bytes = zipped ?? plain.bytes;
  response.writeHead(reply.status, {
    ...extraHeaders,
    ...(plain.type === undefined ? {} : { 'content-type': plain.type }),
    ...reply.headers,
    ...(zipped ? { 'content-encoding': 'gzip', vary: 'accept-encoding' } : {}),
    ...(reply.status === 204 ? {} : { 'content-length': String(bytes.length) }),
  });
  if (cutAtBytes !== undefined)
    return await sendCut(response, bytes.subarray(0, Math.min(cutAtBytes, bytes.length - 1)));
  response.end(message.method === 'HEAD' ? undefined : bytes);
  return reply.status;
}

interface Encoded {
  readonly bytes: Buffer;
  readonly type?: string;
}

function encode({ body }: Reply): Encoded {
  if (body === undefined) return { bytes: Buffer.alloc(0) };
  if (Buffer.isBuffer(body)) return { bytes: body, type: 'application/octet-stream' };
  if (typeof body === 'string') return { bytes: Buffer.from(body), type: 'text/plain; charset=utf-8' };
  return { bytes: Buffer.from(JSON.stringify(body)), type: 'application/json; charset=utf-8' };
}

function accepts(message: IncomingMessage, { bytes }: Encoded): boolean {
  return (
    bytes.length >= SMALLEST_COMPRESSED_BYTES && /\bgzip\b/.test(message.headers['accept-encoding']?.toString() ?? '')
  );
}

/** Closes the socket only after the part was written, so that the client receives it. */
async function sendCut(response: ServerResponse, part: Buffer): Promise<null> {
  response.flushHeaders();
  await new Promise<void>((resolve) => {
    if (part.length === 0) setImmediate(resolve);
    else response.write(part, () => resolve());
  });
  response.destroy();
  return null;
}
