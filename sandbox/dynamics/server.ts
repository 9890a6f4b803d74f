import { randomUUID } from 'node:crypto';
import type { Faults } from '../core/faults.ts';
import type { Journal } from '../core/journal.ts';
import { startListener } from '../core/listener.ts';
import { createRandom } from '../core/random.ts';
import type { Tokens } from '../entra/tokens.ts';
import { handle } from './handler.ts';
import { operationOf, routeOf } from './routes.ts';
import type { DynamicsSettings } from './settings.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import type { DynamicsState } from './state.ts';
import { createDynamicsState } from './state.ts';

/** What the environment is made from. */
export interface DynamicsOptions {
  readonly journal: Journal;
  readonly faults: Faults;
  /** Shared with the authority that issues them. */
  readonly tokens: Tokens;
  /** Seed of the row orders and of the versions in etags; default 1. */
  readonly randomSeed?: number;
  readonly port?: number;
  readonly host?: string;
}

/** The running environment. */
export interface Dynamics {
  /** The origin, without /data; the resource that tokens are for. */
  readonly url: string;
  readonly state: DynamicsState;
  /** May be changed at any time. */
  readonly settings: DynamicsSettings;
  close(): Promise<void>;
}

/** Starts a Dynamics 365 Finance & Operations environment, without companies, as far as its OData service shows it. */
export async function startDynamics(options: DynamicsOptions): Promise<Dynamics> {
  const random = createRandom(options.randomSeed ?? 1);
  const settings: DynamicsSettings = { ...DEFAULT_SETTINGS };
  const state = createDynamicsState(random);
  const environment = { settings, state, random, tokens: options.tokens };
  const listener = await startListener({
    system: 'dynamics',
    handler: (request) => handle(environment, request),
    nameOperation: (method, path) => operationOf(method, routeOf(path)),
    extraHeaders: () => ({ 'ms-dyn-aid': randomUUID(), 'x-ms-request-id': randomUUID() }),
    ...options,
  });
  return { url: listener.url, state, settings, close: () => listener.close() };
}
