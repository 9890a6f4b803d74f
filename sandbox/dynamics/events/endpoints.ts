import { randomUUID } from 'node:crypto';
import type { Outcome, Sender } from '../../core/sender.ts';
import type { DynamicsSettings, RecordKind } from '../settings.ts';
import { testPayload } from './business-event.ts';
import type { Transport, RequestContent } from './transports.ts';
import { validationRequest, wrap } from './transports.ts';

/** An endpoint to register: its URL, the events that it receives, and their format. */
export interface EndpointDraft {
  readonly url: string;
  readonly transport: Transport;
  /** Business events, or data events as Dataverse forwards them. */
  readonly payload: 'business' | 'data';
  /** All kinds by default. */
  readonly records?: readonly RecordKind[];
  /** All companies by default. */
  readonly legalEntities?: readonly string[];
  /** Headers to send with every event, such as a secret. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A registered endpoint. */
export interface Endpoint extends EndpointDraft {
  readonly id: number;
}

/** The response of an endpoint to its activation. */
export interface Activation {
  readonly accepted: boolean;
  readonly status: number | null;
  readonly body: string;
}

const GRID_ORIGIN = 'eventgrid.azure.net';

/**
 * Tests a new endpoint with a test event with empty members, Event Grid's validation, or CloudEvents' OPTIONS request.
 */
export async function activate(draft: EndpointDraft, sender: Sender, settings: DynamicsSettings): Promise<Activation> {
  const code = randomUUID().toUpperCase();
  const outcome = await sendActivation(draft, code, { sender, settings });
  if (outcome.kind !== 'answered')
    return { accepted: false, status: null, body: outcome.kind === 'timeout' ? 'timeout' : outcome.reason };
  const { status, body } = outcome;
  return { accepted: isAccepted(draft, code, outcome), status, body };
}

interface ActivationContext {
  readonly sender: Sender;
  readonly settings: DynamicsSettings;
}

async function sendActivation(
  draft: EndpointDraft,
  code: string,
  { sender, settings }: ActivationContext,
): Promise<Outcome> {
  const { url, transport, headers } = draft;
  const timeoutMs = settings.eventTimeoutMs;
  if (transport === 'cloud-events') {
    const optionsHeaders = { 'WebHook-Request-Origin': GRID_ORIGIN, 'WebHook-Request-Rate': '120', ...headers };
    return await sender.send({ url, method: 'OPTIONS', headers: optionsHeaders, timeoutMs });
  }
  const wrapped = transport === 'event-grid' ? validation(code) : test(draft, settings);
  const all = { ...wrapped.headers, ...headers };
  return await sender.send({ url, method: 'POST', headers: all, body: wrapped.body, timeoutMs });
}

/** A receiver must not fetch `validationUrl`: it would allow a sender to make it call any address. */
function validation(code: string): RequestContent {
  return validationRequest(
    code,
    `https://rp-eastus.eventgrid.azure.net:553/eventsubscriptions/sandbox/validate?id=${code}`,
  );
}

function test({ records, payload }: EndpointDraft, { eventCatalog }: DynamicsSettings): RequestContent {
  const { key, legalEntity } = eventCatalog[records?.[0] ?? 'customer'];
  const body = payload === 'business' ? testPayload([key, legalEntity, 'ChangeType']) : {};
  return wrap('https', { id: '', type: '', at: new Date(), payload: body, headers: {} }, 0);
}

/** Event Grid accepts only 200 with the code, and CloudEvents only its origin's name. */
function isAccepted(
  { transport }: EndpointDraft,
  code: string,
  response: Extract<Outcome, { kind: 'answered' }>,
): boolean {
  const { status, body, headers } = response;
  switch (transport) {
    case 'https':
      return status >= 200 && status < 300;
    case 'event-grid':
      return status === 200 && validationResponseIn(body) === code;
    case 'cloud-events':
      return status === 200 && [GRID_ORIGIN, '*'].includes(headers['webhook-allowed-origin'] ?? '');
    default:
      return transport satisfies never;
  }
}

function validationResponseIn(body: string): unknown {
  try {
    return (JSON.parse(body) as { validationResponse?: unknown }).validationResponse;
  } catch {
    return undefined;
  }
}
