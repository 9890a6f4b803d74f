import type { RequestHandler, Response } from 'express';
import { isJsonObject, member, textMember } from '../../domain/events/json.ts';
import type { Connection } from '../../store/connection/connections.ts';
import { createIngress, type IngressRequest } from '../ingress/ingress.ts';
import { answerRefused } from '../ingress/refused.ts';
import { TAKE_LIMIT_MS, type IngressDeps } from '../ingress/take-event.ts';
import { startWaiting } from '../ingress/within.ts';
import { takeErpEvent, type ErpTaken } from './take-erp-event.ts';

const LIMIT_BYTES = 1024 * 1024;
/** The most events that Event Grid sends at once (Event Grid docs, Output batching). */
const MAX_EVENTS = 5_000;

/**
 * `POST /events/dynamics/:hookId`: events of F&O, directly over HTTPS or by Event Grid. The hook is a secret of 256 random
 * bits and the only credential that F&O can send. Answers 202 for a new event, 200 for a repeated one, 422 for one repeated with other
 * content; 200 for a batch once each of its events was taken, existed already or is kept as refused.
 */
export function createDynamicsEvents(deps: IngressDeps): RequestHandler<{ hookId: string }> {
  return createIngress(deps, {
    limitBytes: LIMIT_BYTES,
    tooLarge: TOO_MUCH,
    handle: (incoming) => answerKnown(deps, incoming),
  });
}

/** The hook is the credential, so a request without it is told nothing. */
async function answerKnown(deps: IngressDeps, incoming: IngressRequest): Promise<void> {
  const { request, response, bytes, inTime } = incoming;
  const connection = await inTime(deps.services.store.connections.byHook('dynamics', request.params.hookId));
  if (connection === undefined) await refuse(deps, request, response);
  else await answerBody(deps, { ...incoming, connection, body: parse(deps, bytes) });
}

async function refuse(
  { failures }: IngressDeps,
  request: IngressRequest['request'],
  response: Response,
): Promise<void> {
  if (!(await failures.isExceeded(request, response))) answerRefused(response);
}

/** `OPTIONS` on the same: how Event Grid asks whether CloudEvents may be sent here (CloudEvents 1.0, abuse protection). */
export function createDynamicsHandshake(deps: IngressDeps): RequestHandler<{ hookId: string }> {
  return async (request, response) => {
    const connection = await deps.services.store.connections.byHook('dynamics', request.params.hookId);
    const origin = request.get('webhook-request-origin') ?? '';
    if (connection === undefined) return refuse(deps, request, response);
    if (origin !== 'eventgrid.azure.net') {
      answerRefused(response);
      return;
    }
    response.status(200).set('webhook-allowed-origin', origin).set('webhook-allowed-rate', '1000').end();
  };
}

const TOO_MUCH = 'At most 1 MiB and 5,000 events are taken at once.';
const TOO_LARGE = { error: { code: 'too_large', message: TOO_MUCH } };
const MALFORMED = { error: { code: 'malformed', message: 'The body is not an event that F&O or Event Grid sends.' } };

function parse({ services }: IngressDeps, bytes: Buffer): unknown {
  try {
    return services.parseJson(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function answerBody(
  deps: IngressDeps,
  { connection, body, response, inTime }: IngressRequest & { connection: Connection; body: unknown },
): Promise<void> {
  const code = validationCodeOf(body);
  if (code !== undefined) return void response.status(200).json({ validationResponse: code });
  if (Array.isArray(body)) return answerBatch(deps, { connection, batch: body, response });
  const taken = await inTime(takeErpEvent(deps, connection, payloadOf(body)));
  answerOne(response, taken);
}

/** Returns the code by which Event Grid asks whether we want its events. Its `validationUrl` is never called: it may lead anywhere. */
function validationCodeOf(body: unknown): string | undefined {
  const events = Array.isArray(body) ? (body as unknown[]) : [body];
  const [first] = events;
  if (!isJsonObject(first) || textMember(first, 'eventType') !== 'Microsoft.EventGrid.SubscriptionValidationEvent')
    return undefined;
  const data = member(first, 'data');
  const code = isJsonObject(data) ? textMember(data, 'validationCode') : '';
  return code === '' ? undefined : code;
}

/** Returns what F&O sent, without the envelope of Event Grid or CloudEvents: whichever way it comes, it is the same event. */
function payloadOf(event: unknown): unknown {
  if (!isJsonObject(event)) return event;
  const isWrapped = member(event, 'eventType') !== undefined || member(event, 'specversion') !== undefined;
  return isWrapped ? member(event, 'data') : event;
}

async function answerBatch(
  deps: IngressDeps,
  { connection, batch, response }: { connection: Connection; batch: readonly unknown[]; response: Response },
): Promise<void> {
  if (batch.length > MAX_EVENTS) return void response.status(413).json(TOO_LARGE);
  const inTime = startWaiting(BATCH_LIMIT_MS);
  const takeOne = (event: unknown) => startWaiting(TAKE_LIMIT_MS)(takeErpEvent(deps, connection, payloadOf(event)));
  for (const event of batch) await inTime(takeOne(event));
  response.status(200).json({ accepted: true });
}

/** Event Grid waits 30 s for an answer (Event Grid docs, Delivery and retry). */
const BATCH_LIMIT_MS = 25_000;

function answerOne(response: Response, taken: ErpTaken): void {
  if (taken === 'malformed') return void response.status(400).json(MALFORMED);
  if (taken === 'other_content') {
    const message = 'An event of this ControlNumber came before, with other content.';
    return void response.status(422).json({ error: { code: 'other_content', message } });
  }
  response.status(taken === 'started' ? 202 : 200).json({ accepted: true });
}
