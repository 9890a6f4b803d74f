import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { connectionId } from '../connection-file/fields.ts';
import { time } from './answers/list.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';

/** `POST /api/connections/{id}/authorize`. */
export const authorizeConnection = endpoint({
  method: 'post',
  path: '/connections/{id}/authorize',
  name: 'authorizeConnection',
  summary: 'Where an administrator of Zendesk gives consent; `updatedAt` changes once it was given.',
  scope: 'admin',
  action: 'connection.authorize',
  params: { id: connectionId },
  answer: z.strictObject({ link: z.string(), updatedAt: time }),
  refusals: [404, 409],
  handle:
    ({ services: { store }, publicUrl }) =>
    async ({ params }) => {
      const { id, settings, updatedAt } = await findConnection(store, params.id);
      if (settings.zendesk.oauthClientId === undefined)
        throw new ApiError(
          409,
          'no_oauth_client',
          `Connection "${id}" has no OAuth client: apply its file with zendesk.oauthClientId.`,
        );
      const link = `${publicUrl()}/oauth/zendesk/start?connection=${encodeURIComponent(id)}`;
      return { link, updatedAt: updatedAt.toISOString() };
    },
});
