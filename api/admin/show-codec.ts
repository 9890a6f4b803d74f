import type { RequestHandler } from 'express';
import type { AdminDeps } from './admin-deps.ts';

/** `GET /api/codec`: whether payloads are encrypted, under which key, and the address that lets a Web UI decode them. */
export function createShowCodec({ services: { payloads }, publicUrl }: AdminDeps): RequestHandler {
  return (_request, response) => {
    const endpoint = `${publicUrl()}/codec/${payloads.capability.reveal()}`;
    response.set('cache-control', 'no-store').json({ encrypts: payloads.isOn, keyId: payloads.keyId, endpoint });
  };
}
