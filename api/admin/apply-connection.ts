import type { RequestHandler } from 'express';
import type { CredentialField } from '../../domain/connection.ts';
import type { Connection } from '../../store/connections.ts';
import { readConnectionFile, refuseFile, type ConnectionFile } from '../connection-file/read-file.ts';
import type { AdminDeps } from './admin-deps.ts';
import { credentialChanged, decideState, decideTemplate, movedAddresses } from './apply-rules.ts';
import { completeConnection, type Left } from './complete-connection.ts';
import { viewConnection } from './connection-view.ts';
import { createInTurn } from './in-turn.ts';

/** `POST /api/connections`: applies a connection file, by its id. Everything is judged before anything is stored. */
export function createApplyConnection(deps: AdminDeps): RequestHandler {
  const inTurn = createInTurn();
  return async (request, response) => {
    const { id } = (request.body ?? {}) as { readonly id?: unknown };
    const answer = await inTurn(typeof id === 'string' ? id : '', () => applyFile(deps, request.body));
    response.json(answer);
  };
}

async function applyFile(deps: AdminDeps, body: unknown): Promise<object> {
  const { store } = deps.services;
  const stored = await findStored(deps, body);
  const file = readConnectionFile(body, { judgeOrigin: deps.services.judgeOrigin, known: stored });
  const before = stored?.connection;
  const template = await judge(deps, file, before);
  await save(deps, { file, template, before });
  const connection = await store.connections.require(file.id);
  const isBack = before?.state === 'needs_reconnect' && connection.state === 'active';
  const left = await completeConnection(deps, connection, isBack);
  const view = viewConnection(await store.connections.require(file.id), deps.publicUrl());
  return { connection: view, ...(left.length > 0 && { left: tellLeft(left) }) };
}

async function findStored({ services: { store } }: AdminDeps, body: unknown) {
  const { id } = (body ?? {}) as { readonly id?: unknown };
  const plausible = typeof id === 'string' && /^[a-z0-9-]{1,40}$/.test(id);
  const connection = plausible ? await store.connections.get(id) : undefined;
  if (!connection) return undefined;
  const fields = Object.keys(await store.credentials.open(connection.id)) as CredentialField[];
  return { connection, settings: connection.settings, secrets: new Set(fields) };
}

/** Judges a well-formed file against what is stored; answers its external id template. */
async function judge(deps: AdminDeps, file: ConnectionFile, before: Connection | undefined): Promise<string> {
  const decided = decideTemplate(file, before);
  const moved = before ? movedAddresses(file.settings, before.settings) : [];
  const isHeld = moved.length > 0 && (await deps.services.store.connections.hasLinks(file.id));
  const mistakes = [...('mistake' in decided ? [decided.mistake] : []), ...(isHeld ? moved : [])];
  if ('mistake' in decided || mistakes.length > 0) throw refuseFile(mistakes);
  return decided.template;
}

/** Stores the connection, then its secrets, then the state that follows from both: a crash between leaves less, never too much. */
async function save(
  { services: { store } }: AdminDeps,
  { file, template, before }: { file: ConnectionFile; template: string; before: Connection | undefined },
): Promise<void> {
  const state = before?.state ?? 'needs_authorization';
  const { id, name, settings } = file;
  await store.connections.save({ id, name, settings, externalIdTemplate: template, state });
  const changed = await store.credentials.apply(id, file.secrets);
  if (changed.some((field) => field === 'zendesk.accessToken' || field === 'zendesk.refreshToken'))
    await store.zendeskTokens.forgetLife(id);
  const secrets = await store.credentials.open(id);
  const asksItself =
    settings.zendesk.grant === 'client_credentials' && secrets['zendesk.oauthClientSecret'] !== undefined;
  const hasToken = asksItself || secrets['zendesk.accessToken'] !== undefined;
  const decided = decideState({
    before: before?.state,
    hasToken,
    credentialChanged: credentialChanged(changed, settings, before?.settings),
  });
  const reason = decided === before?.state ? before.stateReason : null;
  await store.connections.setState(id, decided, reason);
}

/** Tells all that is left as one: each step, and under several also which sentence is whose. */
function tellLeft(left: readonly Left[]): Left {
  const [first] = left;
  if (left.length === 1 && first !== undefined) return first;
  return {
    step: left.map(({ step }) => step).join(', '),
    message: left.map(({ step, message }) => `${step}: ${message}`).join(' '),
  };
}
