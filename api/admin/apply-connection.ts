import { z } from 'zod';
import type { CredentialField } from '../../domain/connection/connection.ts';
import type { Connection } from '../../store/connection/connections.ts';
import { connectionId } from '../connection-file/fields.ts';
import { readConnectionFile, refuseFile, type ConnectionFile } from '../connection-file/read-file.ts';
import { connectionFileSchema } from '../connection-file/schema.ts';
import type { AdminDeps } from './admin-deps.ts';
import { connection } from './answers/connection.ts';
import { credentialChanged, decideState, decideTemplate, movedAddresses } from './apply-rules.ts';
import { completeConnection, type Left } from './complete-connection.ts';
import { viewConnection, type ConnectionView } from './connection-view.ts';
import { endpoint } from './endpoint.ts';
import { createInTurn } from './in-turn.ts';

/** A host is judged by the process that is asked; here it is only said that it must be given. */
const described = connectionFileSchema((origin) => ({ ok: true, origin }));

/** `POST /api/connections`: everything is judged before anything is stored. */
export const applyConnection = endpoint({
  method: 'post',
  path: '/connections',
  name: 'applyConnection',
  summary:
    'Applies a connection file, by its id, with literal secrets only. It is stored whole or, with every mistake, refused.',
  scope: 'admin',
  action: 'connection.apply',
  params: {},
  file: described.meta({ id: 'ConnectionFile' }),
  answer: z.strictObject({
    connection,
    left: z
      .strictObject({ step: z.string(), message: z.string() })
      .optional()
      .describe('What could not be done after it was stored, and why.'),
  }),
  refusals: [422],
  handle: (deps) => {
    const inTurn = createInTurn();
    return ({ body }) => {
      const { id } = (body ?? {}) as { readonly id?: unknown };
      return inTurn(typeof id === 'string' ? id : '', () => applyFile(deps, body));
    };
  },
});

async function applyFile(deps: AdminDeps, body: unknown): Promise<{ connection: ConnectionView; left?: Left }> {
  const { store } = deps.services;
  const stored = await findStored(deps, body);
  const file = readConnectionFile(body, { checkOrigin: deps.services.checkOrigin, known: stored });
  const before = stored?.connection;
  const template = await judge(deps, file, before);
  await save(deps, { file, template, before });
  const saved = await store.connections.require(file.id);
  const isBack = before?.state === 'needs_reconnect' && saved.state === 'active';
  const left = await completeConnection(deps, saved, isBack);
  const view = viewConnection(await store.connections.require(file.id), deps.publicUrl());
  return { connection: view, ...(left.length > 0 && { left: tellLeft(left) }) };
}

async function findStored({ services: { store } }: AdminDeps, body: unknown) {
  const { id } = (body ?? {}) as { readonly id?: unknown };
  const named = connectionId.safeParse(id);
  const found = named.success ? await store.connections.get(named.data) : undefined;
  if (!found) return undefined;
  const fields = Object.keys(await store.credentials.open(found.id)) as CredentialField[];
  return { connection: found, settings: found.settings, secrets: new Set(fields) };
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
