import type { Clock } from '../../core/clock.ts';
import { departures } from '../../core/disturbance.ts';
import type { Random } from '../../core/random.ts';
import type { Outcome, Outgoing, Sender } from '../../core/sender.ts';
import type { Timers } from '../../core/timers.ts';
import { createUlid } from '../identifiers.ts';
import type { ZendeskSettings } from '../settings.ts';
import { createWindows } from '../windows.ts';
import { createBreaker } from './breaker.ts';
import type { Attempt, Invocation, Invocations } from './invocations.ts';
import { createInvocations } from './invocations.ts';
import { signedRequest } from './request.ts';
import { retryAfterMs } from './retries.ts';
import type { Webhook, Webhooks } from './webhooks.ts';

/** What a webhook is to tell its receiver. */
export interface Message {
  readonly eventType: string;
  readonly body: string;
}

/** The deliveries of the account. */
export interface Deliveries {
  readonly invocations: Invocations;
  /** Sends a message on its way: it may be lost, doubled or late, and is tried again by Zendesk's rules. */
  dispatch(webhook: Webhook, message: Message): void;
  /** Sends a request at once and once, and says what came of it. */
  sendNow(outgoing: Outgoing): Promise<Outcome>;
  /** Forgets past failures. */
  resetBreaker(): void;
}

/** What the deliveries lean on. */
export interface DeliveriesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: ZendeskSettings;
  readonly timers: Timers;
  readonly webhooks: Webhooks;
  readonly sender: Sender;
  readonly accountId: number;
}

/** Makes an account that has delivered nothing yet. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { clock, random, settings, timers, sender } = options;
  const invocations = createInvocations();
  const breaker = createBreaker(clock, settings);
  const minute = createWindows(clock, 60);
  const attempt = async (invocation: Invocation, webhook: Webhook): Promise<void> => {
    if (breaker.isOpen(webhook.id)) {
      stop(invocation, 'circuit broken');
      return;
    }
    if (!minute.take('invocations', settings.webhookInvocationsPerMinute).allowed) {
      stop(invocation, 'throttled');
      if (invocation.attempts.length < THROTTLED_ATTEMPTS) again(invocation, 60_000);
      return;
    }
    const { accountId } = options;
    const { id: invocationId, body } = invocation;
    const timeoutMs = settings.webhookTimeoutMs;
    const outcome = await sender.send(signedRequest({ accountId, webhook, invocationId, body, timeoutMs }));
    breaker.note(webhook.id, isGood(outcome));
    const waitMs = note(invocation, outcome);
    if (waitMs !== undefined) again(invocation, waitMs);
  };
  /** A webhook that was changed meanwhile is called as it is now. */
  const again = (invocation: Invocation, afterMs: number): void =>
    timers.after(afterMs, () => {
      const webhook = options.webhooks.find(invocation.webhookId ?? '');
      if (webhook?.status === 'active') void attempt(invocation, webhook);
    });
  return {
    invocations,
    dispatch: ({ id: webhookId }, { eventType, body }) => {
      const id = createUlid(random);
      const waits = departures(disturbanceOf(settings), random);
      if (waits.length === 0) return;
      const invocation: Invocation = { id, webhookId, eventType, body, status: 'pending', attempts: [] };
      invocations.add(invocation);
      for (const afterMs of waits) again(invocation, afterMs);
    },
    sendNow: (outgoing) => sender.send(outgoing),
    resetBreaker: () => breaker.reset(),
  };
}

const THROTTLED_ATTEMPTS = 3;

function disturbanceOf(settings: ZendeskSettings): Parameters<typeof departures>[0] {
  return {
    loseShare: settings.webhookLoseShare,
    doubleShare: settings.webhookDoubleShare,
    delayMs: settings.webhookDelayMs,
    shuffleMs: settings.webhookShuffleMs,
  };
}

function isGood(outcome: Outcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
}

function stop(invocation: Invocation, status: 'circuit broken' | 'throttled'): void {
  invocation.status = status;
  invocation.attempts.push({ status, statusCode: null, atMs: Date.now(), responseBody: '' });
}

/** Notes what came of an attempt; answers how long to wait for the next one. */
function note(invocation: Invocation, outcome: Outcome): number | undefined {
  const good = isGood(outcome);
  const retries = invocation.attempts.filter(({ status }) => status === 'failed').length;
  const answered = outcome.kind === 'answered' ? outcome : undefined;
  const attempt: Attempt = {
    status: good ? 'success' : 'failed',
    statusCode: answered?.status ?? (outcome.kind === 'timeout' ? 504 : null),
    atMs: Date.now(),
    responseBody: answered?.body ?? (outcome.kind === 'unreachable' ? outcome.reason : ''),
  };
  invocation.attempts.push(attempt);
  const waitMs = good ? undefined : retryAfterMs(outcome, retries);
  if (good) invocation.status = 'success';
  else if (waitMs === undefined) invocation.status = answered ? 'terminated' : 'failed';
  return waitMs;
}
