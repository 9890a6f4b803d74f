import type { RequestHandler } from 'express';
import { ApiError } from '../api-error.ts';
import type { AdminDeps } from './admin-deps.ts';
import { findConnection } from './find-connection.ts';

/** `POST /api/connections/:id/authorize`: where an administrator of Zendesk gives consent; `updatedAt` tells when it was given. */
export function createAuthorizeConnection({
  services: { store },
  publicUrl,
}: AdminDeps): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const { id, settings, updatedAt } = await findConnection(store, request.params.id);
    if (settings.zendesk.oauthClientId === undefined)
      throw new ApiError(
        409,
        'no_oauth_client',
        `Connection "${id}" has no OAuth client: apply its file with zendesk.oauthClientId.`,
      );
    const link = `${publicUrl()}/oauth/zendesk/start?connection=${encodeURIComponent(id)}`;
    response.json({ link, updatedAt: updatedAt.toISOString() });
  };
}
