import { createHmac } from 'node:crypto';
import { countHistory, countRunning } from './histories.ts';
import { sync } from './runs.ts';
import type { Environment } from './environment.ts';

/** The cost of ticket events: response times of the ingress in ms, and requests by system until no workflow runs. */
export interface MeasuredEvents {
  readonly events: number;
  readonly accounts: number;
  readonly accepted: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
  /**
   * Requests to F&O and Zendesk. The floor is the smallest possible number: each account is read and written once, and
   * tickets are read in pages of a hundred.
   */
  readonly dynamics: number;
  readonly zendesk: number;
  readonly floor: { readonly dynamics: number; readonly zendesk: number };
  readonly temporalEvents: number;
  /** Seconds from the first event until everything is written. */
  readonly seconds: number;
}

/** The number of concurrent deliveries. */
const IN_FLIGHT = 20;
const PAGE = 100;

/**
 * Sends `events` signed ticket events, distributed over tickets of `accounts` accounts, and waits for all their
 * effects.
 */
export async function measureEvents(
  environment: Environment,
  { events, accounts, secret }: { events: number; accounts: number; secret: string },
): Promise<MeasuredEvents> {
  const tickets = await openTickets(environment, { events, accounts });
  const { hooks } = await environment.api<{ hooks: { zendesk: string } }>('GET', '/api/connections/bench');
  const before = await countRequests(environment);
  const historyBefore = await countHistory(environment, () => true);
  const startedAt = performance.now();
  const results = await sendAll(events, (nth) => sendEvent(hooks.zendesk, { ticketId: tickets + nth, nth, secret }));
  const sentAfter = performance.now() - startedAt;
  await waitUntilIdle(environment);
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = await countRequests(environment);
  const times = results.map(({ ms }) => ms).sort((one, other) => one - other);
  const accepted = results.filter(({ status }) => status === 202).length;
  return {
    events,
    accounts,
    accepted,
    perSecond: accepted / (sentAfter / 1_000),
    p50: times[Math.floor(times.length * 0.5)] ?? 0,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    slowest: times.at(-1) ?? 0,
    dynamics: after.dynamics - before.dynamics,
    zendesk: after.zendesk - before.zendesk,
    floor: { dynamics: 2 * accounts, zendesk: Math.ceil(events / PAGE) },
    temporalEvents: (await countHistory(environment, () => true)) - historyBefore,
    seconds,
  };
}

/**
 * Creates the organizations of the accounts and a ticket for each event. Returns the first ticket's id; the others
 * follow it.
 */
async function openTickets(
  environment: Environment,
  { events, accounts }: { events: number; accounts: number },
): Promise<number> {
  await environment.control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count: accounts });
  await sync(environment, 'the run before the events');
  const { items } = await environment.control<{ items: { id: number }[] }>('GET', '/state/zendesk/organizations');
  const tickets = { count: events, organizationIds: items.map(({ id }) => id).slice(-accounts), silent: true };
  return (await environment.control<{ from: number }>('POST', '/state/zendesk/tickets/generate', tickets)).from;
}

interface DeliveryResult {
  readonly status: number;
  readonly ms: number;
}

async function sendAll(count: number, send: (nth: number) => Promise<DeliveryResult>): Promise<DeliveryResult[]> {
  const results: DeliveryResult[] = [];
  let next = 0;
  const sendNext = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      results.push(await send(next - 1));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendNext));
  return results;
}

/** Sends one delivery with Zendesk's signature: base64 HMAC-SHA256 over the timestamp and the raw body. */
async function sendEvent(
  hook: string,
  { ticketId, nth, secret }: { ticketId: number; nth: number; secret: string },
): Promise<DeliveryResult> {
  const timestamp = new Date().toISOString();
  const id = `bench-${ticketId}-${nth}`;
  const body = JSON.stringify({ id, type: 'zen:event-type:ticket.status_changed', subject: `zen:ticket:${ticketId}` });
  const signature = createHmac('sha256', secret)
    .update(timestamp + body)
    .digest('base64');
  const headers = {
    'content-type': 'application/json',
    'x-zendesk-webhook-signature': signature,
    'x-zendesk-webhook-signature-timestamp': timestamp,
  };
  const startedAt = performance.now();
  const response = await fetch(hook, { method: 'POST', headers, body });
  await response.text();
  return { status: response.status, ms: performance.now() - startedAt };
}

/** Waits until no workflow runs in two successive polls. */
async function waitUntilIdle(environment: Environment): Promise<void> {
  for (let idle = 0; idle < 2;) {
    await pause(1_000);
    idle = (await countRunning(environment)) === 0 ? idle + 1 : 0;
  }
}

async function countRequests(environment: Environment): Promise<{ dynamics: number; zendesk: number }> {
  const counts = await environment.control<Record<'dynamics' | 'zendesk', { total: number }>>('GET', '/counts');
  return { dynamics: counts.dynamics.total, zendesk: counts.zendesk.total };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
