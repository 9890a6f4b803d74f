import { randomUUID } from 'node:crypto';
import type { Outcome, Sender } from '../../core/sender.ts';
import type { DynamicsSettings, RecordKind } from '../settings.ts';
import { testPayload } from './business-event.ts';
import type { Transport, Wrapped } from './transports.ts';
import { validationRequest, wrap } from './transports.ts';

/** Where events go, which, and how. */
export interface EndpointDraft {
  readonly url: string;
  readonly transport: Transport;
  /** Business events, or data events as Dataverse passes them on. */
  readonly payload: 'business' | 'data';
  /** Default: all kinds. */
  readonly records?: readonly RecordKind[];
  /** Default: all companies. */
  readonly legalEntities?: readonly string[];
  /** Sent along with every event, such as a secret. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An endpoint that events are sent to. */
export interface Endpoint extends EndpointDraft {
  readonly id: number;
}

/** What the receiver answered to the activation. */
export interface Activation {
  readonly accepted: boolean;
  readonly status: number | null;
  readonly body: string;
}

const GRID_ORIGIN = 'eventgrid.azure.net';

/** Tries a new endpoint: a test event with empty members, Event Grid's validation, or CloudEvents' OPTIONS request. */
export async function activate(draft: EndpointDraft, sender: Sender, settings: DynamicsSettings): Promise<Activation> {
  const code = randomUUID().toUpperCase();
  const outcome = await ask(draft, code, { sender, settings });
  if (outcome.kind !== 'answered')
    return { accepted: false, status: null, body: outcome.kind === 'timeout' ? 'timeout' : outcome.reason };
  const { status, body } = outcome;
  return { accepted: isAccepted(draft, code, outcome), status, body };
}

interface Means {
  readonly sender: Sender;
  readonly settings: DynamicsSettings;
}

async function ask(draft: EndpointDraft, code: string, { sender, settings }: Means): Promise<Outcome> {
  const { url, transport, headers } = draft;
  const timeoutMs = settings.eventTimeoutMs;
  if (transport === 'cloud-events') {
    const asking = { 'WebHook-Request-Origin': GRID_ORIGIN, 'WebHook-Request-Rate': '120', ...headers };
    return await sender.send({ url, method: 'OPTIONS', headers: asking, timeoutMs });
  }
  const wrapped = transport === 'event-grid' ? validation(code) : test(draft, settings);
  const all = { ...wrapped.headers, ...headers };
  return await sender.send({ url, method: 'POST', headers: all, body: wrapped.body, timeoutMs });
}

/** The address would accept the subscription by hand; who fetches it by himself can be made to call anything. */
function validation(code: string): Wrapped {
  return validationRequest(
    code,
    `https://rp-eastus.eventgrid.azure.net:553/eventsubscriptions/sandbox/validate?id=${code}`,
  );
}

function test({ records, payload }: EndpointDraft, { eventCatalog }: DynamicsSettings): Wrapped {
  const { key, legalEntity } = eventCatalog[records?.[0] ?? 'customer'];
  const body = payload === 'business' ? testPayload([key, legalEntity, 'ChangeType']) : {};
  return wrap('https', { id: '', type: '', at: new Date(), payload: body, headers: {} }, 0);
}

/** Event Grid takes 200 with the code and nothing else; CloudEvents the name of its origin. */
function isAccepted(
  { transport }: EndpointDraft,
  code: string,
  answer: Extract<Outcome, { kind: 'answered' }>,
): boolean {
  const { status, body, headers } = answer;
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
