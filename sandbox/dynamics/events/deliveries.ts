import type { Clock } from '../../core/clock.ts';
import { deliveryDelays } from '../../core/disturbance.ts';
import type { Random } from '../../core/random.ts';
import type { Outcome, Sender } from '../../core/sender.ts';
import type { Timers } from '../../core/timers.ts';
import type { DynamicsSettings } from '../settings.ts';
import type { Endpoint } from './endpoints.ts';
import { nextStepAfter } from './retries.ts';
import type { EventMessage } from './transports.ts';
import { wrap } from './transports.ts';

/** The delivery of one event to one endpoint. */
export interface Delivery {
  readonly n: number;
  readonly endpoint: Endpoint;
  readonly message: EventMessage;
  status: 'pending' | 'delivered' | 'failed' | 'dead-lettered';
  readonly attempts: { readonly at: string; readonly status: number | null }[];
}

/** The deliveries of events. The newest 20,000 are kept. */
export interface EventDeliveries {
  /** Sends an event with the disturbances of the settings, and retries it by the rules of its transport. */
  dispatch(endpoint: Endpoint, message: EventMessage): void;
  /** Sends an event once, immediately. */
  sendNow(endpoint: Endpoint, message: EventMessage): Promise<Outcome>;
  /** Returns the deliveries, newest first. */
  list(): Delivery[];
  find(n: number): Delivery | undefined;
  clear(): void;
}

/** The dependencies of deliveries. */
export interface EventDeliveriesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly sender: Sender;
  readonly settings: DynamicsSettings;
  readonly isActive: (endpoint: Endpoint) => boolean;
}

const KEPT = 20_000;
const GRID_TIMEOUT_MS = 30_000;

/** Creates an empty list of deliveries. */
export function createEventDeliveries(options: EventDeliveriesOptions): EventDeliveries {
  const { clock, random, timers, sender, settings, isActive } = options;
  const kept = new Map<number, Delivery>();
  let lastN = 0;
  const post = (endpoint: Endpoint, message: EventMessage, deliveryCount: number): Promise<Outcome> => {
    const { url, transport, headers } = endpoint;
    const wrapped = wrap(transport, message, deliveryCount);
    const timeoutMs = transport === 'https' ? settings.eventTimeoutMs : GRID_TIMEOUT_MS;
    const all = { ...wrapped.headers, ...headers };
    return sender.send({ url, method: 'POST', headers: all, body: wrapped.body, timeoutMs });
  };
  const attempt = async (delivery: Delivery): Promise<void> => {
    const { endpoint, message, attempts } = delivery;
    if (!isActive(endpoint)) return;
    const outcome = await post(endpoint, message, attempts.length);
    attempts.push({ at: clock.now().toISOString(), status: outcome.kind === 'answered' ? outcome.status : null });
    const next = nextStepAfter(endpoint, outcome, attempts.length);
    if (typeof next === 'string') delivery.status = next;
    else timers.after(next.againAfterMs, () => void attempt(delivery));
  };
  const add = (endpoint: Endpoint, message: EventMessage): Delivery => {
    lastN += 1;
    const delivery: Delivery = { n: lastN, endpoint, message, status: 'pending', attempts: [] };
    kept.set(lastN, delivery);
    kept.delete(lastN - KEPT);
    return delivery;
  };
  return {
    dispatch: (endpoint, message) => {
      for (const afterMs of deliveryDelays(disturbanceOf(settings), random)) {
        const delivery = add(endpoint, message);
        timers.after(afterMs, () => void attempt(delivery));
      }
    },
    sendNow: (endpoint, message) => post(endpoint, message, 0),
    list: () => [...kept.values()].reverse(),
    find: (n) => kept.get(n),
    clear: () => kept.clear(),
  };
}

function disturbanceOf(settings: DynamicsSettings): Parameters<typeof deliveryDelays>[0] {
  return {
    loseShare: settings.eventLoseShare,
    doubleShare: settings.eventDoubleShare,
    delayMs: settings.eventDelayMs,
    shuffleMs: settings.eventShuffleMs,
  };
}
