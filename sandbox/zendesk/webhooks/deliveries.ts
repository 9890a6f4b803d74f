import type { Clock } from '../../core/clock.ts';
import { deliveryDelays } from '../../core/disturbance.ts';
import type { Random } from '../../core/random.ts';
import type { Outcome, OutgoingRequest, Sender } from '../../core/sender.ts';
import type { Timers } from '../../core/timers.ts';
import { createUlid } from '../identifiers.ts';
import type { ZendeskSettings } from '../settings.ts';
import { createWindows } from '../windows.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import type { Attempt, Invocation, Invocations } from './invocations.ts';
import { createInvocations } from './invocations.ts';
import { signedRequest } from './request.ts';
import { retryAfterMs } from './retries.ts';
import type { Webhook, Webhooks } from './webhooks.ts';

/** A message for the receiver of a webhook. */
export interface Message {
  readonly eventType: string;
  readonly body: string;
}

/** The deliveries of the account. */
export interface Deliveries {
  readonly invocations: Invocations;
  /** Sends a message with the disturbances of the settings, and retries it by Zendesk's rules. */
  dispatch(webhook: Webhook, message: Message): void;
  /** Sends a request once, immediately, and returns its outcome. */
  sendNow(outgoing: OutgoingRequest): Promise<Outcome>;
  /** Resets the circuit breaker. */
  resetBreaker(): void;
}

/** The dependencies of the deliveries. */
export interface DeliveriesOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: ZendeskSettings;
  readonly timers: Timers;
  readonly webhooks: Webhooks;
  readonly sender: Sender;
  readonly accountId: number;
}

/** Creates an account without deliveries. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { clock, random, settings, timers, sender } = options;
  const invocations = createInvocations();
  const breaker = createCircuitBreaker(clock, settings);
  const minute = createWindows(clock, 60);
  const attempt = async (invocation: Invocation, webhook: Webhook): Promise<void> => {
    if (breaker.isOpen(webhook.id)) {
      stop(invocation, 'circuit broken');
      return;
    }
    if (!minute.take('invocations', settings.webhookInvocationsPerMinute).allowed) {
      stop(invocation, 'throttled');
      if (invocation.attempts.length < THROTTLED_ATTEMPTS) schedule(invocation, 60_000);
      return;
    }
    const { accountId } = options;
    const { id: invocationId, body } = invocation;
    const timeoutMs = settings.webhookTimeoutMs;
    const outcome = await sender.send(
      signedRequest({ accountId, webhook, invocationId, body, timeoutMs, at: clock.ofClient() }),
    );
    breaker.record(webhook.id, isSuccess(outcome));
    const waitMs = recordAttempt(invocation, outcome);
    if (waitMs !== undefined) schedule(invocation, waitMs);
  };
  /** A webhook that was changed since is called in its current form. */
  const schedule = (invocation: Invocation, afterMs: number): void =>
    timers.after(afterMs, () => {
      const webhook = options.webhooks.find(invocation.webhookId ?? '');
      if (webhook?.status === 'active') void attempt(invocation, webhook);
    });
  return {
    invocations,
    dispatch: ({ id: webhookId }, { eventType, body }) => {
      const id = createUlid(random);
      const delays = deliveryDelays(disturbanceOf(settings), random);
      if (delays.length === 0) return;
      const invocation: Invocation = { id, webhookId, eventType, body, status: 'pending', attempts: [] };
      invocations.add(invocation);
      for (const afterMs of delays) schedule(invocation, afterMs);
    },
    sendNow: (outgoing) => sender.send(outgoing),
    resetBreaker: () => breaker.reset(),
  };
}

const THROTTLED_ATTEMPTS = 3;

function disturbanceOf(settings: ZendeskSettings): Parameters<typeof deliveryDelays>[0] {
  return {
    loseShare: settings.webhookLoseShare,
    doubleShare: settings.webhookDoubleShare,
    delayMs: settings.webhookDelayMs,
    shuffleMs: settings.webhookShuffleMs,
  };
}

function isSuccess(outcome: Outcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
}

function stop(invocation: Invocation, status: 'circuit broken' | 'throttled'): void {
  invocation.status = status;
  invocation.attempts.push({ status, statusCode: null, atMs: Date.now(), responseBody: '' });
}

/** Records the outcome of an attempt. Returns the wait before the next one; undefined if there is none. */
function recordAttempt(invocation: Invocation, outcome: Outcome): number | undefined {
  const succeeded = isSuccess(outcome);
  const retries = invocation.attempts.filter(({ status }) => status === 'failed').length;
  const response = outcome.kind === 'answered' ? outcome : undefined;
  const attempt: Attempt = {
    status: succeeded ? 'success' : 'failed',
    statusCode: response?.status ?? (outcome.kind === 'timeout' ? 504 : null),
    atMs: Date.now(),
    responseBody: response?.body ?? (outcome.kind === 'unreachable' ? outcome.reason : ''),
  };
  invocation.attempts.push(attempt);
  const waitMs = succeeded ? undefined : retryAfterMs(outcome, retries);
  if (succeeded) invocation.status = 'success';
  else if (waitMs === undefined) invocation.status = response ? 'terminated' : 'failed';
  return waitMs;
}
