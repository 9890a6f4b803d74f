import type { Clock } from '../../core/clock.ts';
import { departures } from '../../core/disturbance.ts';
import type { Random } from '../../core/random.ts';
import type { Outcome, Sender } from '../../core/sender.ts';
import type { Timers } from '../../core/timers.ts';
import type { DynamicsSettings } from '../settings.ts';
import type { Endpoint } from './endpoints.ts';
import { verdictOn } from './retries.ts';
import type { Parcel } from './transports.ts';
import { wrap } from './transports.ts';

/** One event on its way to one endpoint. */
export interface Delivery {
  readonly n: number;
  readonly endpoint: Endpoint;
  readonly parcel: Parcel;
  status: 'pending' | 'delivered' | 'failed' | 'dead-lettered';
  readonly attempts: { readonly at: string; readonly status: number | null }[];
}

/** The newest 20,000 deliveries, and how they are made. */
export interface EventDeliveries {
  /** Sends an event on its way: it may be lost, doubled or late, and is tried again by the rules of its transport. */
  dispatch(endpoint: Endpoint, parcel: Parcel): void;
  /** Sends an event at once and once. */
  sendNow(endpoint: Endpoint, parcel: Parcel): Promise<Outcome>;
  /** Newest first. */
  list(): Delivery[];
  find(n: number): Delivery | undefined;
  clear(): void;
}

/** What deliveries lean on. */
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

/** Makes an environment that has sent nothing yet. */
export function createEventDeliveries(options: EventDeliveriesOptions): EventDeliveries {
  const { clock, random, timers, sender, settings, isActive } = options;
  const kept = new Map<number, Delivery>();
  let lastN = 0;
  const post = (endpoint: Endpoint, parcel: Parcel, deliveryCount: number): Promise<Outcome> => {
    const { url, transport, headers } = endpoint;
    const wrapped = wrap(transport, parcel, deliveryCount);
    const timeoutMs = transport === 'https' ? settings.eventTimeoutMs : GRID_TIMEOUT_MS;
    const all = { ...wrapped.headers, ...headers };
    return sender.send({ url, method: 'POST', headers: all, body: wrapped.body, timeoutMs });
  };
  const attempt = async (delivery: Delivery): Promise<void> => {
    const { endpoint, parcel, attempts } = delivery;
    if (!isActive(endpoint)) return;
    const outcome = await post(endpoint, parcel, attempts.length);
    attempts.push({ at: clock.now().toISOString(), status: outcome.kind === 'answered' ? outcome.status : null });
    const verdict = verdictOn(endpoint, outcome, attempts.length);
    if (typeof verdict === 'string') delivery.status = verdict;
    else timers.after(verdict.againAfterMs, () => void attempt(delivery));
  };
  const add = (endpoint: Endpoint, parcel: Parcel): Delivery => {
    lastN += 1;
    const delivery: Delivery = { n: lastN, endpoint, parcel, status: 'pending', attempts: [] };
    kept.set(lastN, delivery);
    kept.delete(lastN - KEPT);
    return delivery;
  };
  return {
    dispatch: (endpoint, parcel) => {
      for (const afterMs of departures(disturbanceOf(settings), random)) {
        const delivery = add(endpoint, parcel);
        timers.after(afterMs, () => void attempt(delivery));
      }
    },
    sendNow: (endpoint, parcel) => post(endpoint, parcel, 0),
    list: () => [...kept.values()].reverse(),
    find: (n) => kept.get(n),
    clear: () => kept.clear(),
  };
}

function disturbanceOf(settings: DynamicsSettings): Parameters<typeof departures>[0] {
  return {
    loseShare: settings.eventLoseShare,
    doubleShare: settings.eventDoubleShare,
    delayMs: settings.eventDelayMs,
    shuffleMs: settings.eventShuffleMs,
  };
}
