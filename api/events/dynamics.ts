import type { RequestHandler, Response } from 'express';
import { isJsonObject, member, textMember } from '../../domain/events/json.ts';
import type { Connection } from '../../store/connection/connections.ts';
import { RESPONSE_LIMIT_MS, type IngressDeps } from '../ingress/accept-event.ts';
import { startDeadline } from '../ingress/deadline.ts';
import { createIngress, type IngressRequest } from '../ingress/ingress.ts';
import { parseBody, type ParsedBody } from '../ingress/parse-body.ts';
import { respondRefused } from '../ingress/respond-refused.ts';
import { acceptErpEvent, type ErpEventResult } from './accept-erp-event.ts';

const LIMIT_BYTES = 1024 * 1024;
/** The largest number of events that Event Grid sends in one request (Event Grid docs, Output batching). */
const MAX_EVENTS = 5_000;

/**
 * Creates the handler of `POST /events/dynamics/:hookId`, which receives events of F&O over HTTPS or through Event
 * Grid. The hook is a secret of 256 random bits and the only credential that F&O can send. Statuses: 202 for a new
 * event, 200 for a repeated event, 422 for an event repeated with other content. An event is the same if ControlNumber
 * and event id are. A batch gets 200 once every event is
 * accepted, already stored, or stored as refused.
 */
export function createDynamicsEvents(deps: IngressDeps): RequestHandler<{ hookId: string }> {
  return createIngress(deps, {
    limitBytes: LIMIT_BYTES,
    tooLarge: TOO_LARGE_MESSAGE,
    handle: (incoming) => checkHook(deps, incoming),
  });
}

/** The hook is the credential, so the response to an unknown hook reveals nothing. */
async function checkHook(deps: IngressDeps, incoming: IngressRequest): Promise<void> {
  const { request, response, bytes, withDeadline } = incoming;
  const connection = await withDeadline(deps.services.store.connections.byHook('dynamics', request.params.hookId));
  if (connection === undefined) await refuse(deps, request, response);
  else await receive(deps, { ...incoming, connection, ...parseBody(bytes, deps.services.parseJson) });
}

async function refuse(
  { failures }: IngressDeps,
  request: IngressRequest['request'],
  response: Response,
): Promise<void> {
  if (!(await failures.isExceeded(request, response))) respondRefused(response);
}

/**
 * Creates the handler of `OPTIONS`, with which Event Grid asks for permission to send events (CloudEvents 1.0, abuse
 * protection).
 */
export function createDynamicsHandshake(deps: IngressDeps): RequestHandler<{ hookId: string }> {
  return async (request, response) => {
    const connection = await deps.services.store.connections.byHook('dynamics', request.params.hookId);
    const origin = request.get('webhook-request-origin') ?? '';
    if (connection === undefined) return refuse(deps, request, response);
    if (origin !== 'eventgrid.azure.net') {
      respondRefused(response);
      return;
    }
    response.status(200).set('webhook-allowed-origin', origin).set('webhook-allowed-rate', '1000').end();
  };
}

const TOO_LARGE_MESSAGE = 'A request may have at most 1 MiB and 5,000 events.';
const TOO_LARGE = { error: { code: 'too_large', message: TOO_LARGE_MESSAGE } };
const MALFORMED_MESSAGE = 'The body is not an event of F&O or Event Grid.';

async function receive(
  deps: IngressDeps,
  {
    connection,
    payload: body,
    defect,
    response,
    withDeadline,
  }: IngressRequest & { connection: Connection } & ParsedBody,
): Promise<void> {
  const code = validationCodeOf(body);
  if (code !== undefined) return void response.status(200).json({ validationResponse: code });
  if (Array.isArray(body)) return receiveBatch(deps, { connection, batch: body, response });
  const result = await withDeadline(acceptErpEvent(deps, connection, payloadOf(body)));
  if (result === 'malformed') respondMalformed(response, defect);
  else respond(response, result);
}

/**
 * Returns the code of a subscription validation event. Its `validationUrl` is never called, because it may be any
 * address.
 */
function validationCodeOf(body: unknown): string | undefined {
  const events = Array.isArray(body) ? (body as unknown[]) : [body];
  const [first] = events;
  if (!isJsonObject(first) || textMember(first, 'eventType') !== 'Microsoft.EventGrid.SubscriptionValidationEvent')
    return undefined;
  const data = member(first, 'data');
  const code = isJsonObject(data) ? textMember(data, 'validationCode') : '';
  return code === '' ? undefined : code;
}

/** Returns the event that F&O sent, without the envelope of Event Grid or CloudEvents. */
function payloadOf(event: unknown): unknown {
  if (!isJsonObject(event)) return event;
  const isWrapped = member(event, 'eventType') !== undefined || member(event, 'specversion') !== undefined;
  return isWrapped ? member(event, 'data') : event;
}

async function receiveBatch(
  deps: IngressDeps,
  { connection, batch, response }: { connection: Connection; batch: readonly unknown[]; response: Response },
): Promise<void> {
  if (batch.length > MAX_EVENTS) return void response.status(413).json(TOO_LARGE);
  const withDeadline = startDeadline(BATCH_LIMIT_MS);
  const acceptOne = (event: unknown) =>
    startDeadline(RESPONSE_LIMIT_MS)(acceptErpEvent(deps, connection, payloadOf(event)));
  for (const event of batch) await withDeadline(acceptOne(event));
  response.status(200).json({ accepted: true });
}

/** Event Grid waits 30 s for a response (Event Grid docs, Delivery and retry). */
const BATCH_LIMIT_MS = 25_000;

function respondMalformed(response: Response, message = MALFORMED_MESSAGE): void {
  response.status(400).json({ error: { code: 'malformed', message } });
}

function respond(response: Response, result: Exclude<ErpEventResult, 'malformed'>): void {
  if (typeof result === 'object')
    return void response.status(400).json({ error: { code: 'unusable', message: result.unusable } });
  if (result === 'other_content') {
    const message = 'An event with this ControlNumber and EventId was received before with other content.';
    return void response.status(422).json({ error: { code: 'other_content', message } });
  }
  response.status(result === 'started' ? 202 : 200).json({ accepted: true });
}
