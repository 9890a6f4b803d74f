import type { Request, RequestHandler, Response } from 'express';
import type { AdminDeps } from '../admin/admin-deps.ts';
import { completeConnection, type RemainingStep } from '../admin/complete-connection.ts';
import { consentCallback } from '../admin/next-step.ts';

const COOKIE = 'ledgerdesk_consent';
const TEN_MINUTES_S = 600;

/**
 * Creates the handler of `GET /oauth/zendesk/start?connection=ID`. It redirects to Zendesk and sets a cookie for the
 * callback.
 */
export function createConsentStart({ services, publicUrl }: AdminDeps): RequestHandler {
  return async (request, response) => {
    const { connection } = request.query;
    const id = text(connection);
    const isValidId = /^[a-z0-9-]{1,40}$/.test(id);
    const consent = isValidId ? await services.consent.begin(id, consentCallback(publicUrl())) : undefined;
    if (consent === undefined) {
      sendText(response, 404, 'There is no connection with this id that has a Zendesk OAuth client.');
      return;
    }
    const secure = publicUrl().startsWith('https:') ? '; Secure' : '';
    const cookie = `${COOKIE}=${consent.verifier}; Path=/oauth; HttpOnly; SameSite=Lax; Max-Age=${TEN_MINUTES_S}${secure}`;
    response.set('set-cookie', cookie).set('cache-control', 'no-store').redirect(302, consent.url);
  };
}

/**
 * Creates the handler of `GET /oauth/zendesk/callback`, to which Zendesk redirects the browser. After an error, nothing
 * is stored.
 */
export function createConsentCallback(deps: AdminDeps): RequestHandler {
  return async (request, response) => {
    const { state, code, error } = request.query;
    response.set('cache-control', 'no-store').set('referrer-policy', 'no-referrer');
    response.set('set-cookie', `${COOKIE}=; Path=/oauth; HttpOnly; SameSite=Lax; Max-Age=0`);
    if (typeof error === 'string') {
      sendText(response, 400, 'Consent was denied in Zendesk. Nothing was changed.');
      return;
    }
    const callback = {
      state: text(state),
      code: text(code),
      verifier: cookieOf(request),
      redirectUri: consentCallback(deps.publicUrl()),
    };
    const result = await deps.services.consent.end(callback);
    if ('refused' in result) {
      sendText(response, 400, result.refused);
      return;
    }
    const remaining = await activate(deps, result);
    const steps = remaining.map(({ step, message }) => `\nStill to do: ${step}. ${message}`).join('');
    sendText(response, 200, `Ledgerdesk is connected to Zendesk. You can close this window.${steps}`);
  };
}

/**
 * Activates the connection and creates its schedules. After a reconnect, a sync covers what was due in the meantime.
 */
async function activate(
  deps: AdminDeps,
  { connectionId, userId }: { connectionId: string; userId: string },
): Promise<RemainingStep[]> {
  const { store } = deps.services;
  const { state } = await store.connections.require(connectionId);
  await store.refusals.forget(connectionId, ['zendesk', 'zendesk-grant']);
  await store.connections.setState(connectionId, state === 'paused' ? 'paused' : 'active', null);
  const actor = `zendesk user ${userId}`;
  await store.audit.add({ actor, action: 'connection.consent', subject: connectionId, detail: null });
  return completeConnection(deps, await store.connections.require(connectionId), state === 'needs_reconnect');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function cookieOf(request: Request): string {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const own = pairs.find((pair) => pair.startsWith(`${COOKIE}=`));
  return own?.slice(COOKIE.length + 1) ?? '';
}

function sendText(response: Response, status: number, message: string): void {
  response.status(status).type('text/plain; charset=utf-8').send(`${message}\n`);
}
