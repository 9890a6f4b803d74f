import { z } from 'zod';
import { endpoint } from './endpoint.ts';

/** `GET /api/codec`. */
export const showCodec = endpoint({
  method: 'get',
  path: '/codec',
  name: 'showCodec',
  summary: 'Whether payloads are encrypted, under which key, and the address that lets a Web UI decode them.',
  scope: 'admin',
  params: {},
  answer: z.strictObject({
    encrypts: z.boolean(),
    keyId: z.string(),
    endpoint: z.string().describe('Itself a credential.'),
  }),
  handle:
    ({ services: { payloads }, publicUrl }) =>
    () =>
      Promise.resolve({
        encrypts: payloads.isOn,
        keyId: payloads.keyId,
        endpoint: `${publicUrl()}/codec/${payloads.capability.reveal()}`,
      }),
});
