import type { BusinessEvents, EventDraft } from '../dynamics/events/business-events.ts';
import type { Delivery } from '../dynamics/events/deliveries.ts';
import type { Endpoint, EndpointDraft } from '../dynamics/events/endpoints.ts';
import type { Outcome } from '../core/sender.ts';
import type { ControlCall, ControlRoute } from './control-route.ts';
import { ControlError, found, listOf } from './control-route.ts';

type Body = ControlCall['body'];

/** Returns the routes of F&O's events: endpoints, the events that were sent to them, and events that a test writes. */
export function businessEventRoutes(events: BusinessEvents): ControlRoute[] {
  const all = /^\/state\/dynamics\/endpoints$/;
  const sent = /^\/state\/dynamics\/events$/;
  return [
    { method: 'GET', pattern: all, handle: () => listOf(events.endpoints()) },
    { method: 'POST', pattern: all, handle: ({ body }) => register(events, body) },
    {
      method: 'DELETE',
      pattern: /^\/state\/dynamics\/endpoints\/(\d+)$/,
      handle: ({ parts }) => {
        if (!events.unregister(Number(parts[0]))) throw new ControlError(404, 'There is no such endpoint.');
      },
    },
    { method: 'GET', pattern: sent, handle: () => listOf(events.deliveries.list().map(shown)) },
    { method: 'POST', pattern: sent, handle: ({ body }) => send(events, body) },
    { method: 'DELETE', pattern: sent, handle: () => events.deliveries.clear() },
    {
      method: 'POST',
      pattern: /^\/state\/dynamics\/events\/(\d+)\/resend$/,
      handle: ({ parts, body }) => resend(events, Number(parts[0]), timesIn(body)),
    },
    {
      method: 'POST',
      pattern: /^\/state\/dynamics\/restore$/,
      handle: ({ body }) => {
        const { controlNumber } = body;
        if (!Number.isSafeInteger(controlNumber) || Number(controlNumber) < 1)
          throw new ControlError(400, '`controlNumber` must be a whole number, the next one that is issued.');
        events.restoreNumbers(Number(controlNumber));
      },
    },
  ];
}

async function register(events: BusinessEvents, body: Body): Promise<object> {
  const { endpoint, activation } = await events.register(draftOf(body), body['unchecked'] === true);
  if (endpoint) return { ...endpoint, activation };
  const { status = null, body: text = '' } = activation ?? {};
  throw new ControlError(422, `The endpoint did not accept the test event: ${String(status)} ${text}`);
}

function draftOf(body: Body): EndpointDraft {
  const { url, transport = 'https', payload = 'business' } = body;
  if (typeof url !== 'string') throw new ControlError(400, '`url` is required.');
  if (transport !== 'https' && transport !== 'event-grid' && transport !== 'cloud-events')
    throw new ControlError(400, '`transport` must be one of https, event-grid, cloud-events.');
  if (payload !== 'business' && payload !== 'data') throw new ControlError(400, '`payload` must be business or data.');
  return { ...(body as Partial<EndpointDraft>), url, transport, payload };
}

/** Sends an event to a registered endpoint (`endpointId`) or to any address (`url`). */
async function send(events: BusinessEvents, body: Body): Promise<object> {
  const { endpointId, record = 'customer', legalEntity = '', key = '' } = body;
  const endpoint: Endpoint | undefined =
    endpointId === undefined ? { ...draftOf(body), id: 0 } : events.endpoints().find(({ id }) => id === endpointId);
  const draft = { ...body, record, legalEntity, key } as unknown as EventDraft;
  if (!['customer', 'vendor', 'contact'].includes(draft.record))
    throw new ControlError(400, '`record` must be one of customer, vendor, contact.');
  const { event, outcomes } = await events.sendNow(found(endpoint, 'such endpoint'), draft, timesIn(body));
  return { event, answers: outcomes.map(responseOf) };
}

async function resend(events: BusinessEvents, n: number, times: number): Promise<object> {
  const { endpoint, message } = found(events.deliveries.find(n), 'such event');
  const copies = Array.from({ length: times }, () => events.deliveries.sendNow(endpoint, message));
  return { event: message.payload, answers: (await Promise.all(copies)).map(responseOf) };
}

function timesIn(body: Body): number {
  return typeof body['times'] === 'number' ? body['times'] : 1;
}

function responseOf(outcome: Outcome): object {
  if (outcome.kind === 'answered') return { status: outcome.status, body: outcome.body };
  return { status: null, body: outcome.kind === 'timeout' ? 'timeout' : outcome.reason };
}

function shown({ n, endpoint, message, status, attempts }: Delivery): object {
  return { n, endpointId: endpoint.id, type: message.type, status, attempts, payload: message.payload };
}
