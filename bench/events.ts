import { createHmac } from 'node:crypto';
import { countHistory, countRunning } from './histories.ts';
import { sync } from './runs.ts';
import type { Stage } from './stage.ts';

/** What ticket events on so many accounts cost: answers of our door in ms, calls by system until nothing is under way any more. */
export interface MeasuredEvents {
  readonly events: number;
  readonly accounts: number;
  readonly accepted: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
  /** Requests to F&O and Zendesk, and the fewest that could do: an account read and written once, a page of a hundred tickets read. */
  readonly dynamics: number;
  readonly zendesk: number;
  readonly floor: { readonly dynamics: number; readonly zendesk: number };
  readonly temporalEvents: number;
  /** From the first event until everything is written. */
  readonly seconds: number;
}

/** So many deliveries are under way at a time. */
const IN_FLIGHT = 20;
const PAGE = 100;

/** Sends `events` signed ticket events, spread evenly over tickets of `accounts` accounts, and waits for all their effects. */
export async function measureEvents(
  stage: Stage,
  { events, accounts, secret }: { events: number; accounts: number; secret: string },
): Promise<MeasuredEvents> {
  const tickets = await openTickets(stage, { events, accounts });
  const { hooks } = await stage.api<{ hooks: { zendesk: string } }>('GET', '/api/connections/bench');
  const before = await countRequests(stage);
  const historyBefore = await countHistory(stage, () => true);
  const begun = performance.now();
  const answers = await sendAll(events, (nth) => sendEvent(hooks.zendesk, { ticketId: tickets + nth, nth, secret }));
  const sentAfter = performance.now() - begun;
  await untilQuiet(stage);
  const seconds = (performance.now() - begun) / 1_000;
  const after = await countRequests(stage);
  const times = answers.map(({ ms }) => ms).sort((one, other) => one - other);
  const accepted = answers.filter(({ status }) => status === 202).length;
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
    temporalEvents: (await countHistory(stage, () => true)) - historyBefore,
    seconds,
  };
}

/** Makes the accounts' organizations and a ticket for each event; answers the first ticket's id, the others follow it. */
async function openTickets(stage: Stage, { events, accounts }: { events: number; accounts: number }): Promise<number> {
  await stage.control('POST', '/state/dynamics/customers/generate', { legalEntity: 'usmf', count: accounts });
  await sync(stage, 'the run before the events');
  const { items } = await stage.control<{ items: { id: number }[] }>('GET', '/state/zendesk/organizations');
  const tickets = { count: events, organizationIds: items.map(({ id }) => id).slice(-accounts), silent: true };
  return (await stage.control<{ from: number }>('POST', '/state/zendesk/tickets/generate', tickets)).from;
}

interface Answer {
  readonly status: number;
  readonly ms: number;
}

async function sendAll(count: number, send: (nth: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      answers.push(await send(next - 1));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return answers;
}

/** One delivery as Zendesk makes it: base64 HMAC-SHA256 over the timestamp and the raw body. */
async function sendEvent(
  hook: string,
  { ticketId, nth, secret }: { ticketId: number; nth: number; secret: string },
): Promise<Answer> {
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
  const since = performance.now();
  const response = await fetch(hook, { method: 'POST', headers, body });
  await response.text();
  return { status: response.status, ms: performance.now() - since };
}

/** Waits until no workflow runs, twice in a row. */
async function untilQuiet(stage: Stage): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    await pause(1_000);
    quiet = (await countRunning(stage)) === 0 ? quiet + 1 : 0;
  }
}

async function countRequests(stage: Stage): Promise<{ dynamics: number; zendesk: number }> {
  const counts = await stage.control<Record<'dynamics' | 'zendesk', { total: number }>>('GET', '/counts');
  return { dynamics: counts.dynamics.total, zendesk: counts.zendesk.total };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
