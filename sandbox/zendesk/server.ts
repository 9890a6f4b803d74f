import type { Clock } from '../core/clock.ts';
import type { Faults } from '../core/faults.ts';
import type { Journal } from '../core/journal.ts';
import { startListener, type Reach } from '../core/listener.ts';
import type { Random } from '../core/random.ts';
import type { Account } from './account.ts';
import { createAccount } from './account.ts';
import type { BulkTickets } from './bulk-tickets.ts';
import { createBulkTickets } from './bulk-tickets.ts';
import { createApiRouter, createHandler } from './handler.ts';
import { createHex } from './identifiers.ts';
import type { OauthClient } from './oauth/grants.ts';
import { oauthOperation } from './oauth/oauth-handler.ts';
import type { OauthControls } from './oauth/oauth-controls.ts';
import { createOauthControls } from './oauth/oauth-controls.ts';
import { createUser } from './people.ts';
import type { ZendeskSettings } from './settings.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import type { ZendeskState } from './state.ts';
import { createState } from './state.ts';
import { readUser } from './user-input.ts';
import type { DeliveryControls } from './webhooks/manual-deliveries.ts';
import { createDeliveryControls } from './webhooks/manual-deliveries.ts';
import { publishChanges } from './webhooks/publish-changes.ts';

/** The options of a simulated Zendesk. */
export interface ZendeskOptions extends Reach {
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly settings?: Partial<ZendeskSettings>;
  /** The OAuth client of the account. */
  readonly oauthClient?: OauthClient;
}

/** The credentials that the account accepts from the start. */
interface ZendeskCredentials {
  /** The administrator's email address, for `{email}/token:{apiToken}`. */
  readonly email: string;
  readonly apiToken: string;
  /** An OAuth access token of the administrator with the scopes read and write. */
  readonly accessToken: string;
}

/** A running Zendesk. */
export interface ZendeskServer {
  readonly url: string;
  readonly port: number;
  readonly credentials: ZendeskCredentials;
  readonly state: ZendeskState;
  readonly tickets: BulkTickets;
  readonly deliveries: DeliveryControls;
  readonly oauth: OauthControls;
  /** May be changed at any time. */
  readonly settings: ZendeskSettings;
  close(): Promise<void>;
}

const DEFAULT_CLIENT = { id: 'sandbox_desk_client', secret: 'sandbox-desk-secret' };

/** Starts a Zendesk account that contains only its administrator. */
export async function startZendesk(options: ZendeskOptions): Promise<ZendeskServer> {
  const { clock, random } = options;
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const account = createAccount({ clock, random, settings, oauthClient: options.oauthClient ?? DEFAULT_CLIENT });
  const credentials = seedAdministrator(account);
  const router = createApiRouter();
  publishChanges(account);
  const listener = await startListener({
    ...options,
    system: 'zendesk',
    handler: createHandler(account, router),
    nameOperation: (method, path) => router(method, path)?.route.operation ?? oauthOperation(method, path) ?? 'unknown',
    extraHeaders: () => responseHeaders(random),
  });
  return {
    url: listener.url,
    port: listener.port,
    credentials,
    settings,
    state: createState(account, listener.url),
    tickets: createBulkTickets(account),
    deliveries: createDeliveryControls(account),
    oauth: createOauthControls(account),
    close: async () => {
      account.stop();
      await listener.close();
    },
  };
}

function seedAdministrator(account: Account): ZendeskCredentials {
  const email = 'admin@sandbox.example';
  const input = { name: 'Sandbox Administrator', email, role: 'admin', verified: true, skip_verify_email: true };
  const { id: userId } = createUser(account, readUser(input).changes);
  const accessToken = createHex(64, account.random);
  const apiToken = createHex(40, account.random);
  account.tokens.grant({ token: accessToken, userId, scopes: ['read', 'write'], expiresAtS: null });
  account.tokens.apiTokens.add(apiToken);
  return { email, apiToken, accessToken };
}

/** Returns the headers of every response, including those of faults (recorded by node-zendesk). */
function responseHeaders(random: Random): Record<string, string> {
  const id = createHex(32, random);
  const cache = { 'cache-control': 'max-age=0, private, must-revalidate', 'x-zendesk-api-version': 'v2' };
  return { ...cache, 'x-request-id': id, 'x-zendesk-request-id': id };
}
