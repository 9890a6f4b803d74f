import type { Outcome, OutgoingRequest } from '../../core/sender.ts';
import type { Account } from '../account.ts';
import { createUlid } from '../identifiers.ts';
import { recordNotFound } from '../refusal.ts';
import { signedRequest } from './request.ts';
import { signatureOf } from './signature.ts';
import type { Invocation } from './invocations.ts';
import type { Webhook } from './webhooks.ts';

/** A delivery that a test writes. Absent members have the values that Zendesk would send. */
export interface ManualDelivery {
  /** A webhook of the account, or else `endpoint` and `secret`. */
  readonly webhookId?: string;
  readonly endpoint?: string;
  readonly secret?: string;
  /** A string is sent byte for byte, anything else as JSON. */
  readonly body: unknown;
  readonly invocationId?: string;
  /** The signature covers it, unless a signature is given. */
  readonly timestamp?: string;
  readonly signature?: string;
  /** Headers to set, to repeat (a list) or to omit (null). Case is ignored. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly method?: string;
  /** The number of concurrent requests; default 1. */
  readonly times?: number;
}

/** The receiver's response to a manual delivery. `status` is null when there was none. */
interface ManualDeliveryResponse {
  readonly status: number | null;
  readonly body: string;
}

/** Controls of an account's deliveries. */
export interface DeliveryControls {
  /** Returns the newest 20,000 deliveries, newest first. */
  list(webhookId?: string): Invocation[];
  send(delivery: ManualDelivery): Promise<{ readonly answers: readonly ManualDeliveryResponse[] }>;
  /** Sends a delivery again, `times` at once, with the same invocation and body and a new signature. Throws a 404. */
  repeat(invocationId: string, times: number): Promise<{ readonly answers: readonly ManualDeliveryResponse[] }>;
  /** Removes all deliveries and closes the circuit breaker. */
  clear(): void;
}

/** Creates the controls of an account's deliveries, for the control server. */
export function createDeliveryControls(account: Account): DeliveryControls {
  const { deliveries, webhooks } = account;
  const send = async (delivery: ManualDelivery): Promise<{ answers: ManualDeliveryResponse[] }> => {
    const outgoing = outgoingOf(account, delivery);
    const copies = Array.from({ length: delivery.times ?? 1 }, () => deliveries.sendNow(outgoing));
    return { answers: (await Promise.all(copies)).map(responseOf) };
  };
  return {
    list: (webhookId) => deliveries.invocations.list(webhookId),
    send,
    repeat: async (invocationId, times) => {
      const found = deliveries.invocations.find(invocationId);
      const webhook = webhooks.find(found?.webhookId ?? '');
      if (!found || !webhook) throw recordNotFound();
      return await send({ webhookId: webhook.id, body: found.body, invocationId, times });
    },
    clear: () => {
      deliveries.invocations.clear();
      deliveries.resetBreaker();
    },
  };
}

function outgoingOf(account: Account, delivery: ManualDelivery): OutgoingRequest {
  const webhook = delivery.webhookId === undefined ? bare(delivery) : account.webhooks.require(delivery.webhookId);
  const secret = delivery.secret ?? webhook.secret ?? '';
  const body = typeof delivery.body === 'string' ? delivery.body : JSON.stringify(delivery.body ?? {});
  const made = signedRequest({
    accountId: account.accountId,
    webhook: { ...webhook, secret },
    invocationId: delivery.invocationId ?? createUlid(account.random),
    body,
    timeoutMs: account.settings.webhookTimeoutMs,
    at: account.clock.ofClient(),
  });
  const timestamp = delivery.timestamp ?? String(made.headers['X-Zendesk-Webhook-Signature-Timestamp']);
  const signature = delivery.signature ?? signatureOf(secret, timestamp, body);
  const signed = {
    'X-Zendesk-Webhook-Signature': signature,
    'X-Zendesk-Webhook-Signature-Timestamp': timestamp,
    ...delivery.headers,
  };
  return { ...made, method: delivery.method ?? made.method, headers: merged(made.headers, signed) };
}

function bare({
  endpoint = '',
}: ManualDelivery): Omit<Webhook, 'id' | 'secret'> & Partial<Pick<Webhook, 'id' | 'secret'>> {
  return {
    name: 'bare',
    endpoint,
    method: 'POST',
    format: 'json',
    status: 'active',
    subscriptions: [],
    description: null,
    customHeaders: null,
    authentication: null,
    createdBy: -1,
    createdAtS: 0,
    updatedAtS: 0,
  };
}

function merged(
  headers: OutgoingRequest['headers'],
  changes: NonNullable<ManualDelivery['headers']>,
): OutgoingRequest['headers'] {
  const replaced = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  const kept = Object.entries(headers).filter(([name]) => !replaced.has(name.toLowerCase()));
  const set = Object.entries(changes).filter((pair): pair is [string, string | readonly string[]] => pair[1] !== null);
  return Object.fromEntries([...kept, ...set]);
}

function responseOf(outcome: Outcome): ManualDeliveryResponse {
  if (outcome.kind === 'answered') return { status: outcome.status, body: outcome.body };
  return { status: null, body: outcome.kind === 'timeout' ? 'timeout' : outcome.reason };
}
