import { createHex } from '../identifiers.ts';
import type { Random } from '../../core/random.ts';

/** An event that webhooks can subscribe to. */
export interface WebhookEvent {
  /** For example `zen:event-type:ticket.created`. */
  readonly type: string;
  /** For example `zen:ticket:17`. */
  readonly subject: string;
  readonly detail: object;
  readonly event: object;
}

/** The account and the time of an event. */
export interface EventContext {
  readonly accountId: number;
  readonly random: Random;
  readonly at: Date;
}

/** Returns a change of a value as events contain it; null when the value did not change. */
export function changeOf<Value>(before: Value, after: Value): { current: Value; previous: Value } | null {
  return JSON.stringify(before) === JSON.stringify(after) ? null : { current: after, previous: before };
}

/** Returns the body of an event's delivery, indented by three blanks and with a line feed at the end (recorded). */
export function bodyOf(
  { type, subject, detail, event }: WebhookEvent,
  { accountId, random, at }: EventContext,
): string {
  const envelope = {
    account_id: accountId,
    detail,
    event,
    id: uuidOf(random),
    subject,
    time: at.toISOString().replace(/(\d{3})Z$/, '$1843271Z'),
    type,
    zendesk_event_version: subject.startsWith('zen:ticket:') ? '2022-11-06' : '2022-06-20',
  };
  return `${JSON.stringify(envelope, null, 3)}\n`;
}

function uuidOf(random: Random): string {
  const hex = createHex(32, random);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}
