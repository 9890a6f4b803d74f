import { z } from 'zod';
import { endpoint } from './endpoint.ts';

/** Defines the endpoint `GET /api/codec`. */
export const showCodec = endpoint({
  method: 'get',
  path: '/codec',
  name: 'showCodec',
  summary: 'Returns whether payloads are encrypted, the id of the key, and the codec endpoint for the Temporal Web UI.',
  scope: 'admin',
  params: {},
  response: z.strictObject({
    encrypts: z.boolean(),
    keyId: z.string(),
    endpoint: z.string().describe('The URL is a credential.'),
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
