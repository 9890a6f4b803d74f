import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import { connectionId } from '../connection-file/fields.ts';
import { time } from './responses/list.ts';
import { endpoint } from './endpoint.ts';
import { findConnection } from './find-connection.ts';
import { consentCallback, withoutClient } from './next-step.ts';

/** Defines the endpoint `POST /api/connections/{id}/authorize`. */
export const authorizeConnection = endpoint({
  method: 'post',
  path: '/connections/{id}/authorize',
  name: 'authorizeConnection',
  summary:
    'Returns the link with which a Zendesk administrator gives consent. `updatedAt` of the connection changes after consent.',
  scope: 'admin',
  action: 'connection.authorize',
  params: { id: connectionId },
  response: z.strictObject({ link: z.string(), updatedAt: time }),
  errors: [404, 409],
  handle:
    ({ services: { store }, publicUrl }) =>
    async ({ params }) => {
      const { id, settings, updatedAt } = await findConnection(store, params.id);
      if (settings.zendesk.oauthClientId === undefined)
        throw new ApiError(
          409,
          'no_oauth_client',
          `Connection "${id}" has no OAuth client. ${withoutClient({ id, callbackUrl: consentCallback(publicUrl()) })}`,
        );
      const link = `${publicUrl()}/oauth/zendesk/start?connection=${encodeURIComponent(id)}`;
      return { link, updatedAt: updatedAt.toISOString() };
    },
});
