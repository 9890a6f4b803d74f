import { createHash, randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { canonicalJson } from '../../domain/events/json.ts';
import { eventDefect, payloadDefect } from '../../domain/events/limits.ts';
import { readZendeskEvent, type ZendeskEvent } from '../../domain/events/zendesk-event.ts';
import type { Connection } from '../../store/connection/connections.ts';
import { WORKFLOW_TYPES, type HandleZendeskEventInput } from '../../workflows/contract.ts';
import { zendeskEventId } from '../../workflows/ids.ts';
import { acceptEvent, type EventResult, type EventWorkflow, type IngressDeps } from '../ingress/accept-event.ts';
import { createIngress, type IngressRequest } from '../ingress/ingress.ts';
import { parseBody } from '../ingress/parse-body.ts';
import { respondRefused } from '../ingress/respond-refused.ts';
import { isSigned } from './signature.ts';
import { isRecent } from './timestamp.ts';

const LIMIT_BYTES = 256 * 1024;
/** For an unknown hook, the signature is checked with this secret, so that the response time reveals nothing. */
const DUMMY_SECRET = randomBytes(32).toString('base64');

/**
 * Creates the handler of `POST /webhooks/zendesk/:hookId`, which receives deliveries of Zendesk. It checks size,
 * encoding, hook, signature, timestamp and JSON before it accepts an event. Statuses: 202 for a new event, 200 for a
 * repeated event, 422 for an event repeated with other content.
 */
export function createZendeskWebhook(deps: IngressDeps): RequestHandler<{ hookId: string }> {
  const tooLarge = 'The body is larger than 256 KiB.';
  return createIngress(deps, {
    limitBytes: LIMIT_BYTES,
    tooLarge,
    handle: (incoming) => receive(deps, incoming),
  });
}

async function receive(deps: IngressDeps, incoming: IngressRequest): Promise<void> {
  const { request, response, bytes, withDeadline } = incoming;
  const proof = await withDeadline(checkProof(deps, request, bytes));
  if (proof?.refused === null) {
    await acceptDelivery(deps, { connection: proof.connection, ...incoming });
    return;
  }
  // A valid signature with an old timestamp is not a guess. Zendesk's customers share addresses, so such requests are
  // not counted.
  if (proof?.refused !== 'timestamp' && (await deps.failures.isExceeded(request, response))) return;
  respondRefused(response);
  if (proof !== undefined) recordRefused(deps, proof.connection, { reason: proof.refused, body: bytes });
}

type Proof = { readonly connection: Connection; readonly refused: 'signature' | 'timestamp' | null } | undefined;

/** Checks that one of the hook's secrets has signed the delivery recently. Returns undefined for an unknown hook. */
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
  const signed = isSigned({ timestamp, signature, body }, isKnown ? secrets : [DUMMY_SECRET]) && isKnown;
  const recent = isRecent(timestamp, new Date());
  if (connection === undefined) return undefined;
  if (!signed) return { connection, refused: 'signature' };
  return { connection, refused: recent ? null : 'timestamp' };
}

/** Stores a refused delivery and the reason for the operator. The response does not contain the reason. */
function recordRefused(
  { services: { store }, log }: IngressDeps,
  connection: Connection,
  refused: { reason: string; body: Buffer },
): void {
  const bodyHash = createHash('sha256').update(refused.body).digest('hex');
  const unknown = { eventId: null, controlNumber: null, type: 'unknown' };
  const event = { connectionId: connection.id, source: 'zendesk' as const, dedupeKey: bodyHash, bodyHash, ...unknown };
  store.events
    .refused(event, refused.reason)
    .catch((error: unknown) => log.warn({ err: error }, 'a refused delivery could not be stored'));
}

/** Returns a header that was sent exactly once, otherwise an empty string. */
function single({ rawHeaders }: Request<{ hookId: string }>, name: string): string {
  const values = rawHeaders.filter((_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  return values.length === 1 ? (values[0] ?? '') : '';
}

async function acceptDelivery(deps: IngressDeps, delivery: IngressRequest & { connection: Connection }): Promise<void> {
  const { connection, bytes, request, response, withDeadline } = delivery;
  const { payload, defect } = parseBody(bytes, deps.services.parseJson);
  const invocationId = single(request, 'x-zendesk-webhook-invocation-id');
  const tooDeep = payloadDefect(payload) !== undefined;
  const event = payload === undefined || tooDeep ? undefined : readZendeskEvent(payload, invocationId);
  if (event === undefined) {
    response.status(400).json({ error: { code: 'malformed', message: defect ?? MALFORMED } });
    return;
  }
  const unusable = eventDefect({ ids: [event.eventId], type: event.type, key: event.about?.zendeskId });
  if (unusable !== undefined) {
    response.status(400).json({ error: { code: 'unusable', message: unusable } });
    recordRefused(deps, connection, { reason: 'unusable', body: bytes });
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
  const accepting = acceptEvent(deps, incoming, ({ id }) => workflowOf(deps, { connection, event, rowId: id }));
  respond(response, await withDeadline(accepting));
}

const MALFORMED = 'The body is neither a Zendesk event nor a delivery of the trigger that Ledgerdesk created.';

/** Marks the record as due before its workflow starts, so that a run that is reading now finds it. */
async function workflowOf(
  { services: { store } }: IngressDeps,
  { connection, event, rowId }: { connection: Connection; event: ZendeskEvent; rowId: string },
): Promise<EventWorkflow | null> {
  if (event.about === null) return null;
  const { id: connectionId } = connection;
  const { record, zendeskId } = event.about;
  const startDelay = await store.supportReading.markDue(connectionId, { record, id: zendeskId });
  const input: HandleZendeskEventInput = { connectionId, eventId: rowId, record, zendeskId };
  return {
    type: WORKFLOW_TYPES.handleZendeskEvent,
    workflowId: zendeskEventId(connectionId, event.eventId),
    input,
    summary: `Zendesk reports a change of ${record} ${zendeskId}`,
    startDelay,
  };
}

/** The status for other content is 422, because Zendesk retries a 409. */
function respond(response: Response, result: EventResult): void {
  if (result === 'other_content') {
    const message = 'An event with this id was received before with other content.';
    response.status(422).json({ error: { code: 'other_content', message } });
    return;
  }
  response.status(result === 'started' ? 202 : 200).json({ accepted: true });
}
