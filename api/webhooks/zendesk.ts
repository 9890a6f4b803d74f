import { createHash, randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { canonicalJson } from '../../domain/events/json.ts';
import { readZendeskEvent, type ZendeskEvent } from '../../domain/events/zendesk-event.ts';
import type { Connection } from '../../store/connection/connections.ts';
import { WORKFLOW_TYPES, type HandleZendeskEventInput } from '../../workflows/contract.ts';
import { zendeskEventId } from '../../workflows/ids.ts';
import { createIngress, type IngressRequest } from '../ingress/ingress.ts';
import { answerRefused } from '../ingress/refused.ts';
import { takeEvent, type EventWorkflow, type IngressDeps, type Taken } from '../ingress/take-event.ts';
import { isSigned } from './signature.ts';
import { isRecent } from './timestamp.ts';

const LIMIT_BYTES = 256 * 1024;
/** The signature of an unknown hook is compared with this, so that it takes as long as that of a known one. */
const NOBODYS_SECRET = randomBytes(32).toString('base64');

/**
 * `POST /webhooks/zendesk/:hookId`: a delivery of Zendesk. Checks size, encoding, hook, signature, timestamp and JSON before it takes
 * an event. Answers 202 for a new event, 200 for a repeated one, 422 for one repeated with other content.
 */
export function createZendeskWebhook(deps: IngressDeps): RequestHandler<{ hookId: string }> {
  const tooLarge = 'The body is larger than 256 KiB.';
  return createIngress(deps, {
    limitBytes: LIMIT_BYTES,
    tooLarge,
    handle: (incoming) => answerDelivery(deps, incoming),
  });
}

async function answerDelivery(deps: IngressDeps, incoming: IngressRequest): Promise<void> {
  const { request, response, bytes, inTime } = incoming;
  const proof = await inTime(checkProof(deps, request, bytes));
  if (proof?.refused === null) {
    await takeDelivery(deps, { connection: proof.connection, ...incoming });
    return;
  }
  // A valid signature that has aged is no guess. Zendesk's traffic shares addresses, so nothing with a valid signature is counted.
  if (proof?.refused !== 'timestamp' && (await deps.failures.isExceeded(request, response))) return;
  answerRefused(response);
  if (proof !== undefined) keepRefused(deps, proof.connection, { reason: proof.refused, body: bytes });
}

type Proof = { readonly connection: Connection; readonly refused: 'signature' | 'timestamp' | null } | undefined;

/** Checks whether one of the hook's secrets has signed the delivery, and recently. Returns undefined for an unknown hook. */
async function checkProof(
  { services: { store } }: IngressDeps,
  request: Request<{ hookId: string }>,
  body: Buffer,
): Promise<Proof> {
  const connection = await store.connections.byHook('zendesk', request.params.hookId);
  const secrets = connection === undefined ? [] : await store.credentials.webhookSecrets(connection.id);
  const timestamp = single(request, 'x-zendesk-webhook-signature-timestamp');
  const signature = single(request, 'x-zendesk-webhook-signature');
  const isKnown = secrets.length > 0;
  const signed = isSigned({ timestamp, signature, body }, isKnown ? secrets : [NOBODYS_SECRET]) && isKnown;
  const recent = isRecent(timestamp, new Date());
  if (connection === undefined) return undefined;
  if (!signed) return { connection, refused: 'signature' };
  return { connection, refused: recent ? null : 'timestamp' };
}

/** Keeps for the operator that a delivery to a known hook was refused, and why; the answer says neither. */
function keepRefused(
  { services: { store }, log }: IngressDeps,
  connection: Connection,
  refused: { reason: string; body: Buffer },
): void {
  const bodyHash = createHash('sha256').update(refused.body).digest('hex');
  const unknown = { eventId: null, controlNumber: null, type: 'unknown' };
  const event = { connectionId: connection.id, source: 'zendesk' as const, dedupeKey: bodyHash, bodyHash, ...unknown };
  store.events
    .refused(event, refused.reason)
    .catch((error: unknown) => log.warn({ err: error }, 'a refusal was not kept'));
}

/** Returns a header that came exactly once; else an empty text. */
function single({ rawHeaders }: Request<{ hookId: string }>, name: string): string {
  const values = rawHeaders.filter((_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
  return values.length === 1 ? (values[0] ?? '') : '';
}

async function takeDelivery(deps: IngressDeps, at: IngressRequest & { connection: Connection }): Promise<void> {
  const { connection, bytes, request, response, inTime } = at;
  const payload = parse(deps, bytes);
  const invocationId = single(request, 'x-zendesk-webhook-invocation-id');
  const event = payload === undefined ? undefined : readZendeskEvent(payload, invocationId);
  if (event === undefined) {
    response.status(400).json(MALFORMED);
    return;
  }
  const incoming = {
    connectionId: connection.id,
    source: 'zendesk' as const,
    dedupeKey: event.eventId,
    eventId: event.eventId,
    controlNumber: null,
    type: event.type,
    bodyHash: createHash('sha256').update(canonicalJson(payload)).digest('hex'),
  };
  const taking = takeEvent(deps, incoming, (rowId) => workflowOf(deps, { connection, event, rowId }));
  answerTaken(response, await inTime(taking));
}

const MALFORMED = {
  error: {
    code: 'malformed',
    message: 'The body is neither an event of Zendesk nor one of the trigger that Ledgerdesk made.',
  },
};

function parse({ services }: IngressDeps, bytes: Buffer): unknown {
  try {
    return services.parseJson(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Records that the record is due before its workflow begins, so that a reading under way finds it. */
async function workflowOf(
  { services: { store } }: IngressDeps,
  { connection, event, rowId }: { connection: Connection; event: ZendeskEvent; rowId: string },
): Promise<EventWorkflow | null> {
  if (event.about === null) return null;
  const { id: connectionId } = connection;
  const { record, zendeskId } = event.about;
  const startDelay = await store.supportReading.noteDue(connectionId, { record, id: zendeskId });
  const input: HandleZendeskEventInput = { connectionId, eventId: rowId, record, zendeskId };
  return {
    type: WORKFLOW_TYPES.handleZendeskEvent,
    workflowId: zendeskEventId(connectionId, event.eventId),
    input,
    summary: `Zendesk says that ${record} ${zendeskId} has changed`,
    startDelay,
  };
}

/** Zendesk retries a 409, so the same event with other content is answered 422. */
function answerTaken(response: Response, taken: Taken): void {
  if (taken === 'other_content') {
    const message = 'An event of this id came before, with other content.';
    response.status(422).json({ error: { code: 'other_content', message } });
    return;
  }
  response.status(taken === 'started' ? 202 : 200).json({ accepted: true });
}
