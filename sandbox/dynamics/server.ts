import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { createClock } from '../core/clock.ts';
import type { Faults } from '../core/faults.ts';
import type { Journal } from '../core/journal.ts';
import { startListener, type Reach } from '../core/listener.ts';
import { createRandom } from '../core/random.ts';
import { createSender } from '../core/sender.ts';
import { createTimers } from '../core/timers.ts';
import type { Tokens } from '../entra/tokens.ts';
import type { BusinessEvents } from './events/business-events.ts';
import { createBusinessEvents } from './events/business-events.ts';
import { handle } from './handler.ts';
import { operationOf, routeOf } from './routes.ts';
import type { DynamicsSettings } from './settings.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import type { DynamicsState } from './state.ts';
import { createDynamicsState } from './state.ts';

/** The options of the environment. */
export interface DynamicsOptions extends Reach {
  /** The clock of the events; real time by default. */
  readonly clock?: Clock;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Shared with the authority that issues the tokens. */
  readonly tokens: Tokens;
  /** Seed of the row orders and of the versions in etags; default 1. */
  readonly randomSeed?: number;
}

/** The running environment. */
export interface Dynamics {
  /** The origin, without /data. It is the resource of the tokens. */
  readonly url: string;
  readonly port: number;
  readonly state: DynamicsState;
  readonly events: BusinessEvents;
  /** May be changed at any time. */
  readonly settings: DynamicsSettings;
  close(): Promise<void>;
}

/** Starts the OData service of a Dynamics 365 Finance & Operations environment without companies. */
export async function startDynamics(options: DynamicsOptions): Promise<Dynamics> {
  const random = createRandom(options.randomSeed ?? 1);
  const settings: DynamicsSettings = { ...DEFAULT_SETTINGS };
  const state = createDynamicsState(random);
  const clock = options.clock ?? createClock();
  const timers = createTimers(clock);
  const sender = createSender();
  const events = createBusinessEvents({ clock, timers, sender, settings });
  state.watch((change) => events.raise(change));
  const environment = { settings, state, random, events, tokens: options.tokens };
  const listener = await startListener({
    system: 'dynamics',
    handler: (request) => handle(environment, request),
    nameOperation: (method, path) => operationOf(method, routeOf(path)),
    extraHeaders: () => ({ 'ms-dyn-aid': randomUUID(), 'x-ms-request-id': randomUUID() }),
    ...options,
    clock,
  });
  return {
    url: listener.url,
    port: listener.port,
    state,
    events,
    settings,
    close: async () => {
      timers.clear();
      sender.close();
      await listener.close();
    },
  };
}
