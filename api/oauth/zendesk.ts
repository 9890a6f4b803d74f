import type { Request, RequestHandler, Response } from 'express';
import type { AdminDeps } from '../admin/admin-deps.ts';
import { completeConnection, type Left } from '../admin/complete-connection.ts';

const COOKIE = 'ledgerdesk_consent';
const TEN_MINUTES_S = 600;

/** `GET /oauth/zendesk/start?connection=ID`: sends the browser to Zendesk, with what it must bring back in a cookie. */
export function createConsentStart({ services, publicUrl }: AdminDeps): RequestHandler {
  return async (request, response) => {
    const { connection } = request.query;
    const id = text(connection);
    const isPlausible = /^[a-z0-9-]{1,40}$/.test(id);
    const begun = isPlausible ? await services.consent.begin(id, redirectUri(publicUrl())) : undefined;
    if (begun === undefined) {
      tell(response, 404, 'There is no connection of this name with an OAuth client of Zendesk.');
      return;
    }
    const secure = publicUrl().startsWith('https:') ? '; Secure' : '';
    const cookie = `${COOKIE}=${begun.verifier}; Path=/oauth; HttpOnly; SameSite=Lax; Max-Age=${TEN_MINUTES_S}${secure}`;
    response.set('set-cookie', cookie).set('cache-control', 'no-store').redirect(302, begun.url);
  };
}

/** `GET /oauth/zendesk/callback`: where Zendesk sends the browser back. Whatever is wrong, nothing is stored. */
export function createConsentCallback(deps: AdminDeps): RequestHandler {
  return async (request, response) => {
    const { state, code, error } = request.query;
    response.set('cache-control', 'no-store').set('referrer-policy', 'no-referrer');
    response.set('set-cookie', `${COOKIE}=; Path=/oauth; HttpOnly; SameSite=Lax; Max-Age=0`);
    if (typeof error === 'string') {
      tell(response, 400, 'The consent was refused in Zendesk. Nothing was changed.');
      return;
    }
    const brought = {
      state: text(state),
      code: text(code),
      verifier: cookieOf(request),
      redirectUri: redirectUri(deps.publicUrl()),
    };
    const ended = await deps.services.consent.end(brought);
    if ('refused' in ended) {
      tell(response, 400, ended.refused);
      return;
    }
    const left = await connect(deps, ended);
    const remains = left.map(({ step, message }) => `\nLeft to do: ${step}. ${message}`).join('');
    tell(response, 200, `Ledgerdesk is connected to Zendesk. This window can be closed.${remains}`);
  };
}

/** A connection that works (again) is prepared and gets its schedules, and what was due meanwhile is taken by a sync. */
async function connect(
  deps: AdminDeps,
  { connectionId, userId }: { connectionId: string; userId: string },
): Promise<Left[]> {
  const { store } = deps.services;
  const { state } = await store.connections.require(connectionId);
  await store.connections.setState(connectionId, state === 'paused' ? 'paused' : 'active', null);
  const actor = `zendesk user ${userId}`;
  await store.audit.add({ actor, action: 'connection.consent', subject: connectionId, detail: null });
  return completeConnection(deps, await store.connections.require(connectionId), state === 'needs_reconnect');
}

function redirectUri(publicUrl: string): string {
  return `${publicUrl}/oauth/zendesk/callback`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function cookieOf(request: Request): string {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const own = pairs.find((pair) => pair.startsWith(`${COOKIE}=`));
  return own?.slice(COOKIE.length + 1) ?? '';
}

function tell(response: Response, status: number, sentence: string): void {
  response.status(status).type('text/plain; charset=utf-8').send(`${sentence}\n`);
}
