import type { Request, RequestHandler, Response } from 'express';
import type { AdminDeps } from '../admin/admin-deps.ts';
import { ensureSchedules } from '../admin/schedules.ts';
import { startMasterSync } from '../admin/master-sync.ts';

const COOKIE = 'ledgerdesk_consent';
const TEN_MINUTES_S = 600;

/** `GET /oauth/zendesk/start?connection=ID`: sends the browser to Zendesk, with what it must bring back in a cookie. */
export function createConsentStart({ services, publicUrl }: AdminDeps): RequestHandler {
  return async (request, response) => {
    const { connection } = request.query;
    const id = typeof connection === 'string' ? connection : '';
    const begun = await services.consent.begin(id, redirectUri(publicUrl()));
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
    await connect(deps, ended.connectionId);
    tell(response, 200, 'Ledgerdesk is connected to Zendesk. This window can be closed.');
  };
}

/** A connection that works (again) gets its schedules, and what was due meanwhile is taken by a sync. */
async function connect(deps: AdminDeps, connectionId: string): Promise<void> {
  const { store } = deps.services;
  const { state } = await store.connections.require(connectionId);
  await store.connections.setState(connectionId, 'active', null);
  const connection = await store.connections.require(connectionId);
  await ensureSchedules(deps, connection);
  if (state !== 'needs_reconnect') return;
  await startMasterSync(deps, connectionId, { full: false, acceptShrink: false });
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
