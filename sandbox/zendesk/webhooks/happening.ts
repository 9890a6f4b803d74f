import { createHex } from '../identifiers.ts';
import type { Random } from '../../core/random.ts';

/** Something that webhooks may have subscribed to. */
export interface Happening {
  /** E.g. `zen:event-type:ticket.created`. */
  readonly type: string;
  /** E.g. `zen:ticket:17`. */
  readonly subject: string;
  readonly detail: object;
  readonly event: object;
}

/** Where and when it happens. */
export interface HappeningPlace {
  readonly accountId: number;
  readonly random: Random;
  readonly at: Date;
}

/** A change from one value to another, as events tell it; null where nothing changed. */
export function changeOf<Value>(before: Value, after: Value): { current: Value; previous: Value } | null {
  return JSON.stringify(before) === JSON.stringify(after) ? null : { current: after, previous: before };
}

/** The body of an event's delivery, indented by three blanks and ended by a line feed (recorded). */
export function bodyOf({ type, subject, detail, event }: Happening, { accountId, random, at }: HappeningPlace): string {
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
