import type { Outcome, Outgoing } from '../../core/sender.ts';
import type { Account } from '../account.ts';
import { createUlid } from '../identifiers.ts';
import { recordNotFound } from '../refusal.ts';
import { signedRequest } from './request.ts';
import { signatureOf } from './signature.ts';
import type { Invocation } from './invocations.ts';
import type { Webhook } from './webhooks.ts';

/** A delivery made by hand. What is left out is as Zendesk would have it. */
export interface HandMade {
  /** A webhook of the account, or else `endpoint` and `secret`. */
  readonly webhookId?: string;
  readonly endpoint?: string;
  readonly secret?: string;
  /** A text is sent byte for byte, anything else as JSON. */
  readonly body: unknown;
  readonly invocationId?: string;
  /** Signed as well unless a signature is given. */
  readonly timestamp?: string;
  readonly signature?: string;
  /** Set, repeated (a list) or left out (null); names in any case. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly method?: string;
  /** How many at once; default 1. */
  readonly times?: number;
}

/** What the receiver answered to one of them; null: nothing. */
interface HandMadeAnswer {
  readonly status: number | null;
  readonly body: string;
}

/** Deliveries as whoever runs the sandbox sees and makes them. */
export interface DeliveryKnobs {
  /** The newest 20,000, newest first. */
  list(webhookId?: string): Invocation[];
  send(handMade: HandMade): Promise<{ readonly answers: readonly HandMadeAnswer[] }>;
  /** Sends a delivery again, so many at once: the same invocation and body, signed anew. Throws the 404. */
  repeat(invocationId: string, times: number): Promise<{ readonly answers: readonly HandMadeAnswer[] }>;
  /** Forgets deliveries and closes the breaker. */
  clear(): void;
}

/** Opens the deliveries of an account to whoever runs the sandbox. */
export function createDeliveryKnobs(account: Account): DeliveryKnobs {
  const { deliveries, webhooks } = account;
  const send = async (handMade: HandMade): Promise<{ answers: HandMadeAnswer[] }> => {
    const outgoing = outgoingOf(account, handMade);
    const copies = Array.from({ length: handMade.times ?? 1 }, () => deliveries.sendNow(outgoing));
    return { answers: (await Promise.all(copies)).map(answerOf) };
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

function outgoingOf(account: Account, handMade: HandMade): Outgoing {
  const webhook = handMade.webhookId === undefined ? bare(handMade) : account.webhooks.require(handMade.webhookId);
  const secret = handMade.secret ?? webhook.secret ?? '';
  const body = typeof handMade.body === 'string' ? handMade.body : JSON.stringify(handMade.body ?? {});
  const made = signedRequest({
    accountId: account.accountId,
    webhook: { ...webhook, secret },
    invocationId: handMade.invocationId ?? createUlid(account.random),
    body,
    timeoutMs: account.settings.webhookTimeoutMs,
  });
  const timestamp = handMade.timestamp ?? String(made.headers['X-Zendesk-Webhook-Signature-Timestamp']);
  const signature = handMade.signature ?? signatureOf(secret, timestamp, body);
  const signed = {
    'X-Zendesk-Webhook-Signature': signature,
    'X-Zendesk-Webhook-Signature-Timestamp': timestamp,
    ...handMade.headers,
  };
  return { ...made, method: handMade.method ?? made.method, headers: merged(made.headers, signed) };
}

function bare({ endpoint = '' }: HandMade): Omit<Webhook, 'id' | 'secret'> & Partial<Pick<Webhook, 'id' | 'secret'>> {
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

function merged(headers: Outgoing['headers'], changes: NonNullable<HandMade['headers']>): Outgoing['headers'] {
  const replaced = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  const kept = Object.entries(headers).filter(([name]) => !replaced.has(name.toLowerCase()));
  const set = Object.entries(changes).filter((pair): pair is [string, string | readonly string[]] => pair[1] !== null);
  return Object.fromEntries([...kept, ...set]);
}

function answerOf(outcome: Outcome): HandMadeAnswer {
  if (outcome.kind === 'answered') return { status: outcome.status, body: outcome.body };
  return { status: null, body: outcome.kind === 'timeout' ? 'timeout' : outcome.reason };
}
