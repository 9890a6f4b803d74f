import { z } from 'zod';
import type { CredentialField } from '../../domain/connection/connection.ts';
import type { Connection } from '../../store/connection/connections.ts';
import { connectionId } from '../connection-file/fields.ts';
import { invalidFile, readConnectionFile, type ConnectionFile } from '../connection-file/read-file.ts';
import { connectionFileSchema } from '../connection-file/schema.ts';
import type { CredentialTrial } from '../../runtime/try-credential.ts';
import type { AdminDeps } from './admin-deps.ts';
import { connection } from './responses/connection.ts';
import { credentialChanged, decideState, decideTemplate, changedAddresses, systemsToTry } from './apply-rules.ts';
import { decideSettings, type SettingsChange } from './settings-change.ts';
import { completeConnection, type RemainingStep } from './complete-connection.ts';
import { viewConnection, type ConnectionView } from './connection-view.ts';
import { endpoint } from './endpoint.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { consentCallback, nextZendeskStep } from './next-step.ts';

/** The documented schema accepts any host, because the allowed hosts depend on the configuration of the api process. */
const documentedSchema = connectionFileSchema((origin) => ({ ok: true, origin }));

/** Defines the endpoint `POST /api/connections`. The whole file is validated before anything is stored. */
export const applyConnection = endpoint({
  method: 'post',
  path: '/connections',
  name: 'applyConnection',
  summary:
    'Creates or changes the connection with the id in the file. Secrets must be literal. An invalid file is rejected as a whole, with all mistakes. After the go, settings that change what is written wait for approval (`connection.pending`).',
  scope: 'admin',
  action: 'connection.apply',
  params: {},
  file: documentedSchema.meta({ id: 'ConnectionFile' }),
  response: z.strictObject({
    connection,
    left: z
      .strictObject({ step: z.string(), message: z.string() })
      .optional()
      .describe('The steps that failed after the connection was stored, and the reason.'),
    next: z.string().optional().describe('The next step towards access to Zendesk that renews itself, if one is left.'),
    credentials: z
      .array(z.strictObject({ system: z.enum(['dynamics', 'zendesk']), ok: z.boolean(), message: z.string() }))
      .optional()
      .describe('What one trial of each replaced credential found. It is stored in any case.'),
  }),
  errors: [422],
  handle: (deps) => {
    const enqueue = createKeyedQueue();
    return ({ body, actor }) => {
      const { id } = (body ?? {}) as { readonly id?: unknown };
      return enqueue(typeof id === 'string' ? id : '', () => applyFile(deps, body, actor.name));
    };
  },
});

interface Applied {
  readonly connection: ConnectionView;
  readonly left?: RemainingStep;
  readonly next?: string;
  readonly credentials?: CredentialTrial[];
}

async function applyFile(deps: AdminDeps, body: unknown, by: string): Promise<Applied> {
  const { store } = deps.services;
  const stored = await findStored(deps, body);
  const file = readConnectionFile(body, { checkOrigin: deps.services.checkOrigin, known: stored });
  const before = stored?.connection;
  const template = await validateAgainstStored(deps, file, before);
  const gos = await store.gos.list(file.id);
  const change = decideSettings({ settings: file.settings, externalIdTemplate: template }, before, gos);
  const changed = await save(deps, { file, change, before, by });
  const saved = await store.connections.require(file.id);
  const isReconnected = before?.state === 'needs_reconnect' && saved.state === 'active';
  const remaining = await completeConnection(deps, saved, isReconnected);
  const replaced = before === undefined ? [] : systemsToTry(changed, file.settings, before.settings);
  const credentials = await Promise.all(replaced.map((system) => deps.services.tryCredential(file.id, system)));
  const next = await nextStepOf(deps, saved);
  return {
    connection: await viewConnection(deps, await store.connections.require(file.id)),
    ...(remaining.length > 0 && { left: joinRemaining(remaining) }),
    ...(next !== undefined && { next }),
    ...(credentials.length > 0 && { credentials }),
  };
}

async function nextStepOf(
  { services: { store }, publicUrl }: AdminDeps,
  { id, settings: { zendesk } }: Connection,
): Promise<string | undefined> {
  const secrets = await store.credentials.open(id);
  const hasToken = secrets['zendesk.accessToken'] !== undefined;
  const hasRefreshToken = secrets['zendesk.refreshToken'] !== undefined;
  return nextZendeskStep({ id, zendesk, hasToken, hasRefreshToken, callbackUrl: consentCallback(publicUrl()) });
}

async function findStored({ services: { store } }: AdminDeps, body: unknown) {
  const { id } = (body ?? {}) as { readonly id?: unknown };
  const named = connectionId.safeParse(id);
  const found = named.success ? await store.connections.get(named.data) : undefined;
  if (!found) return undefined;
  const fields = Object.keys(await store.credentials.open(found.id)) as CredentialField[];
  return { connection: found, settings: found.settings, secrets: new Set(fields) };
}

/** Validates a file against the stored connection. Returns its external id template. */
async function validateAgainstStored(
  deps: AdminDeps,
  file: ConnectionFile,
  before: Connection | undefined,
): Promise<string> {
  const decided = decideTemplate(file, before);
  const changed = before ? changedAddresses(file.settings, before.settings) : [];
  const isLocked = changed.length > 0 && (await deps.services.store.connections.hasLinks(file.id));
  const mistakes = [...('mistake' in decided ? [decided.mistake] : []), ...(isLocked ? changed : [])];
  if ('mistake' in decided || mistakes.length > 0) throw invalidFile(mistakes);
  return decided.template;
}

/** A file with the decision which of its settings act at once. */
interface FileToSave {
  readonly file: ConnectionFile;
  readonly change: SettingsChange;
  readonly before: Connection | undefined;
  readonly by: string;
}

/**
 * Stores the connection, its secrets and its state in this order, so that a crash never activates an incomplete
 * connection. Returns the secrets that have changed.
 */
async function save(
  { services: { store } }: AdminDeps,
  { file, change, before, by }: FileToSave,
): Promise<readonly CredentialField[]> {
  const state = before?.state ?? 'needs_authorization';
  const { id, name } = file;
  const { now, proposed } = change;
  const { settings } = now;
  await store.connections.save({ id, name, ...now, state, proposed, by });
  const changed = await store.credentials.apply(id, file.secrets);
  if (changed.some((field) => field === 'zendesk.accessToken' || field === 'zendesk.refreshToken'))
    await store.zendeskTokens.forgetExpiry(id);
  const secrets = await store.credentials.open(id);
  const requestsOwnToken =
    settings.zendesk.grant === 'client_credentials' && secrets['zendesk.oauthClientSecret'] !== undefined;
  const hasToken = requestsOwnToken || secrets['zendesk.accessToken'] !== undefined;
  if (credentialChanged([], settings, before?.settings)) await store.refusals.forget(id);
  const decided = decideState({
    before: before?.state,
    hasToken,
    credentialChanged: credentialChanged(changed, settings, before?.settings),
  });
  const reason = decided === before?.state ? before.stateReason : null;
  await store.connections.setState(id, decided, reason);
  return changed;
}

/** Joins the remaining steps into one, because the response has a single `left`. */
function joinRemaining(remaining: readonly RemainingStep[]): RemainingStep {
  const [first] = remaining;
  if (remaining.length === 1 && first !== undefined) return first;
  return {
    step: remaining.map(({ step }) => step).join(', '),
    message: remaining.map(({ step, message }) => `${step}: ${message}`).join(' '),
  };
}
